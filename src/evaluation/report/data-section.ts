import { capital, count, day, isoDay, percent } from './format'
import { html } from './html'
import type { Html } from './html'
import type { ReportInput, ReportPart } from './report'
import { linearScale } from './scale'
import { section, table } from './table'

const date = (ms: number | undefined): Html | string => (ms === undefined || !Number.isFinite(ms) ? 'no date' : html`<time datetime="${isoDay(ms)}">${day(ms)}</time>`)

const known = (part: ReportPart): part is ReportPart & { readonly from: number; readonly to: number } => Number.isFinite(part.from) && Number.isFinite(part.to)

/** Where a part lies in the time of all. */
function timeline(parts: readonly ReportPart[]): (part: ReportPart) => Html | false {
  const dated = parts.filter(known)
  if (dated.length === 0) return () => false
  const x = linearScale([Math.min(...dated.map(({ from }) => from)), Math.max(...dated.map(({ to }) => to))], [0, 200])
  return (part) => known(part) && html`
<svg class="span" aria-hidden="true" width="200" height="20" viewBox="0 0 200 20"><path class="axis" d="M0 10H200"/>
<rect class="bar ours" x="${x(part.from)}" y="4" width="${Math.max(x(part.to) - x(part.from), 1)}" height="12"/></svg>`
}

export function dataSection({ data }: ReportInput): Html | false {
  if (!data || data.parts.length === 0) return false
  const { parts, note = '' } = data
  const rows = parts.reduce((sum, part) => sum + part.rows, 0)
  const dated = parts.some(known)
  return section('data', 'Data and split', note, table({
    id: 'split', narrow: 'stack', rows: parts, caption: 'The parts of the data, and what each is for.',
    columns: [
      { title: 'Part', head: true, cell: ({ name, use }) => html`${capital(name)}${use !== undefined && html` <small>${use}</small>`}` },
      { title: 'Rows', numeric: true, cell: (part) => count(part.rows) },
      { title: 'Share', numeric: true, cell: (part) => (rows > 0 ? percent(part.rows / rows) : 'none') },
      ...(parts.some(({ users }) => users !== undefined) ? [{ title: 'Users', numeric: true, cell: (part: ReportPart) => (part.users === undefined ? 'not known' : count(part.users)) }] : []),
      ...(dated ? [
        { title: 'From', numeric: true, cell: (part: ReportPart) => date(part.from) }, { title: 'To', numeric: true, cell: (part: ReportPart) => date(part.to) },
        { title: 'In time', cell: timeline(parts) },
      ] : []),
    ],
  }))
}
