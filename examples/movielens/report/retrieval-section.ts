import type { Results, RetrievalResult } from '../report-data'
import { bar, drawing, figure, whisker, xAxis } from './chart'
import { differenceCell, differenceScale, itself, key } from './difference'
import { count, measure, percent, plural, range } from './format'
import { html, type Html } from './html'
import { linearScale, niceDomain } from './scale'
import { section, table, withInterval } from './table'
import { apart, twoTower } from './verdict'

const cut = (text: string, length: number) => (text.length > length ? `${text.slice(0, length - 1).trimEnd()}\u2026` : text)

/** A bar from zero for each method, with its interval. */
function bars(rows: readonly RetrievalResult[], ours: RetrievalResult | undefined): Html {
  const each = 48
  const bottom = rows.length * each + 4
  const ends = rows.flatMap(({ recall100: { value, low, high } }) => [value, low, high]).filter(Number.isFinite)
  const x = linearScale([0, niceDomain([0, ...ends])[1]], [2, 346])
  const body = html`${xAxis({ x, y: bottom, label: 'recall@100' })}${rows.map((row, i) => {
    const { value, low, high } = row.recall100
    const known = [value, low, high].every(Number.isFinite)
    const at = i * each + 24
    return html`<text class="label" x="2" y="${at - 7}">${cut(row.name, 34)}</text>
<text class="label n" x="346" y="${at - 7}" text-anchor="end">${measure(value)}</text>
${known && html`${bar(x(0), at, x(value) - x(0), 14, row === ours ? 'bar ours' : 'bar')}${whisker(at + 7, x(low), x(high), 4)}`}`
  })}`
  const description = rows.map(({ name, recall100 }) => `${name} ${measure(recall100.value)} (${range(recall100)})`).join('; ')
  return drawing({ id: 'recall', title: 'Recall at 100 of each method', description, width: 360, height: bottom + 42, body })
}

export function retrievalSection({ retrieval, retrievalQueries, dataset }: Results): Html {
  const { ours, baselines } = apart(retrieval, twoTower)
  const rows = ours ? [ours, ...baselines] : baselines
  const note = html`Of the movies liked in the test part, how many are among the 100 that each method brings out of ${count(dataset.movies)}?
Measured on ${plural(retrievalQueries, 'query', 'queries')}.`
  if (rows.length === 0) return section('retrieval', 'Retrieval', note, html`<p>No retrieval result was measured.</p>`)
  const x = differenceScale(baselines.map(({ against }) => against))
  const shown = table({
    id: 'retrieval-t', narrow: 'stack', rows, rowClass: (row) => (row === ours ? 'ours' : ''),
    caption: html`Recall@100 with ${percent(rows[0].recall100.level, 0)} intervals, users resampled. ${key}`,
    columns: [
      {
        title: 'Method', head: true,
        cell: (row) => html`${row.name}${row === ours && html` <span class="tag">ours</span>`} <small>${row.what}</small>`,
      },
      { title: 'Recall@100', numeric: true, cell: (row) => withInterval(measure(row.recall100.value), range(row.recall100)) },
      {
        title: `${ours?.name ?? 'Ours'} minus this`, numeric: true,
        cell: (row) => (row === ours ? itself : differenceCell(row.against, 'higher is better', x)),
      },
    ],
  })
  return section('retrieval', 'Retrieval', note, html`<div class="beside wide">
${shown}${figure('Recall@100', 'of each method; the thin lines are the intervals.', bars(rows, ours))}</div>`)
}
