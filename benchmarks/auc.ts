import { auc } from 'feedrank'
import type { Benchmark, Variant } from './harness/benchmark'
import { timed } from './harness/benchmark'
import { pythonPeer } from './harness/python-peer'
import { chances, signedNumbers } from './workloads/synthetic'

type Compute = (labels: Float64Array, scores: Float64Array) => number

/** The rank-sum AUC as one writes it in a line or two: sort objects by score, give tied scores their mean rank. */
const naive: Compute = (labels, scores) => {
  const rows = Array.from(scores, (score, i) => ({ score, label: labels[i] })).sort((a, b) => a.score - b.score)
  let positives = 0
  let rankSum = 0
  for (let i = 0, j = 0; i < rows.length; i = j) {
    while (j < rows.length && rows[j].score === rows[i].score) j++
    const tied = rows.slice(i, j).filter(({ label }) => label === 1).length
    positives += tied
    rankSum += (tied * (i + 1 + j)) / 2
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (rows.length - positives))
}

const inProcess = (name: string, side: Variant['side'], compute: Compute, rows: number): Variant => ({
  name,
  side,
  threads: 1,
  start() {
    const labels = Float64Array.from(chances('auc.labels', 0, rows, 0.1))
    const scores = Float64Array.from(signedNumbers('auc.scores', 0, rows))
    return { check: () => ({ auc: [compute(labels, scores)] }), repeat: () => timed(() => compute(labels, scores)), close: () => {} }
  },
})

/** One AUC over many rows, distinct scores with a few ties. */
export const benchmark: Benchmark = {
  name: 'auc',
  question: 'how fast is the AUC of many rows, beside scikit-learn and beside sorting objects?',
  unit: 'rows',
  options: { rows: { value: 1_000_000, about: 'rows in a call' } },
  unitsPerRepeat: ({ rows }) => rows,
  tolerance: { relative: 1e-12, absolute: 0 },
  variants: (options, threads) =>
    threads > 1
      ? [] // nobody's AUC uses a second thread
      : [
          inProcess('feedrank', 'ours', auc, options.rows),
          inProcess('naive', 'peer', naive, options.rows),
          pythonPeer({ name: 'scikit-learn', threads, script: 'auc.py', mode: 'auc', options }),
        ],
}
