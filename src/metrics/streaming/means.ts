import { checkNumber } from '../../errors'
import { noValue } from '../checks'
import { binaryEntropy, rowLogLoss } from '../cross-entropy'
import type { Metric } from '../metric'
import { checkedRows } from '../rows'
import type { Columns } from '../rows'
import { addAll, addWeights, emptySum, mergeSums, totalOf } from '../sum'
import type { ExactSum } from '../sum'

/** The state of a weighted mean, and of the label's mean beside it. */
export interface MeanState {
  value: ExactSum
  positive: ExactSum
  weight: ExactSum
}

interface MeanDefinition {
  readonly label: string
  readonly columns: Columns
  readonly valueOf: (label: number, score: number) => number
  readonly finish?: (mean: number, rate: number) => number
}

function meanMetric({ label, columns, valueOf, finish = (mean) => mean }: MeanDefinition): Metric<MeanState> {
  return {
    label,
    init: () => ({ value: emptySum(), positive: emptySum(), weight: emptySum() }),
    update(state, batch) {
      const { labels, scores, weights } = checkedRows(label, batch.labels, batch.scores, batch, columns)
      const weightOf: (row: number) => number = weights ? (i) => weights[i] : () => 1
      const weighed = (values: (row: number) => number) => (row: number) => (weightOf(row) === 0 ? 0 : weightOf(row) * values(row))
      addAll(state.value, labels.length, weighed((i) => valueOf(labels[i], scores[i])))
      addAll(state.positive, labels.length, weighed((i) => labels[i]))
      addWeights(state.weight, labels.length, weightOf)
      return state
    },
    merge: (a, b) => ({
      value: mergeSums(a.value, b.value), positive: mergeSums(a.positive, b.positive), weight: mergeSums(a.weight, b.weight),
    }),
    result(state, rule = {}) {
      const weight = totalOf(state.weight)
      const value = weight > 0 ? finish(totalOf(state.value) / weight, totalOf(state.positive) / weight) : NaN
      return Number.isNaN(value) ? noValue(label, 'on the rows so far', rule) : value
    },
  }
}

const probabilities: Columns = { scores: 'probabilities', names: ['labels', 'scores'] }
const regression: Columns = { labels: 'finite', scores: 'finite' }
const overEntropy = (mean: number, rate: number) => {
  const entropy = binaryEntropy(rate)
  return entropy > 0 ? mean / entropy : NaN
}

const crossEntropy = (label: string, { epsilon = Number.EPSILON }: { readonly epsilon?: number | undefined }, finish?: MeanDefinition['finish']) => {
  checkNumber(label, 'epsilon', epsilon, { min: 0, below: 0.5 })
  return meanMetric({ label, columns: probabilities, valueOf: (y, p) => rowLogLoss(y, p, epsilon), ...(finish && { finish }) })
}

/** {@link logLoss} batch by batch. */
export const logLossMetric = (options: { readonly epsilon?: number | undefined } = {}): Metric<MeanState> => crossEntropy('logLoss', options)

/** {@link normalizedEntropy} batch by batch: the base rate is that of all rows, not of each batch. */
export const normalizedEntropyMetric = (options: { readonly epsilon?: number | undefined } = {}): Metric<MeanState> =>
  crossEntropy('normalizedEntropy', options, overEntropy)

/** {@link relativeCrossEntropy} batch by batch: the base rate is that of all rows, not of each batch. */
export const relativeCrossEntropyMetric = (options: { readonly epsilon?: number | undefined } = {}): Metric<MeanState> =>
  crossEntropy('relativeCrossEntropy', options, (mean, rate) => 100 * (1 - overEntropy(mean, rate)))

/** {@link brierScore} batch by batch. */
export const brierScoreMetric = (): Metric<MeanState> =>
  meanMetric({ label: 'brierScore', columns: probabilities, valueOf: (y, p) => (p - y) ** 2 })

/** {@link accuracy} batch by batch. */
export function accuracyMetric({ threshold = 0.5 }: { readonly threshold?: number | undefined } = {}): Metric<MeanState> {
  checkNumber('accuracy', 'threshold', threshold)
  return meanMetric({ label: 'accuracy', columns: {}, valueOf: (y, score) => (score >= threshold ? y : 1 - y) })
}

/** {@link meanAbsoluteError} batch by batch; `labels` are the targets, `scores` the predictions. */
export const meanAbsoluteErrorMetric = (): Metric<MeanState> =>
  meanMetric({ label: 'meanAbsoluteError', columns: regression, valueOf: (target, prediction) => Math.abs(prediction - target) })

/** {@link rootMeanSquaredError} batch by batch; `labels` are the targets, `scores` the predictions. */
export const rootMeanSquaredErrorMetric = (): Metric<MeanState> =>
  meanMetric({ label: 'rootMeanSquaredError', columns: regression, valueOf: (target, prediction) => (prediction - target) ** 2, finish: Math.sqrt })
