import { ArgumentError, checkNumber, expected } from '../errors'
import { checkList, listMetric, relevance, whenNothingRelevant } from './list-metric'
import type { ListOptions } from './list-metric'

/**
 * Precision of one ranked list: relevant items among the first `k`, over `k`.
 *
 * A list shorter than `k` still divides by `k`, as if the rest were not relevant (trec_eval's `P`). Without `k`, over the
 * items retrieved (trec_eval's `set_P`); an empty list scores 0.
 *
 * @throws ArgumentError on lengths that differ, negative labels, NaN scores, a `k` below 1.
 * @example
 * ```ts
 * import { listPrecision } from 'feedrank'
 *
 * console.log(listPrecision([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.6], { k: 2 })) // 0.5
 * ```
 */
export const listPrecision = listMetric<ListOptions>('listPrecision', {
  check: checkList('listPrecision'),
  ofRanking(ranking, options) {
    const { found, relevant } = relevance(ranking, options)
    if (relevant === 0) return whenNothingRelevant(options)
    return found === 0 ? 0 : found / (options.k ?? ranking.grades.length)
  },
})

/**
 * Relevant items among the first `k`, over as many as could be there: `min(k, R)` (trec_eval's `relative_P`; without `k`, over
 * `min(retrieved, R)`, its `set_relative_P`).
 *
 * @throws ArgumentError on lengths that differ, negative labels, NaN scores, a `k` below 1.
 * @example
 * ```ts
 * import { relativePrecision } from 'feedrank'
 *
 * console.log(relativePrecision([1, 0, 0, 0], [0.9, 0.8, 0.7, 0.6], { k: 2 })) // 1
 * ```
 */
export const relativePrecision = listMetric<ListOptions>('relativePrecision', {
  check: checkList('relativePrecision'),
  ofRanking(ranking, options) {
    const { found, relevant } = relevance(ranking, options)
    if (relevant === 0) return whenNothingRelevant(options)
    return found === 0 ? 0 : found / Math.min(options.k ?? ranking.grades.length, relevant)
  },
})

/** Options of {@link fScore}. */
export interface FScoreOptions extends ListOptions {
  /** How much more recall matters than precision. @defaultValue 1 */
  readonly beta?: number | undefined
}

/**
 * F score of one ranked list: the harmonic mean of precision and recall, `(1 + β²)·P·R / (β²·P + R)`.
 *
 * Without `k`, of all that was retrieved (trec_eval's `set_F`, ir-measures' `SetF`).
 *
 * @throws ArgumentError on lengths that differ, negative labels, NaN scores, a `k` below 1, a `beta` that is not above 0.
 * @example
 * ```ts
 * import { fScore } from 'feedrank'
 *
 * console.log(fScore([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.6]).toFixed(4)) // 0.6667
 * ```
 */
export const fScore = listMetric<FScoreOptions>('fScore', {
  check(options) {
    checkList('fScore')(options)
    if (options.beta !== undefined) checkNumber('fScore', 'beta', options.beta, { above: 0 })
  },
  ofRanking(ranking, options) {
    const { found, relevant } = relevance(ranking, options)
    if (relevant === 0) return whenNothingRelevant(options)
    const square = (options.beta ?? 1) ** 2
    return found === 0 ? 0 : ((1 + square) * found) / (square * relevant + (options.k ?? ranking.grades.length))
  },
})

/**
 * Recall of one ranked list: relevant items among the first `k`, over all relevant items (trec_eval's `recall`).
 *
 * @throws ArgumentError on lengths that differ, negative labels, NaN scores, a `k` below 1.
 * @example
 * ```ts
 * import { listRecall } from 'feedrank'
 *
 * console.log(listRecall([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.6], { k: 2 })) // 0.5
 * ```
 */
export const listRecall = listMetric<ListOptions>('listRecall', {
  check: checkList('listRecall'),
  ofRanking(ranking, options) {
    const { found, relevant } = relevance(ranking, options)
    return relevant > 0 ? found / relevant : whenNothingRelevant(options)
  },
})

/**
 * 1 where the first `k` hold a relevant item, else 0 (trec_eval's `success`).
 *
 * @throws ArgumentError on lengths that differ, negative labels, NaN scores, a `k` below 1.
 * @example
 * ```ts
 * import { hitRate } from 'feedrank'
 *
 * console.log(hitRate([0, 0, 1, 0], [0.9, 0.8, 0.7, 0.6], { k: 2 })) // 0
 * ```
 */
export const hitRate = listMetric<ListOptions>('hitRate', {
  check: checkList('hitRate'),
  ofRanking(ranking, options) {
    const { found, relevant } = relevance(ranking, options)
    return relevant > 0 ? Math.min(found, 1) : whenNothingRelevant(options)
  },
})

/**
 * One over the rank of the first relevant item, 0 where the first `k` hold none (trec_eval's `recip_rank`).
 *
 * @throws ArgumentError on lengths that differ, negative labels, NaN scores, a `k` below 1.
 * @example
 * ```ts
 * import { reciprocalRank } from 'feedrank'
 *
 * console.log(reciprocalRank([0, 1, 1, 0], [0.9, 0.8, 0.7, 0.6])) // 0.5
 * ```
 */
export const reciprocalRank = listMetric<ListOptions>('reciprocalRank', {
  check: checkList('reciprocalRank'),
  ofRanking(ranking, options) {
    const { depth, relevant, relevantFrom } = relevance(ranking, options)
    if (relevant === 0) return whenNothingRelevant(options)
    for (let i = 0; i < depth; i++) if (ranking.grades[i] >= relevantFrom) return 1 / (i + 1)
    return 0
  },
})

/** Options of {@link listAveragePrecision}. */
export interface ListAveragePrecisionOptions extends ListOptions {
  /**
   * What the sum of precisions is divided by: all relevant items (trec_eval, ranx), or at most `k` of them, so that a
   * perfect first page scores 1.
   * @defaultValue 'relevant'
   */
  readonly over?: 'relevant' | 'reachable' | undefined
}

/**
 * Average precision of one ranked list: the mean, over all relevant items, of the precision at their rank.
 *
 * `AP@k = (1 / R)·Σ_{i≤k, i relevant} (relevant among the first i) / i`; relevant items never retrieved count as 0
 * (trec_eval's `map` and `map_cut` for one topic). Ties in input order: for the tie-free definition over scores see
 * `averagePrecision`.
 *
 * @throws ArgumentError on lengths that differ, negative labels, NaN scores, a `k` below 1.
 * @example
 * ```ts
 * import { listAveragePrecision } from 'feedrank'
 *
 * console.log(listAveragePrecision([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.6]).toFixed(4)) // 0.8333
 * ```
 */
export const listAveragePrecision = listMetric<ListAveragePrecisionOptions>('listAveragePrecision', {
  check(options) {
    checkList('listAveragePrecision')(options)
    const { over } = options
    if (over !== undefined && over !== 'relevant' && over !== 'reachable')
      throw new ArgumentError(expected('listAveragePrecision', 'over', "'relevant' or 'reachable'", over))
  },
  ofRanking(ranking, options) {
    const { depth, relevant, relevantFrom } = relevance(ranking, options)
    if (relevant === 0) return whenNothingRelevant(options)
    let found = 0
    let sum = 0
    for (let i = 0; i < depth; i++) if (ranking.grades[i] >= relevantFrom) sum += ++found / (i + 1)
    return sum / (options.over === 'reachable' ? Math.min(relevant, options.k ?? Infinity) : relevant)
  },
})

/** Options of {@link rPrecision}. */
export interface RPrecisionOptions extends ListOptions {
  /** Reads `⌊multiple·R + 0.9⌋` items instead of R (trec_eval's `Rprec_mult`). @defaultValue 1 */
  readonly multiple?: number | undefined
}

/**
 * R-precision of one ranked list: precision among the first R, with R the number of relevant items (trec_eval's `Rprec`).
 *
 * `k` bounds how deep the list is read, not what it is divided by.
 *
 * @throws ArgumentError on lengths that differ, negative labels, NaN scores, a `k` below 1, a `multiple` that is not above 0.
 * @example
 * ```ts
 * import { rPrecision } from 'feedrank'
 *
 * console.log(rPrecision([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.6])) // 0.5
 * ```
 */
export const rPrecision = listMetric<RPrecisionOptions>('rPrecision', {
  check(options) {
    checkList('rPrecision')(options)
    if (options.multiple !== undefined) checkNumber('rPrecision', 'multiple', options.multiple, { above: 0 })
  },
  ofRanking(ranking, options) {
    const { relevant, relevantFrom } = relevance(ranking, { ...options, k: undefined })
    if (relevant === 0) return whenNothingRelevant(options)
    const depth = Math.max(1, Math.floor((options.multiple ?? 1) * relevant + 0.9))
    return relevance(ranking, { k: Math.min(depth, options.k ?? Infinity), relevantFrom }).found / depth
  },
})

/** Options of {@link rankBiasedPrecision}. */
export interface RankBiasedPrecisionOptions extends ListOptions {
  /**
   * The probability of going on to the next rank.
   * @defaultValue 0.8, as in ir-measures
   */
  readonly persistence?: number | undefined
  /** With it a grade is worth `grade / maxGrade`; absent, relevant items are worth 1 and others nothing. */
  readonly maxGrade?: number | undefined
}

/**
 * Rank-biased precision: the gain of a reader who goes on to the next rank with probability `persistence`.
 *
 * `RBP = (1 − p)·Σ_i rel_i·p^(i−1)` with relevance 0 or 1 (Moffat and Zobel 2008; ranx, ir-measures), or by grade with `maxGrade`.
 *
 * @throws ArgumentError on lengths that differ, negative labels, NaN scores, a persistence outside (0, 1), a
 * grade above `maxGrade`.
 * @example
 * ```ts
 * import { rankBiasedPrecision } from 'feedrank'
 *
 * console.log(rankBiasedPrecision([1, 0, 1], [0.9, 0.8, 0.7], { persistence: 0.5 })) // 0.625
 * ```
 */
export const rankBiasedPrecision = listMetric<RankBiasedPrecisionOptions>('rankBiasedPrecision', {
  check(options) {
    checkList('rankBiasedPrecision')(options)
    if (options.persistence !== undefined) checkNumber('rankBiasedPrecision', 'persistence', options.persistence, { above: 0, below: 1 })
    if (options.maxGrade !== undefined) checkNumber('rankBiasedPrecision', 'maxGrade', options.maxGrade, { above: 0 })
  },
  ofRanking(ranking, options) {
    const { persistence = 0.8, maxGrade } = options
    const least = maxGrade === undefined ? options.relevantFrom : (options.relevantFrom ?? Number.MIN_VALUE)
    const { depth, relevant, relevantFrom } = relevance(ranking, { ...options, relevantFrom: least })
    if (relevant === 0) return whenNothingRelevant(options)
    let sum = 0
    for (let i = 0, reach = 1; i < depth; i++, reach *= persistence) {
      const grade = ranking.grades[i]
      if (!(grade >= relevantFrom)) continue
      if (maxGrade !== undefined && grade > maxGrade)
        throw new ArgumentError(expected('rankBiasedPrecision', `the grade at rank ${i + 1}`, `at most maxGrade (${maxGrade})`, grade))
      sum += maxGrade === undefined ? reach : (reach * grade) / maxGrade
    }
    return (1 - persistence) * sum
  },
})
