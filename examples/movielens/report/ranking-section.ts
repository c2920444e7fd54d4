import type { RankingResult, Results } from '../report-data'
import { differenceCell, differenceScale, itself, key } from './difference'
import { measure, percent, plural, range } from './format'
import { html, type Html } from './html'
import { section, table, withInterval } from './table'
import { apart, wideAndDeep } from './verdict'

function name({ name, what, calibration }: RankingResult, ours: boolean): Html {
  const adjusted = calibration !== 'none' && calibration !== '' && `. Calibration: ${calibration}`
  return html`${name}${ours && html` <span class="tag">ours</span>`} <small>${what}${adjusted}</small>`
}

export function rankingSection({ ranking, split }: Results): Html {
  const { ours, baselines } = apart(ranking, wideAndDeep)
  const rows = ours ? [ours, ...baselines] : baselines
  const auc = differenceScale(baselines.map(({ against }) => against?.auc))
  const loss = differenceScale(baselines.map(({ against }) => against?.logLoss))
  const test = split.find(({ name }) => name === 'test')
  const note = html`Who likes what, on ${test ? `the ${plural(test.rows, 'rating')} of the test part` : 'the test part'}.
Whole users are resampled for the intervals, since the ratings of one user are not independent.`
  if (rows.length === 0) return section('ranking', 'Ranking', note, html`<p>No ranking result was measured.</p>`)
  const title = ours?.name ?? 'Ours'
  return section('ranking', 'Ranking', note, table({
    id: 'ranking-t', narrow: 'cards', rows, rowClass: (row) => (row === ours ? 'ours' : ''),
    caption: html`Measures with ${percent(rows[0].auc.level, 0)} intervals. Higher is better but for log loss and ECE. ${key}`,
    columns: [
      { title: 'Model', head: true, cell: (row) => name(row, row === ours) },
      { title: 'AUC', numeric: true, cell: (row) => withInterval(measure(row.auc.value), range(row.auc)) },
      { title: 'Log loss', numeric: true, cell: (row) => withInterval(measure(row.logLoss.value), range(row.logLoss)) },
      { title: 'NDCG@10', numeric: true, cell: (row) => measure(row.ndcg10) },
      { title: 'ECE', numeric: true, cell: (row) => measure(row.ece) },
      {
        title: `AUC of ${title} minus this`, numeric: true,
        cell: (row) => (row === ours ? itself : differenceCell(row.against?.auc, 'higher is better', auc)),
      },
      {
        title: `Log loss of ${title} minus this`, numeric: true,
        cell: (row) => (row === ours ? itself : differenceCell(row.against?.logLoss, 'lower is better', loss)),
      },
    ],
  }))
}
