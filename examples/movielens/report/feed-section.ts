import type { FeedItem, Results } from '../report-data'
import { count, percent, plural } from './format'
import { html, type Html } from './html'
import { section, table } from './table'

function score(value: number): Html {
  if (!Number.isFinite(value)) return html`<p class="score">no score</p>`
  const width = Math.min(Math.max(value, 0), 1) * 60
  return html`<p class="score"><span class="vh">Chance of a like: </span><span class="value">${percent(value, 0)}</span>
<svg aria-hidden="true" width="60" height="6" viewBox="0 0 60 6"><rect class="track" width="60" height="6" rx="3"/>
<rect class="fill" width="${width}" height="6" rx="3"/></svg></p>`
}

function item({ position, title, genres, score: chance, sources, reason, story }: FeedItem): Html {
  const lines = story.split('\n').filter((one) => one.trim() !== '')
  return html`
<li><p class="place" aria-hidden="true">${String(position)}</p>
<div class="what"><h4>${title}</h4>
<p class="genres">${genres.length > 0 ? genres.join(', ') : 'no genres listed'}</p>
<p class="reason">${reason}</p>
<div class="origin">${sources.length > 0 && html`
<ul class="sources" aria-label="Sources">${sources.map((source) => html`<li>${source}</li>`)}</ul>`}
${lines.length > 0 && html`<details><summary>Its story<span class="vh">: ${title}</span></summary>
<ol>${lines.map((one) => html`<li>${one}</li>`)}</ol></details>`}</div>
</div>${score(chance)}</li>`
}

function removed({ removed, retrieved, items }: Results['feed']): Html {
  const gone = removed.reduce((sum, one) => sum + one.count, 0)
  const left = retrieved - gone - items.length
  const rows = [
    ...removed.map(({ by, count }) => ({ what: html`Removed by <code>${by}</code>`, count })),
    ...(left > 0 ? [{ what: html`Ranked, but behind the page`, count: left }] : []),
    { what: html`On the page`, count: items.length },
  ]
  return html`<h3>What became of the ${plural(retrieved, 'candidate')}</h3><div class="slim">${table({
    id: 'removed-t', narrow: 'scroll', rows,
    caption: gone === 0 ? 'No filter removed anything.' : `Filters removed ${count(gone)} before the page was filled.`,
    columns: [
      { title: 'Fate', head: true, cell: ({ what }) => what },
      { title: 'Movies', numeric: true, cell: (row) => count(row.count) },
      { title: 'Share', numeric: true, cell: (row) => (retrieved > 0 ? percent(row.count / retrieved) : 'none') },
    ],
  })}</div>`
}

export function feedSection({ feed }: Results): Html {
  const note = 'The percentage is the predicted chance of a like.'
  return section('feed', `A feed for user ${feed.userId}`, note, html`
${feed.lastLiked.length > 0
    ? html`<h3>Liked last</h3><ul class="liked">${feed.lastLiked.map((title) => html`<li>${title}</li>`)}</ul>`
    : html`<p>This user has liked nothing yet.</p>`}
<h3>The page</h3>
${feed.items.length > 0 ? html`<ol class="feed">${feed.items.map(item)}</ol>` : html`<p>The feed is empty.</p>`}
${removed(feed)}`)
}
