import { auc, aucMetric, meanNdcg } from 'feedrank'
import type { Metric, RowsState } from 'feedrank'
import type { Benchmark, Options, Ready, Variant } from './harness/benchmark'
import { timed } from './harness/benchmark'
import { pythonPeer } from './harness/python-peer'
import { chances, ids, signedNumbers } from './workloads/synthetic'

const shards = 8

/** What `make` gives, made once for all variants. */
function once<T>(make: (options: Options) => T): (options: Options) => T {
  let made: T | undefined
  return (options) => (made ??= make(options))
}

/** Distinct scores with a few ties, a tenth of the labels positive. */
const aucRows = once(({ rows }) => ({
  labels: Float64Array.from(chances('auc.labels', 0, rows, 0.1)),
  scores: Float64Array.from(signedNumbers('auc.scores', 0, rows)),
}))

const ndcgRows = once(({ lists, length }) => ({
  grades: Float64Array.from(ids('ndcg.grades', 0, lists * length, 5)),
  scores: Float64Array.from(signedNumbers('ndcg.scores', 0, lists * length)),
  sizes: new Int32Array(lists).fill(length),
}))

function aucOfShards({ labels, scores }: ReturnType<typeof aucRows>): number {
  const metric: Metric<RowsState> = aucMetric()
  const size = Math.ceil(labels.length / shards)
  const states = Array.from({ length: shards }, (_, i) => {
    const [from, to] = [i * size, Math.min((i + 1) * size, labels.length)]
    return metric.update(metric.init(), { labels: labels.subarray(from, to), scores: scores.subarray(from, to) })
  })
  return metric.result(states.reduceRight(metric.merge))
}

const variant = (part: string, name: string, start: () => Omit<Ready, 'close'>, side: Variant['side'] = 'ours'): Variant => ({
  name, part, side, threads: 1, start: () => ({ ...start(), close: () => {} }),
})

const aucVariants = (options: Options): readonly Variant[] => [
  variant('auc', 'auc', () => {
    const { labels, scores } = aucRows(options)
    return { check: () => ({ auc: [auc(labels, scores)] }), repeat: () => timed(() => auc(labels, scores)) }
  }),
  variant('auc', `auc of ${shards} shards merged`, () => {
    const rows = aucRows(options)
    const check = () => {
      const [whole, merged] = [auc(rows.labels, rows.scores), aucOfShards(rows)]
      if (whole !== merged) throw new Error(`the merge of the shards is not the whole: ${merged} and ${whole}`)
      return { auc: [merged] }
    }
    return { check, repeat: () => timed(() => aucOfShards(rows)) }
  }),
  // The yardstick: no AUC, only what none can do without.
  variant('auc', 'sort alone', () => ({ repeat: () => timed(() => aucRows(options).scores.slice().sort()) }), 'peer'),
  { ...pythonPeer({ name: 'auc scikit-learn', threads: 1, script: 'metrics.py', mode: 'auc', options }), part: 'auc' },
]

const ndcgVariants = (options: Options): readonly Variant[] => [
  variant('ndcg', 'ndcg', () => {
    const { grades, scores, sizes } = ndcgRows(options)
    // scikit-learn's rule for ties
    const compute = () => meanNdcg(grades, scores, { sizes }, { k: options['k'], ties: 'average' })
    return { check: () => ({ ndcg: [compute()] }), repeat: () => timed(compute) }
  }),
  { ...pythonPeer({ name: 'ndcg scikit-learn', threads: 1, script: 'metrics.py', mode: 'ndcg', options }), part: 'ndcg' },
]

/** AUC of many rows, whole and in shards, and NDCG of many lists. The peers take their time: `--repeats 5 --warmup 1` will do. */
export const benchmark: Benchmark = {
  name: 'metrics',
  question: 'how fast are the AUC of many rows and the NDCG of many lists, beside scikit-learn and beside a sort alone?',
  unit: 'rows',
  options: {
    rows: { value: 10_000_000, about: 'rows of the AUC' }, lists: { value: 100_000, about: 'lists of the NDCG' },
    length: { value: 100, about: 'items in a list' }, k: { value: 10, about: 'the depth of the NDCG' },
  },
  unitsPerRepeat: ({ rows, lists, length }, part) => (part === 'auc' ? rows : lists * length),
  tolerance: { relative: 1e-12, absolute: 0 },
  variants: (options, threads) => (threads > 1 ? [] : [...aucVariants(options), ...ndcgVariants(options)]), // nobody's uses a second thread
}
