import type { EpochRecord } from 'feedrank'
import type { Results } from '../report-data'
import { drawing, figure, legend, line, marks, xAxis, yAxis } from './chart'
import { capital, duration, measure, plural } from './format'
import { html, type Html } from './html'
import { linearScale, niceDomain } from './scale'
import { section, table, type Column } from './table'
import { apart, twoTower, wideAndDeep } from './verdict'

interface Series {
  readonly name: string
  readonly values: readonly { readonly epoch: number; readonly value: number }[]
}

const series = (name: string, curve: readonly EpochRecord[], of: (record: EpochRecord) => number | undefined): Series => ({
  name,
  values: curve.flatMap((record) => {
    const value = of(record)
    return value !== undefined && Number.isFinite(value) ? [{ epoch: record.epoch, value }] : []
  }),
})

type Measures = (record: EpochRecord) => Readonly<Record<string, number>>

const keys = (curve: readonly EpochRecord[], of: Measures) =>
  [...new Set(curve.flatMap((record) => Object.keys(of(record))))]

const own = (values: Readonly<Record<string, number>>, key: string) => (Object.hasOwn(values, key) ? values[key] : undefined)

const abbreviations = new Map([
  ['auc', 'AUC'], ['logLoss', 'log loss'], ['rmse', 'RMSE'], ['mae', 'MAE'], ['ndcg', 'NDCG'], ['mrr', 'MRR'], ['map', 'MAP'], ['ece', 'ECE'],
])

/** A key such as `auc:liked` as people say it: `AUC of liked`. */
const spoken = (key: string) => {
  const [name, ...of] = key.split(':')
  return [abbreviations.get(name) ?? name, ...of].join(' of ')
}

function course({ values }: Series): string {
  const [first, last] = [values[0], values[values.length - 1]]
  if (!first) return 'no value was measured.'
  return values.length === 1 ? `${measure(first.value)} in the one epoch.`
    : `from ${measure(first.value)} in epoch ${first.epoch} to ${measure(last.value)} in epoch ${last.epoch}.`
}

function panel(id: string, title: string, all: readonly Series[]): Html {
  const points = all.flatMap(({ values }) => values)
  const note = all.length === 1 ? course(all[0]) : all.map((one) => `${capital(one.name)} ${course(one)}`).join(' ')
  if (points.length === 0) return figure(title, '', html`<p class="note">${capital(note)}</p>`)
  const epochs = points.map(({ epoch }) => epoch)
  const x = linearScale([Math.min(...epochs), Math.max(...epochs)], [56, 346])
  const y = linearScale(niceDomain(points.map(({ value }) => value)), [172, 10])
  const places = all.map(({ values }) => values.map(({ epoch, value }) => ({ x: x(epoch), y: y(value) })))
  const curves = places.map((place, i) => html`${line(place, i)}${marks(place, i)}`)
  const body = html`${yAxis({ y, x: [56, 346] })}${xAxis({ x, y: 176, label: 'epoch', wanted: 8, least: 1 })}${curves}`
  const picture = drawing({ id, title, description: note, width: 360, height: 216, body })
  return figure(title, '', picture, html`${legend(all.map(({ name }) => name))}<p class="note">${capital(note)}</p>`)
}

const column = (title: string, of: Measures, key: string): Column<EpochRecord> =>
  ({ title, numeric: true, cell: (record) => measure(own(of(record), key) ?? NaN) })

function model(id: string, name: string, curve: readonly EpochRecord[]): Html {
  if (curve.length === 0) return html`<h3>${name}</h3><p>It was not trained.</p>`
  const measures = keys(curve, (record) => record.validation)
  const parts = keys(curve, (record) => record.parts)
  const seconds = curve.reduce((sum, { trainingMs }) => sum + trainingMs, 0) / 1000
  const losses = [
    series('training', curve, (record) => record.loss),
    ...(measures.includes('loss') ? [series('validation', curve, (record) => own(record.validation, 'loss'))] : []),
  ]
  // No more than four lines can be told apart.
  const partial = parts.slice(0, 4).map((key) => series(key, curve, (record) => own(record.parts, key)))
  const columns: Column<EpochRecord>[] = [
    { title: 'Epoch', head: true, cell: ({ epoch }) => String(epoch) },
    { title: 'Training loss', numeric: true, cell: ({ loss }) => measure(loss) },
    ...(parts.length > 1 ? parts : []).map((key) => column(`Loss of ${key}`, (record) => record.parts, key)),
    ...measures.map((key) => column(`Validation ${spoken(key)}`, (record) => record.validation, key)),
    { title: 'Learning rate', numeric: true, cell: ({ learningRate }) => measure(learningRate) },
    { title: 'Gradient norm', numeric: true, cell: ({ gradientNorm }) => measure(gradientNorm, 3) },
    { title: 'Time', numeric: true, cell: ({ trainingMs }) => duration(trainingMs / 1000) },
  ]
  return html`<h3>${name} <small>${plural(curve.length, 'epoch')}, ${duration(seconds)}</small></h3>
<div class="panels">
${panel(`${id}-loss`, losses.length > 1 ? 'Loss' : 'Training loss', losses)}
${parts.length > 1 && panel(`${id}-parts`, 'Parts of the training loss', partial)}
${measures.filter((key) => key !== 'loss').map((key, i) =>
    panel(`${id}-v${i}`, `Validation ${spoken(key)}`, [series(key, curve, (record) => own(record.validation, key))]))}
</div>
<details><summary>The numbers of each epoch</summary>${
  table({ id: `${id}-t`, caption: `${name}, epoch by epoch`, columns, rows: curve, narrow: 'scroll', rowClass: () => 'tight' })}</details>`
}

export function learningSection({ ranking, rankingCurve, retrieval, retrievalCurve }: Results): Html {
  const note = 'After each epoch the model is measured on the validation part; the test part has no say here.'
  return section('learning', 'Learning', note, [
    model('learn-rank', apart(ranking, wideAndDeep).ours?.name ?? 'Wide & Deep', rankingCurve),
    model('learn-find', apart(retrieval, twoTower).ours?.name ?? 'Two-tower', retrievalCurve),
  ])
}
