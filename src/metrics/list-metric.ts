import { ArgumentError, checkInteger, checkNumber, checkObject, checkSameLength, expected } from '../errors'
import { checkGrades, checkScores } from './checks'
import type { Numbers } from './checks'
import { checkRanking, countAtLeast, rankSlice } from './ranking'
import type { JudgedRanking } from './ranking'

/** What a metric of one list returns where nothing is relevant and it has no value of its own. */
export interface NothingRelevant {
  /**
   * The value of a list without a relevant item: 0 as in trec_eval, scikit-learn and ranx, 1 as in LightGBM. In a mean
   * over lists, `'skip'` leaves such lists out.
   * @defaultValue 0
   */
  readonly noRelevant?: number | 'skip' | undefined
}

/** Options of the metrics of one ranked list. */
export interface ListOptions extends NothingRelevant {
  /** Only the first `k` ranks count. @defaultValue the whole list */
  readonly k?: number | undefined
  /**
   * Items of at least this grade are relevant (trec_eval's `-l`).
   * @defaultValue 1
   */
  readonly relevantFrom?: number | undefined
}

/**
 * A metric of one ranked list, from labels and scores (ties in input order) or from a {@link JudgedRanking}.
 *
 * It returns NaN only where `noRelevant` is `'skip'` and nothing is relevant: that is how a mean knows what to skip.
 */
export interface ListMetric<Options extends NothingRelevant = ListOptions> {
  (labels: Numbers, scores: Numbers, options?: Options): number
  (ranking: JudgedRanking, options?: Options): number
  /** What errors call it. */
  readonly label: string
  /** Throws on options that make no sense, before any list is seen. */
  readonly check: (options: Options) => void
  /** The metric of rows `[start, end)` alone, whose labels, scores and options were checked before. */
  readonly ofRows: (labels: Numbers, scores: Numbers, start: number, end: number, options: Options) => number
}

interface Definition<Options> {
  readonly check: (options: Options) => void
  readonly ofRanking: (ranking: JudgedRanking, options: Options) => number
  /** A shorter way than ranking the rows first, where there is one. */
  readonly ofRows?: ListMetric<Options & NothingRelevant>['ofRows']
}

/** Makes a {@link ListMetric} of what it does with one ranking. */
export function listMetric<Options extends NothingRelevant>(label: string, definition: Definition<Options>): ListMetric<Options> {
  const { check, ofRanking } = definition
  const ofRows: ListMetric<Options>['ofRows'] =
    definition.ofRows ?? ((labels, scores, start, end, options) => ofRanking(rankSlice(labels, scores, start, end), options))
  const optionsOf = (options: Options | undefined) => (options === undefined ? ({} as Options) : checkObject(label, 'options', options))
  const metric = (first: Numbers | JudgedRanking, second?: Numbers | Options, third?: Options): number => {
    if (typeof first === 'object' && first !== null && 'grades' in first) {
      const options = optionsOf(second as Options | undefined)
      check(options)
      checkRanking(label, first)
      return ofRanking(first, options)
    }
    const labels = first
    const scores = second as Numbers
    const options = optionsOf(third)
    checkRows(label, labels, scores)
    check(options)
    return ofRows(labels, scores, 0, labels.length, options)
  }
  return Object.assign(metric, { label, check, ofRows })
}

/** Checks the columns that every list metric takes. */
function checkRows(where: string, labels: Numbers, scores: Numbers): void {
  checkGrades(where, labels)
  checkScores(where, scores)
  checkSameLength(where, 'labels', labels.length, 'scores', scores.length)
}

export const checkList = (where: string) => (options: ListOptions) => {
  if (options.k !== undefined) checkInteger(where, 'k', options.k)
  if (options.relevantFrom !== undefined) checkNumber(where, 'relevantFrom', options.relevantFrom, { above: 0 })
  checkNothingRelevant(where, options)
}

export function checkNothingRelevant(where: string, { noRelevant }: NothingRelevant): void {
  if (noRelevant !== undefined && noRelevant !== 'skip' && typeof noRelevant !== 'number')
    throw new ArgumentError(expected(where, 'noRelevant', "a number or 'skip'", noRelevant))
}

export const whenNothingRelevant = ({ noRelevant = 0 }: NothingRelevant) => (noRelevant === 'skip' ? NaN : noRelevant)

/** The numbers that most list metrics are made of. */
export function relevance(ranking: JudgedRanking, { k = Infinity, relevantFrom = 1 }: ListOptions) {
  const depth = Math.min(k, ranking.grades.length)
  const found = countAtLeast(ranking.grades, relevantFrom, depth)
  const relevant = found + countAtLeast(ranking.missed, relevantFrom) + countAfter(ranking.grades, relevantFrom, depth)
  return { depth, found, relevant, relevantFrom }
}

function countAfter(grades: Numbers, least: number, start: number): number {
  let count = 0
  for (let i = start; i < grades.length; i++) if (grades[i] >= least) count++
  return count
}
