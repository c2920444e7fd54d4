import { count, measure, percent, plural } from './format'
import { html } from './html'
import type { Html } from './html'
import type { ReportInput, SampleFeed, SampleItem } from './report'
import { section, table } from './table'
import { traceTable } from './trace'

function score({ score: value }: SampleItem, probability: string | undefined): Html {
  if (!Number.isFinite(value)) return html`<p class="score">no score</p>`
  if (probability === undefined) return html`<p class="score"><span class="vh">Score: </span><span class="value">${measure(value, 3)}</span></p>`
  const width = Math.min(Math.max(value, 0), 1) * 60
  return html`<p class="score"><span class="vh">${probability}: </span><span class="value">${percent(value, 0)}</span>
<svg aria-hidden="true" width="60" height="6" viewBox="0 0 60 6"><rect class="track" width="60" height="6" rx="3"/>
<rect class="fill" width="${width}" height="6" rx="3"/></svg></p>`
}

function item(one: SampleItem, i: number, probability: string | undefined): Html {
  const { title, subtitle, sources, reason, story = '' } = one
  const lines = story.split('\n').filter((line) => line.trim() !== '')
  return html`
<li><p class="place" aria-hidden="true">${String(i + 1)}</p>
<div class="what"><h4>${title}</h4>
${subtitle !== undefined && html`<p class="genres">${subtitle}</p>`}
${reason !== undefined && html`<p class="reason">${reason}</p>`}
<div class="origin">${sources.length > 0 && html`
<ul class="sources" aria-label="Sources">${sources.map((source) => html`<li>${source}</li>`)}</ul>`}
${lines.length > 0 && html`<details><summary>Its story<span class="vh">: ${title}</span></summary>
<ol>${lines.map((line) => html`<li>${line}</li>`)}</ol></details>`}</div>
</div>${score(one, probability)}</li>`
}

function fates(id: string, { removed, retrieved, items }: SampleFeed): Html {
  const gone = removed.reduce((sum, one) => sum + one.count, 0)
  const left = retrieved - gone - items.length
  const rows = [
    ...removed.map(({ by, count: n }) => ({ what: html`Removed by <code>${by}</code>`, count: n })),
    ...(left > 0 ? [{ what: html`Ranked, but behind the page`, count: left }] : []),
    { what: html`On the page`, count: items.length },
  ]
  return html`<h3>What became of the ${plural(retrieved, 'candidate')}</h3><div class="slim">${table({
    id: `${id}-fates`, narrow: 'scroll', rows,
    caption: gone === 0 ? 'No filter removed anything.' : `Filters removed ${count(gone)} before the page was filled.`,
    columns: [
      { title: 'Fate', head: true, cell: ({ what }) => what },
      { title: 'Items', numeric: true, cell: (row) => count(row.count) },
      { title: 'Share', numeric: true, cell: (row) => (retrieved > 0 ? percent(row.count / retrieved) : 'none') },
    ],
  })}</div>`
}

export function feedSections({ feeds = [] }: ReportInput): Html[] {
  return feeds.map((feed, i) => {
    const { title, known, items, probability } = feed
    const id = `feed-${i}`
    const note = probability === undefined ? '' : `The percentage is the predicted ${probability.charAt(0).toLowerCase()}${probability.slice(1)}.`
    return section(id, title, note, html`
${known && (known.items.length > 0
    ? html`<h3>${known.title}</h3><ul class="liked">${known.items.map((one) => html`<li>${one}</li>`)}</ul>` : html`<p>${known.title}: nothing yet.</p>`)}
<h3>The page</h3>
${items.length > 0 ? html`<ol class="feed">${items.map((one, at) => item(one, at, probability))}</ol>` : html`<p>The feed is empty.</p>`}
${fates(id, feed)}
<h3>What the pipeline did</h3>
${traceTable(id, feed)}`)
  })
}
