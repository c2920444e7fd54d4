import type { Results } from './report-data'

/** Tables and the feed, for a terminal. */
export function printResults({ ranking, retrieval, retrievalQueries, feed, latencyPer1000, split }: Results): void {
  const test = split.find(({ name }) => name === 'test')!
  console.log(`\nRanking: does a user like a movie? ${test.rows} test ratings of ${test.users} users\n`)
  table(['model', 'AUC', '95% interval', 'log loss', 'NDCG@10', 'ECE', 'Wide & Deep − this: AUC', 'log loss'], ranking.map(({ name, auc, logLoss, ndcg10, ece, against }) => [
    name, auc.value.toFixed(4), `${auc.low.toFixed(3)} to ${auc.high.toFixed(3)}`, logLoss.value.toFixed(4), ndcg10.toFixed(4), ece.toFixed(4),
    against === undefined ? '' : difference(against.auc), against === undefined ? '' : difference(against.logLoss),
  ]))
  console.log(`\nRetrieval: is a movie the user goes on to like among the 100 retrieved? ${retrievalQueries} test likes\n`)
  table(['model', 'recall@100', '95% interval', 'Two-tower − this'], retrieval.map(({ name, recall100, against }) => [
    name, recall100.value.toFixed(4), `${recall100.low.toFixed(3)} to ${recall100.high.toFixed(3)}`, against === undefined ? '' : difference(against),
  ]))
  console.log(`\nScoring 1,000 candidates: ${latencyPer1000.p50Ms.toFixed(1)} ms (p50), ${latencyPer1000.p95Ms.toFixed(1)} ms (p95)`)
  console.log(`\nFeed of user ${feed.userId}, who ${feed.lastLiked.length > 0 ? `last liked ${feed.lastLiked.join('; ')}` : 'has liked nothing yet'}\n`)
  for (const { position, title, genres, score, reason } of feed.items)
    console.log(`${String(position).padStart(3)}. ${title}  ${(100 * score).toFixed(0)}%  ${genres.join(', ')}\n     ${reason}`)
  const removed = feed.removed.map(({ by, count }) => `${count} by '${by}'`).join(', ')
  console.log(`\n     ${feed.retrieved} candidates; held back: ${removed || 'none'}; ${feed.trace.durationMs.toFixed(0)} ms\n`)
}

const difference = ({ difference, low, high }: { readonly difference: number; readonly low: number; readonly high: number }) =>
  `${signed(difference)} (${signed(low)} to ${signed(high)})`

const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`

function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)))
  const line = (cells: readonly string[]) => cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')
  console.log([head, widths.map((width) => '-'.repeat(width)), ...rows].map(line).join('\n'))
}
