import type { ContenderResult, Evaluation, Funnel, SourceShare } from '../result'
import { axes, figure } from './figure'
import { count, measure, percent, range } from './format'
import { html } from './html'
import type { Html } from './html'
import type { Plotting } from './plotting'
import { section, table } from './table'
import { linearScale } from './scale'

const cut = (text: string, length: number) => (text.length > length ? `${text.slice(0, length - 1).trimEnd()}\u2026` : text)

/** A bar from zero for each contender by the measure that decides, with its interval. */
export function barsFigure(plotting: Plotting | undefined, id: string, { contenders, primary, measures }: Evaluation): Html | false {
  const label = measures.find(({ name }) => name === primary)?.label ?? primary
  const rows = contenders.flatMap(({ name, role, measures: own }, i) => {
    const one = own.find(({ measure: by }) => by === primary)
    return one === undefined || one.value === null ? [] : [{ name, at: String(i), ours: role === 'ours', value: one.value, low: one.low, high: one.high }]
  })
  if (rows.length === 0) return false
  const withEnds = rows.filter(({ low, high }) => low !== null && high !== null)
  return figure<(typeof rows)[number]>(plotting, {
    id, title: label, note: 'of each; the thin lines are the intervals.',
    description: rows.map(({ name, value, low, high }) => `${name} ${measure(value)}${low !== null && high !== null ? ` (${range({ low, high })})` : ''}`).join('; '),
    plot: (library) => ({
      width: 360, height: rows.length * 46 + 50, marginLeft: 4, marginRight: 16, marginTop: 4, y: { axis: null, domain: rows.map(({ at }) => at), paddingInner: 0, paddingOuter: 0 }, x: { domain: [0, Math.max(...rows.map(({ value, high }) => high ?? value), 1e-9)] },
      marks: [
        ...axes(library, { xLabel: label, yLabel: '' }).slice(1, 2),
        library.barX(rows, { x1: 0, x2: 'value', y: 'at', fill: (row: (typeof rows)[number]) => (row.ours ? 'var(--ours)' : 'var(--bar)'), insetTop: 24, insetBottom: 8 }),
        library.link(withEnds, { x1: 'low', x2: 'high', y1: 'at', y2: 'at', dy: 8, stroke: 'var(--ink)', strokeWidth: 1.25 }),
        library.text(rows, { x: 0, y: 'at', text: (row: (typeof rows)[number]) => cut(row.name, 34), textAnchor: 'start', dy: -8, fill: 'var(--ink)', fontSize: 12 }),
        library.text(rows, { frameAnchor: 'right', y: 'at', text: (row: (typeof rows)[number]) => measure(row.value), textAnchor: 'end', dy: -8, fill: 'var(--ink)', fontSize: 12 }),
      ],
      color: { type: 'identity' },
    }),
  })
}

const steps = (funnel: Funnel) => [
  { step: 'asked for', items: funnel.relevant }, { step: 'brought by a source', items: funnel.retrieved },
  { step: 'left by the filters', items: funnel.kept }, { step: 'on the page', items: funnel.shown },
]

/** Which source brought what was relevant, and where relevant items got lost, for each pipeline. */
export function sourcesSection(id: string, title: string, { contenders }: Evaluation): Html | false {
  const pipelines = contenders.flatMap((one) => (one.funnel ? [{ ...one, funnel: one.funnel }] : []))
  if (pipelines.length === 0) return false
  const x = linearScale([0, 1], [0, 120])
  const ofRelevant = (items: number, { relevant }: Funnel) => (relevant > 0 ? percent(items / relevant) : 'none')
  const one = ({ name, funnel }: ContenderResult & { readonly funnel: Funnel }, i: number): Html => html`
${pipelines.length > 1 && html`<h3>${name}</h3>`}${table({
    id: `${id}-funnel-${i}`, narrow: 'stack', rows: steps(funnel), caption: `What became of the relevant items in ${name}.`,
    columns: [
      { title: 'Relevant items', head: true, cell: ({ step }) => step },
      { title: 'Items', numeric: true, cell: ({ items }) => count(items) },
      { title: 'Share', numeric: true, cell: ({ items }) => ofRelevant(items, funnel) },
      { title: 'Of all', cell: ({ items }) => html`<svg aria-hidden="true" width="120" height="12" viewBox="0 0 120 12"><rect class="bar ours" x="0" y="2" width="${x(funnel.relevant > 0 ? items / funnel.relevant : 0)}" height="8"/></svg>` },
    ],
  })}
${funnel.removedBy.length > 0 && html`<h3>Removed by filters</h3>${table({
    id: `${id}-filters-${i}`, narrow: 'stack', rows: funnel.removedBy, caption: 'What each filter removed, and how much of that was relevant.',
    columns: [
      { title: 'Filter', head: true, cell: ({ filter }) => filter },
      { title: 'Removed', numeric: true, cell: ({ removed }) => count(removed) },
      { title: 'Relevant', numeric: true, cell: ({ relevant }) => count(relevant) },
    ],
  })}`}
<h3>Sources</h3>${table<SourceShare>({
    id: `${id}-sources-${i}`, narrow: 'cards', rows: funnel.sources, caption: 'What each source brought, over all requests. Relevant items only one source brought are what would be missed without it.',
    columns: [
      { title: 'Source', head: true, cell: ({ source }) => source },
      { title: 'Brought', numeric: true, cell: ({ brought }) => count(brought) },
      { title: 'Only it', numeric: true, cell: ({ alone }) => count(alone) },
      { title: 'Relevant', numeric: true, cell: ({ relevant }) => html`${count(relevant)} <small>${ofRelevant(relevant, funnel)}</small>` },
      { title: 'Relevant, only it', numeric: true, cell: ({ relevantAlone }) => html`${count(relevantAlone)} <small>${ofRelevant(relevantAlone, funnel)}</small>` },
      { title: 'Shown', numeric: true, cell: ({ shown }) => count(shown) },
      { title: 'Relevant shown', numeric: true, cell: ({ relevantShown }) => count(relevantShown) },
    ],
  })}`
  return section(id, `${title}: sources`, 'Which source brings what people want, and where it gets lost.', pipelines.map(one))
}
