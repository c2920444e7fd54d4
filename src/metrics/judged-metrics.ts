import { ArgumentError, checkNumber, expected } from '../errors'
import { checkList, listMetric, relevance, whenNothingRelevant } from './list-metric'
import type { ListOptions } from './list-metric'
import { countAtLeast } from './ranking'

/** Options of {@link expectedReciprocalRank}. */
export interface ErrOptions extends ListOptions {
  /**
   * The highest grade of the scale, which satisfies a reader with probability `(2^g − 1) / 2^g`.
   * @defaultValue 4, as in TREC's gdeval
   */
  readonly maxGrade?: number | undefined
}

/**
 * Expected reciprocal rank: one over the rank at which a reader, going down the list, is satisfied.
 *
 * `ERR = Σ_r (1/r)·R_r·Π_{i<r} (1 − R_i)`, `R = (2^grade − 1) / 2^maxGrade` (Chapelle et al. 2009).
 *
 * @throws ArgumentError on lengths that differ, negative labels, NaN scores, a grade above `maxGrade`.
 * @example
 * ```ts
 * import { expectedReciprocalRank } from 'feedrank'
 *
 * console.log(expectedReciprocalRank([1, 0], [0.9, 0.8], { maxGrade: 1 })) // 0.5
 * ```
 */
export const expectedReciprocalRank = listMetric<ErrOptions>('expectedReciprocalRank', {
  check(options) {
    checkList('expectedReciprocalRank')(options)
    if (options.maxGrade !== undefined) checkNumber('expectedReciprocalRank', 'maxGrade', options.maxGrade, { above: 0, max: 1023 })
  },
  ofRanking(ranking, options) {
    const { depth, relevant } = relevance(ranking, { ...options, relevantFrom: options.relevantFrom ?? Number.MIN_VALUE })
    if (relevant === 0) return whenNothingRelevant(options)
    const { maxGrade = 4 } = options
    const top = 2 ** maxGrade
    let sum = 0
    for (let i = 0, unsatisfied = 1; i < depth; i++) {
      const grade = ranking.grades[i]
      if (!(grade > 0)) continue
      if (grade > maxGrade)
        throw new ArgumentError(expected('expectedReciprocalRank', `the grade at rank ${i + 1}`, `at most maxGrade (${maxGrade})`, grade))
      const satisfied = (2 ** grade - 1) / top
      sum += (unsatisfied * satisfied) / (i + 1)
      unsatisfied *= 1 - satisfied
    }
    return sum
  },
})

/**
 * Binary preference: how rarely a judged irrelevant item stands before a relevant one; unjudged items do not matter.
 *
 * `bpref = (1/R)·Σ_r (1 − min(irrelevant before r, R) / min(irrelevant judged, R))` (Buckley and Voorhees 2004, in the
 * form of trec_eval 8 and later). Only a {@link JudgedRanking} knows what is unjudged; with labels and scores all are judged.
 *
 * @throws ArgumentError on lengths that differ, negative labels, NaN scores.
 * @example
 * ```ts
 * import { bpref, judgeRanking } from 'feedrank'
 *
 * const qrels = new Map([['good', 1], ['bad', 0], ['fine', 1]])
 * console.log(bpref(judgeRanking(['new', 'good', 'bad', 'fine'], qrels))) // 0.5
 * ```
 */
export const bpref = listMetric<Omit<ListOptions, 'k'>>('bpref', {
  check: checkList('bpref'),
  ofRanking(ranking, options) {
    const { relevant, relevantFrom, depth } = relevance(ranking, options)
    if (relevant === 0) return whenNothingRelevant(options)
    const judged = countAtLeast(ranking.grades, 0) + countAtLeast(ranking.missed, 0)
    const bound = Math.min(judged - relevant, relevant)
    let before = 0
    let sum = 0
    for (let i = 0; i < depth; i++) {
      const grade = ranking.grades[i]
      if (grade >= relevantFrom) sum += before === 0 ? 1 : 1 - Math.min(before, relevant) / bound
      else if (grade >= 0) before++
    }
    return sum / relevant
  },
})

/** What keeps the estimate of {@link inferredAveragePrecision} from dividing by zero, in trec_eval as here. */
const inferredEpsilon = 1e-5

/**
 * Inferred average precision: an estimate of average precision where a random part of the pool was judged.
 *
 * Each relevant item at rank r adds the expected precision there, `1/r + ((r − 1)/r)·(pooled above / (r − 1))·(relevant above
 * + ε) / (judged above + 2ε)`, over the relevant items judged (Yilmaz and Aslam 2006; trec_eval's `infAP`). A grade below 0 in
 * the judgements says "pooled but not judged", and no grade "outside the pool".
 *
 * @throws ArgumentError on lengths that differ, negative labels, NaN scores.
 * @example
 * ```ts
 * import { inferredAveragePrecision, judgeRanking } from 'feedrank'
 *
 * const sampled = new Map([['a', 1], ['b', -1], ['c', 1], ['d', 0]])
 * console.log(inferredAveragePrecision(judgeRanking(['a', 'b', 'c', 'd'], sampled)).toFixed(4)) // 1.0000
 * ```
 */
export const inferredAveragePrecision = listMetric<Omit<ListOptions, 'k'>>('inferredAveragePrecision', {
  check: checkList('inferredAveragePrecision'),
  ofRanking(ranking, options) {
    const { relevant, relevantFrom, depth } = relevance(ranking, options)
    if (relevant === 0) return whenNothingRelevant(options)
    let found = 0
    let irrelevant = 0
    let unjudged = 0
    let sum = 0
    for (let i = 0; i < depth; i++) {
      const grade = ranking.grades[i]
      if (grade >= relevantFrom) {
        const judged = found + irrelevant
        const likely = (found + inferredEpsilon) / (judged + 2 * inferredEpsilon)
        sum += i === 0 ? 1 : 1 / (i + 1) + ((judged + unjudged) / (i + 1)) * likely
        found++
      } else if (grade >= 0) irrelevant++
      else if (ranking.pooled?.[i]) unjudged++
    }
    return sum / relevant
  },
})

/** Options of {@link interpolatedPrecision}. */
export interface InterpolatedPrecisionOptions extends Omit<ListOptions, 'k'> {
  /** In [0, 1]. */
  readonly recall: number
  /**
   * How a recall becomes a number of relevant items: trec_eval up to version 9 (and what is built on it: pytrec_eval,
   * ir-measures) takes `⌊recall·R + 0.9⌋`, version 10 the nearest integer.
   * @defaultValue 9
   */
  readonly trecEval?: 9 | 10 | undefined
}

/**
 * Interpolated precision of one ranked list: the highest precision at any rank that reaches this recall, 0 if none does.
 *
 * trec_eval's `iprec_at_recall`; the mean over recalls 0, 0.1, …, 1 is its `11pt_avg`.
 *
 * @throws ArgumentError on lengths that differ, negative labels, NaN scores, a recall outside [0, 1].
 * @example
 * ```ts
 * import { interpolatedPrecision } from 'feedrank'
 *
 * console.log(interpolatedPrecision([0, 1, 1], [0.9, 0.8, 0.7], { recall: 0.5 }).toFixed(4)) // 0.6667
 * ```
 */
export const interpolatedPrecision = listMetric<InterpolatedPrecisionOptions>('interpolatedPrecision', {
  check(options) {
    checkList('interpolatedPrecision')(options)
    checkNumber('interpolatedPrecision', 'recall', options.recall, { min: 0, max: 1 })
    const { trecEval = 9 } = options
    if (trecEval !== 9 && trecEval !== 10) throw new ArgumentError(expected('interpolatedPrecision', 'trecEval', '9 or 10', trecEval))
  },
  ofRanking(ranking, options) {
    const { relevant, relevantFrom, depth } = relevance(ranking, options)
    if (relevant === 0) return whenNothingRelevant(options)
    const least = Math.floor(options.recall * relevant + (options.trecEval === 10 ? 0.5 : 0.9))
    let found = 0
    let best = 0
    for (let i = 0; i < depth; i++) {
      if (ranking.grades[i] >= relevantFrom) found++
      if (found >= least) best = Math.max(best, found / (i + 1))
    }
    return best
  },
})

/**
 * Share of the first `k` that somebody judged (ir-measures' `Judged`); a list shorter than `k` divides by its length.
 *
 * A low share says that the other figures of this list rest on little.
 *
 * @throws ArgumentError on lengths that differ, negative labels, NaN scores, a `k` below 1.
 * @example
 * ```ts
 * import { judgeRanking, judgedShare } from 'feedrank'
 *
 * console.log(judgedShare(judgeRanking(['a', 'b'], ['a']), { k: 2 })) // 0.5
 * ```
 */
export const judgedShare = listMetric<ListOptions>('judgedShare', {
  check: checkList('judgedShare'),
  ofRanking(ranking, options) {
    const depth = Math.min(options.k ?? Infinity, ranking.grades.length)
    return depth === 0 ? 0 : countAtLeast(ranking.grades, 0, depth) / depth
  },
})
