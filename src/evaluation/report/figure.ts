import { html } from './html'
import type { Html } from './html'
import type { Mark, PlotLibrary, Plotting } from './plotting'
import { table } from './table'
import type { Column } from './table'

/** A drawing with what it says in words and in numbers. */
export interface FigureInput<R> {
  readonly id: string
  readonly title: string
  /** Beside the title. */
  readonly note?: string
  /** What is seen, for those who do not see it. */
  readonly description: string
  readonly plot: (library: PlotLibrary) => object
  /** What each series looks like. */
  readonly legend?: readonly string[]
  /** The numbers behind it. */
  readonly numbers?: { readonly columns: readonly Column<R>[]; readonly rows: readonly R[] }
}

/** Lines, dots and dashes of the series, up to four; beyond that they cannot be told apart. */
export const seriesColours = ['var(--ours)', 'var(--second)', 'var(--third)', 'var(--fourth)'] as const
export const seriesDashes = ['none', '6 4', '2 3', '8 3 2 3'] as const

const key = (names: readonly string[]) => names.length > 1 && html`<ul class="legend">${names.map((name, i) => html`
<li><svg aria-hidden="true" width="30" height="12" viewBox="0 0 30 12"><path class="line s${i % 4}" d="M0 6L30 6"/></svg> ${name}</li>`)}</ul>`

/** A plot with title and description, its legend, and its numbers in a table behind a fold; without a library the table alone, unfolded. */
export function figure<R>(plotting: Plotting | undefined, input: FigureInput<R>): Html {
  const { id, title, note = '', description, plot, legend = [], numbers } = input
  const drawn = plotting?.draw({ width: 360, height: 260, marginLeft: 52, marginRight: 14, marginTop: 22, marginBottom: 42, ...plot(plotting.library) })
  const picture = drawn && html`<svg role="img" aria-labelledby="${id}-title ${id}-desc" viewBox="${drawn.viewBox}" fill="currentColor" text-anchor="middle">
<title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>
${drawn.inner}</svg>`
  const shown = numbers && table({ id: `${id}-t`, caption: `${title}: the numbers`, columns: numbers.columns, rows: numbers.rows, narrow: 'scroll', rowClass: () => 'tight' })
  return html`<figure><figcaption><strong>${title}</strong>${note !== '' && ` ${note}`}</figcaption>${picture ?? html`<p class="note">${description}</p>`}${drawn !== undefined && key(legend)}${
    shown && (drawn ? html`<details><summary>The numbers<span class="vh"> of ${title}</span></summary>${shown}</details>` : shown)}</figure>`
}

interface Axes {
  readonly xLabel: string
  readonly yLabel: string
  /** About how many ticks. */
  readonly xTicks?: number | readonly number[]
  readonly yTicks?: number | readonly number[]
  readonly xFormat?: (value: number) => string
  readonly yFormat?: (value: number) => string
}

/** The axes and the grid of all plots. */
export function axes(library: PlotLibrary, { xLabel, yLabel, xTicks = 5, yTicks = 5, xFormat, yFormat }: Axes): Mark[] {
  const plain = { fontSize: 12, fill: 'var(--soft)', stroke: 'none' }
  return [
    library.gridY({ ticks: yTicks, stroke: 'var(--rule)', strokeOpacity: 1 }),
    library.axisX({ ...plain, ticks: xTicks, tickSize: 4, label: xLabel, labelAnchor: 'center', labelArrow: 'none', labelOffset: 38, ...(xFormat && { tickFormat: xFormat }) }),
    library.axisY({ ...plain, ticks: yTicks, tickSize: 0, label: yLabel, labelArrow: 'none', labelAnchor: 'top', labelOffset: 48, ...(yFormat && { tickFormat: yFormat }) }),
  ]
}
