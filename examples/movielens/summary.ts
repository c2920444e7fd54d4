import type { Results } from './report-data'

/** What `out/summary.json` holds. */
export function summaryOf({ dataset, split, backend, seed, ranking, retrieval, retrievalQueries, latencyPer1000, seconds }: Results) {
  return {
    dataset: dataset.name,
    split: Object.fromEntries(split.map(({ name, rows, users, from, to }) => [name, { rows, users, from: new Date(from).toISOString(), to: new Date(to).toISOString() }])),
    backend,
    rows: dataset.ratings,
    seed,
    metrics: Object.fromEntries(ranking.map(({ name, auc, logLoss, ndcg10, ece, calibration }) => [name, {
      auc: auc.value, logLoss: logLoss.value, ndcg10, ece,
      intervals: { auc: [auc.low, auc.high], logLoss: [logLoss.low, logLoss.high] },
      calibration,
    }])),
    differences: Object.fromEntries(ranking.flatMap(({ name, against }) => (against === undefined ? [] : [[`${ranking[0].name} - ${name}`, {
      auc: { difference: against.auc.difference, low: against.auc.low, high: against.auc.high },
      logLoss: { difference: against.logLoss.difference, low: against.logLoss.low, high: against.logLoss.high },
    }]]))),
    retrieval: Object.fromEntries(retrieval.map(({ name, recall100 }) => [name, { recall100: recall100.value, interval: [recall100.low, recall100.high] }])),
    retrievalQueries,
    latencyPer1000,
    seconds,
  }
}
