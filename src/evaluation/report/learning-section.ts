import type { EpochRecord } from '../../training'
import { axes, figure, seriesColours, seriesDashes } from './figure'
import { capital, duration, measure, plural } from './format'
import { html } from './html'
import type { Html } from './html'
import type { Plotting } from './plotting'
import type { ReportInput } from './report'
import { section, table } from './table'
import type { Column } from './table'

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

const keys = (curve: readonly EpochRecord[], of: Measures) => [...new Set(curve.flatMap((record) => Object.keys(of(record))))]

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

function panel(plotting: Plotting | undefined, id: string, title: string, all: readonly Series[]): Html {
  const points = all.flatMap(({ values }) => values)
  const note = capital(all.length === 1 ? course(all[0]) : all.map((one) => `${capital(one.name)} ${course(one)}`).join(' '))
  if (points.length === 0) return html`<figure><figcaption><strong>${title}</strong></figcaption><p class="note">${note}</p></figure>`
  const epochs = points.map(({ epoch }) => epoch)
  const [first, last] = [Math.min(...epochs), Math.max(...epochs)]
  const values = points.map(({ value }) => value)
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const pad = high > low ? 0.05 * (high - low) : Math.max(Math.abs(low) / 2, 0.5)
  const every = Math.max(1, Math.ceil((last - first) / 8))
  return figure(plotting, {
    id, title, note, description: note, legend: all.map(({ name }) => name),
    plot: (library) => ({
      width: 360, height: 220, x: { domain: first < last ? [first, last] : [first - 0.5, first + 0.5] }, y: { domain: [low - pad, high + pad] },
      marks: [
        ...axes(library, { xLabel: 'epoch', yLabel: '', yTicks: 4, xTicks: Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, i) => first + i * every), xFormat: String }),
        ...all.flatMap(({ values: of }, i) => [
          library.line(of, { x: 'epoch', y: 'value', stroke: seriesColours[i], strokeDasharray: seriesDashes[i], strokeWidth: 1.75 }),
          library.dot(of, { x: 'epoch', y: 'value', fill: seriesColours[i], r: 2.5 }),
        ]),
      ],
    }),
  })
}

const column = (title: string, of: Measures, key: string): Column<EpochRecord> =>
  ({ title, numeric: true, cell: (record) => measure(own(of(record), key) ?? NaN) })

function model(plotting: Plotting | undefined, id: string, name: string, curve: readonly EpochRecord[]): Html {
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
${panel(plotting, `${id}-loss`, losses.length > 1 ? 'Loss' : 'Training loss', losses)}
${parts.length > 1 && panel(plotting, `${id}-parts`, 'Parts of the training loss', partial)}
${measures.filter((key) => key !== 'loss').map((key, i) =>
    panel(plotting, `${id}-v${i}`, `Validation ${spoken(key)}`, [series(key, curve, (record) => own(record.validation, key))]))}
</div>
<details><summary>The numbers of each epoch<span class="vh"> of ${name}</span></summary>${
  table({ id: `${id}-t`, caption: `${name}, epoch by epoch`, columns, rows: curve, narrow: 'scroll', rowClass: () => 'tight' })}</details>`
}

export function learningSection(plotting: Plotting | undefined, { learning = [] }: ReportInput): Html | false {
  if (learning.length === 0) return false
  const note = 'After each epoch the model is measured on the validation part; the test part has no say here.'
  return section('learning', 'Learning', note, learning.map(({ name, epochs }, i) => model(plotting, `learn-${i}`, name, epochs)))
}
