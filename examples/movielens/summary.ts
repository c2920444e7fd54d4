import type { Compared, ContenderResult } from 'feedrank'
import type { Results } from './report'

const by = ({ measures }: ContenderResult, name: string) => measures.find(({ measure }) => measure === name)
const difference = (all: readonly Compared[] | undefined, name: string) => {
  const { difference: value = null, low = null, high = null } = all?.find(({ measure }) => measure === name) ?? {}
  return { difference: value, low, high }
}
const interval = (contender: ContenderResult, name: string) => [by(contender, name)?.low ?? null, by(contender, name)?.high ?? null]

/** What `out/summary.json` holds. */
export function summaryOf({ dataset, split, backend, seed, ranking, retrieval, latencyPer1000, seconds }: Results) {
  const given = ranking.contenders.filter(({ role }) => role !== 'baseline')
  return {
    dataset: dataset.name,
    split: Object.fromEntries(split.map(({ name, rows, users, from, to }) => [name, { rows, users, from: new Date(from).toISOString(), to: new Date(to).toISOString() }])),
    backend,
    rows: dataset.ratings,
    seed,
    metrics: Object.fromEntries(given.map((one) => [one.name, {
      auc: by(one, 'auc')?.value, logLoss: by(one, 'logLoss')?.value, ndcg10: by(one, 'ndcg@10')?.value, ece: by(one, 'ece')?.value,
      intervals: { auc: interval(one, 'auc'), logLoss: interval(one, 'logLoss'), ndcg10: interval(one, 'ndcg@10'), ece: interval(one, 'ece') },
      calibration: one.what.split('. Calibration: ')[1] ?? 'none',
    }])),
    differences: Object.fromEntries(given.slice(1).map(({ name, against }) => [`${ranking.ours} - ${name}`, { auc: difference(against, 'auc'), logLoss: difference(against, 'logLoss') }])),
    retrieval: Object.fromEntries(retrieval.contenders.filter(({ role }) => role !== 'baseline').map((one) => [one.name, { recall100: by(one, 'recall@100')?.value, interval: interval(one, 'recall@100') }])),
    retrievalQueries: retrieval.size,
    latencyPer1000,
    seconds,
  }
}
