import type { Part, Results } from '../report-data'
import { bar } from './chart'
import { capital, count, day, isoDay, percent, plural } from './format'
import { html, type Html } from './html'
import { linearScale } from './scale'
import { section, table } from './table'

const uses: Record<Part['name'], string> = {
  train: 'what the models learn from',
  validation: 'when to stop, and how to calibrate',
  test: 'what the models are judged by',
}

const date = (ms: number): Html => html`<time datetime="${isoDay(ms)}">${day(ms)}</time>`

const year = (ms: number) => new Date(ms).getUTCFullYear()

const known = ({ from, to }: Part) => Number.isFinite(from) && Number.isFinite(to)

/** Where a part lies in the time of all, with a line for every fifth year. */
function timeline(split: readonly Part[]): (part: Part) => Html {
  const parts = split.filter(known)
  const [from, to] = [Math.min(...parts.map((part) => part.from)), Math.max(...parts.map((part) => part.to))]
  if (parts.length === 0) return () => html``
  const x = linearScale([from, to], [0, 200])
  const years = Array.from({ length: year(to) - year(from) }, (_, i) => Date.UTC(year(from) + 1 + i, 0)).filter((one) => year(one) % 5 === 0)
  const lines = years.map((one) => html`<path class="grid" d="M${x(one)} 0V20"/>`)
  return (part) => html`
<svg class="span" aria-hidden="true" width="200" height="20" viewBox="0 0 200 20">${lines}<path class="axis" d="M0 10H200"/>${
    known(part) && bar(x(part.from), 4, x(part.to) - x(part.from), 12, `bar ${part.name === 'test' ? 'ours' : ''}`)}</svg>`
}

export function dataSection({ dataset, split }: Results): Html {
  const rows = split.reduce((sum, part) => sum + part.rows, 0)
  const dates = split.filter(known).flatMap(({ from, to }) => [year(from), year(to)])
  const note = html`${dataset.name}: ${plural(dataset.ratings, 'rating')} of ${plural(dataset.movies, 'movie')} by ${plural(dataset.users, 'user')}.
${Number.isFinite(dataset.likedShare) && `${percent(dataset.likedShare)} of the ratings are four stars or more, which counts as liked.`}`
  if (split.length === 0) return section('data', 'Data and split', note, html`<p>The data were not split.</p>`)
  return section('data', 'Data and split', note, table({
    id: 'split', narrow: 'stack', rows: split,
    caption: 'The split by time. Nothing from a later part is known in an earlier one. In the last column, lines mark every fifth year.',
    columns: [
      { title: 'Part', head: true, cell: ({ name }) => html`${capital(name)} <small>${uses[name]}</small>` },
      { title: 'Ratings', numeric: true, cell: (part) => count(part.rows) },
      { title: 'Share', numeric: true, cell: (part) => (rows > 0 ? percent(part.rows / rows) : 'none') },
      { title: 'Users', numeric: true, cell: (part) => count(part.users) },
      { title: 'From', numeric: true, cell: (part) => date(part.from) },
      { title: 'To', numeric: true, cell: (part) => date(part.to) },
      { title: dates.length > 0 ? `${Math.min(...dates)} to ${Math.max(...dates)}` : 'In time', cell: timeline(split) },
    ],
  }))
}
