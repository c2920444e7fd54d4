import { checkNumber } from '../errors'
import { noValue } from './checks'
import type { Numbers, RowOptions } from './checks'
import { checkedRows } from './rows'
import { weightedMean } from './sum'

/** Options of the metrics built on the logarithm of a probability. */
export interface CrossEntropyOptions extends RowOptions {
  /**
   * Probabilities are clipped to `[epsilon, 1 − epsilon]` before the logarithm.
   * @defaultValue 2^-52, the machine epsilon of doubles, as in scikit-learn
   */
  readonly epsilon?: number | undefined
}

/** The loss of one row in nats, with the probability of its label clipped from below and above. */
export const rowLogLoss = (label: number, probability: number, epsilon: number) =>
  -Math.log(Math.min(Math.max(label === 1 ? probability : 1 - probability, epsilon), 1 - epsilon))

function meanLoss(where: string, labels: Numbers, probabilities: Numbers, options: CrossEntropyOptions) {
  const rows = checkedRows(where, labels, probabilities, options, { scores: 'probabilities' })
  const { epsilon = Number.EPSILON } = options
  checkNumber(where, 'epsilon', epsilon, { min: 0, below: 0.5 })
  const loss = weightedMean(rows.labels.length, (i) => rowLogLoss(rows.labels[i], rows.scores[i], epsilon), rows.weights)
  return { ...loss, rate: weightedMean(rows.labels.length, (i) => rows.labels[i], rows.weights).mean }
}

/**
 * Mean cross entropy of binary labels, in nats.
 *
 * `−Σ w_i·(y_i·ln p_i + (1 − y_i)·ln(1 − p_i)) / Σ w_i`; scikit-learn's `log_loss`, clipping included. With an
 * `epsilon` of 0 a certain and wrong prediction makes the loss infinite.
 *
 * @param labels 0 or 1, shape `[rows]`
 * @param probabilities of label 1, shape `[rows]`
 * @throws ArgumentError on lengths that differ, labels outside {0, 1}, probabilities outside [0, 1], and, unless
 * `whenUndefined` says otherwise, on no rows.
 * @example
 * ```ts
 * import { logLoss } from 'feedrank'
 *
 * console.log(logLoss([1, 0, 0, 1], [0.9, 0.1, 0.2, 0.65]).toFixed(5)) // 0.21616
 * ```
 */
export function logLoss(labels: Numbers, probabilities: Numbers, options: CrossEntropyOptions = {}): number {
  const { mean, weight } = meanLoss('logLoss', labels, probabilities, options)
  return weight > 0 ? mean : noValue('logLoss', 'without a row of positive weight', options)
}

/** The entropy of a coin with this probability, in nats. */
export const binaryEntropy = (rate: number) => (rate === 0 || rate === 1 ? 0 : -rate * Math.log(rate) - (1 - rate) * Math.log(1 - rate))

/**
 * Normalised entropy: log loss over the log loss of always predicting the base rate.
 *
 * `NE = logLoss / H(mean label)`. Below 1 is better than knowing the base rate alone; unlike log loss it compares
 * across data of different base rates (He et al. 2014, Practical Lessons from Predicting Clicks on Ads at Facebook, eq. 1).
 *
 * @throws ArgumentError as {@link logLoss}, and, unless `whenUndefined` says otherwise, on one class only (H is 0).
 * @example
 * ```ts
 * import { normalizedEntropy } from 'feedrank'
 *
 * console.log(normalizedEntropy([1, 0, 0, 0], [0.25, 0.25, 0.25, 0.25]).toFixed(6)) // 1.000000
 * ```
 */
export function normalizedEntropy(labels: Numbers, probabilities: Numbers, options: CrossEntropyOptions = {}): number {
  const { mean, weight, rate } = meanLoss('normalizedEntropy', labels, probabilities, options)
  const entropy = binaryEntropy(rate)
  return weight > 0 && entropy > 0 ? mean / entropy : noValue('normalizedEntropy', 'without both a positive and a negative', options)
}

/**
 * Relative cross entropy, in percent: how much of the base rate's log loss the predictions remove.
 *
 * `RCE = 100·(1 − NE)`. 0 is as good as predicting the base rate, 100 is perfect, and it falls without bound.
 *
 * @throws ArgumentError as {@link normalizedEntropy}.
 * @example
 * ```ts
 * import { relativeCrossEntropy } from 'feedrank'
 *
 * console.log(relativeCrossEntropy([1, 0], [0.8, 0.2]).toFixed(2)) // 67.81
 * ```
 */
export function relativeCrossEntropy(labels: Numbers, probabilities: Numbers, options: CrossEntropyOptions = {}): number {
  const { mean, weight, rate } = meanLoss('relativeCrossEntropy', labels, probabilities, options)
  const entropy = binaryEntropy(rate)
  if (!(weight > 0 && entropy > 0)) return noValue('relativeCrossEntropy', 'without both a positive and a negative', options)
  return 100 * (1 - mean / entropy)
}
