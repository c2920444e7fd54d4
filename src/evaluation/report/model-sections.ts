import type { PartialDependence } from '../explain/partial-dependence'
import type { FeatureImportance, Importance } from '../explain/permutation-importance'
import type { SegmentErrors } from '../explain/segment-errors'
import { axes, figure } from './figure'
import { count, measure, percent, range, signed } from './format'
import { html } from './html'
import type { Html } from './html'
import type { Plotting } from './plotting'
import type { ReportInput } from './report'
import { section, table } from './table'
import { levelText } from './verdict'

const most = 20
const cut = (text: string, length: number) => (text.length > length ? `${text.slice(0, length - 1).trimEnd()}\u2026` : text)

function importanceFigure(plotting: Plotting | undefined, id: string, name: string, { measure: by, base, level, intervalOf, features }: Importance): Html {
  const shown = features.slice(0, most).map((feature, i) => ({ ...feature, at: String(i) }))
  const columns = [
    { title: 'Feature', head: true, cell: (row: FeatureImportance) => row.name },
    { title: 'Importance', numeric: true, cell: (row: FeatureImportance) => signed(row.importance) },
    { title: 'Interval', numeric: true, cell: (row: FeatureImportance) => range(row, signed) },
  ]
  return figure<FeatureImportance>(plotting, {
    id, title: name, note: `How much worse ${by.label} gets, from ${measure(base)}; ${levelText(level)} intervals over ${intervalOf}.${features.length > most ? ` The first ${most} of ${features.length}.` : ''}`,
    description: shown.slice(0, 8).map((one) => `${one.name} ${signed(one.importance)} (${range(one, signed)})`).join('; '),
    plot: (library) => ({
      width: 360, height: shown.length * 22 + 60, marginLeft: 122, marginTop: 8, y: { axis: null, domain: shown.map(({ at }) => at) },
      x: { domain: [Math.min(0, ...shown.map(({ low }) => low)), Math.max(...shown.map(({ high }) => high), 1e-9)] },
      marks: [
        library.gridX({ ticks: 4, stroke: 'var(--rule)', strokeOpacity: 1 }),
        ...axes(library, { xLabel: `${by.label}: how much worse`, yLabel: '', xTicks: 4 }).slice(1, 2),
        library.barX(shown, { x1: 0, x2: 'importance', y: 'at', fill: 'var(--ours)', insetTop: 3, insetBottom: 3 }),
        library.link(shown, { x1: 'low', x2: 'high', y1: 'at', y2: 'at', stroke: 'var(--ink)', strokeWidth: 1.25 }),
        library.text(shown, { frameAnchor: 'left', y: 'at', text: (row: FeatureImportance) => cut(row.name, 18), textAnchor: 'end', dx: -8, fill: 'var(--ink)', fontSize: 12 }),
        library.ruleX([0], { stroke: 'var(--strong)' }),
      ],
    }),
    numbers: { rows: features, columns },
  })
}

const textOf = (value: unknown) => (typeof value === 'number' ? measure(value, Number.isInteger(value) ? 0 : 2) : Array.isArray(value) ? (value.length === 0 ? 'none' : value.join(', ')) : String(value))

function dependenceFigure(plotting: Plotting | undefined, id: string, { feature, numeric, grid, mean, individuals, rows }: PartialDependence): Html {
  const points = grid.map((value, i) => ({ at: numeric ? Number(value) : i, label: textOf(value), mean: mean[i], rows: rows[i] }))
  const values = [...mean, ...individuals.flat()]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return figure<(typeof points)[number]>(plotting, {
    id, title: feature, note: individuals.length > 0 ? 'The thick line is the mean, thin ones are single rows.' : '',
    description: `The mean score goes from ${measure(mean[0])} at ${textOf(grid[0])} to ${measure(mean[mean.length - 1])} at ${textOf(grid[grid.length - 1])}.`,
    plot: (library) => ({
      width: 360, height: 220, y: { domain: high > low ? [low, high] : [low - 0.5, low + 0.5] }, ...(points.length === 1 && { x: { domain: [points[0].at - 0.5, points[0].at + 0.5] } }),
      marks: [
        ...axes(library, {
          xLabel: feature, yLabel: 'score', yTicks: 4,
          ...(!numeric && { xTicks: points.map(({ at }) => at), xFormat: (value: number) => cut(points[value]?.label ?? '', Math.max(3, Math.floor(46 / points.length))) }),
        }),
        ...individuals.map((line) => library.line(line.map((y, i) => [points[i].at, y]), { stroke: 'var(--strong)', strokeWidth: 0.75, strokeOpacity: 0.45 })),
        ...(numeric ? [library.line(points, { x: 'at', y: 'mean', stroke: 'var(--ours)', strokeWidth: 2.25 })] : []),
        library.dot(points, { x: 'at', y: 'mean', fill: 'var(--ours)', r: 2.5 }),
      ],
    }),
    numbers: {
      rows: points,
      columns: [
        { title: feature, head: true, cell: ({ label }) => label }, { title: 'Mean score', numeric: true, cell: (row) => measure(row.mean) },
        { title: 'Rows near', numeric: true, cell: (row) => count(row.rows) },
      ],
    },
  })
}

export function importanceSection(plotting: Plotting | undefined, { importance = [], dependence = [] }: ReportInput): Html | false {
  if (importance.length + dependence.length === 0) return false
  return section('importance', 'What the model goes by', 'Which features it needs, and how its score moves with them.', html`
${importance.length > 0 && html`<div class="panels">${importance.map((one, i) => importanceFigure(plotting, `importance-${i}`, one.name, one.importance))}</div>`}
${dependence.length > 0 && html`<h3>Partial dependence</h3><p class="note">The mean score with one feature set to each value and all others as they are.</p>
<div class="panels">${dependence.map((one, i) => dependenceFigure(plotting, `dependence-${i}`, one))}</div>`}`)
}

export function errorsSection(errors: SegmentErrors | undefined): Html | false {
  if (errors === undefined) return false
  const { segments, parts, leftOut, logLoss, level } = errors
  const found = segments.filter(({ findings }) => findings.length > 0)
  const note = html`${count(parts)} parts of the rows were looked at${leftOut > 0 && `, ${leftOut === 1 ? 'one more was' : `${count(leftOut)} smaller ones were`} left out`}. Log loss in all is ${measure(logLoss)}.`
  const text = found.length === 0 ? `No part stands out beyond chance at ${levelText(level)}, corrected for ${count(parts)} parts.`
    : `${count(found.length)} ${found.length === 1 ? 'stands' : 'stand'} out beyond chance at ${levelText(level)}, corrected for ${count(parts)} parts (Benjamini and Hochberg).`
  return section('errors', 'Where it is wrong', note, html`<p>${text}</p>${segments.length > 0 && table({
    id: 'errors-t', narrow: 'cards', rows: segments.slice(0, 15), caption: segments.length > 15 ? `The first 15 of ${segments.length}, findings first.` : 'Findings first.',
    columns: [
      { title: 'Part', head: true, cell: ({ column, value, rows }) => html`${column}: ${value} <small>${count(rows)} rows</small>` },
      { title: 'Log loss', numeric: true, cell: (row) => measure(row.logLoss) },
      { title: 'More than elsewhere', numeric: true, cell: ({ excess }) => signed(excess) },
      { title: 'Predicted', numeric: true, cell: ({ predicted }) => percent(predicted) },
      { title: 'Observed', numeric: true, cell: ({ observed }) => percent(observed) },
      { title: 'Findings', cell: ({ findings }) => (findings.length > 0 ? html`<strong>${findings.join('; ')}</strong>` : html`<span class="quiet">none</span>`) },
    ],
  })}`)
}
