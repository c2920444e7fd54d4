import type { Mask, Numbers, UndefinedRule } from './checks'
import type { Groups } from './groups'

/** A batch of scored rows; `groups` where the metric is one of lists, and then each list whole in one batch. */
export interface ScoredRows {
  readonly labels: Numbers
  readonly scores: Numbers
  readonly weights?: Numbers | undefined
  /** Rows that are false or 0 here are as if they had not been given. */
  readonly mask?: Mask | undefined
  readonly groups?: Groups | undefined
  /** One weight per list, where the metric is one of lists. */
  readonly listWeights?: Numbers | undefined
}

/**
 * A metric that reads its rows batch by batch, on one worker or on many.
 *
 * `result(update(init(), rows))` is the metric over `rows`, and `merge` joins the states of two shards. States are plain
 * data that `structuredClone` and `postMessage` take. `update` may change the state it is given: use what it returns. Sums
 * are exact and rounded once, in `result`: how rows were split and in which order states were merged does not show in a
 * single bit.
 *
 * @example
 * ```ts
 * import { logLossMetric } from 'feedrank'
 *
 * const metric = logLossMetric()
 * const monday = metric.update(metric.init(), { labels: [1, 0], scores: [0.9, 0.1] })
 * const tuesday = metric.update(metric.init(), { labels: [0, 1], scores: [0.2, 0.65] })
 * console.log(metric.result(metric.merge(monday, tuesday)).toFixed(5)) // 0.21616
 * ```
 */
export interface Metric<State> {
  /** What reports and errors call it. */
  readonly label: string
  readonly init: () => State
  readonly update: (state: State, rows: ScoredRows) => State
  readonly merge: (a: State, b: State) => State
  /** @throws ArgumentError where the metric has no value, unless `whenUndefined` names one. */
  readonly result: (state: State, rule?: UndefinedRule) => number
}
