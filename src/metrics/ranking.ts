import { ArgumentError, checkInteger, checkSameLength, expected } from '../errors'
import { checkColumn, checkGrades, checkScores } from './checks'
import type { Numbers } from './checks'
import { passingArgsort } from './sort'

/** What names an item of a ranked list. */
export type ItemId = number | string

/**
 * A ranked list held against judgements: all that a ranking metric needs to know.
 *
 * A plain object; make one with {@link rankByScore}, {@link judgeRanking} or {@link gradedRanking}.
 */
export interface JudgedRanking {
  /** The grade at each rank, best rank first; NaN where nobody judged the item. */
  readonly grades: Numbers
  /** The grades of judged items that are not in the list, in any order. */
  readonly missed: Numbers
  /** 1 at each rank whose item was pooled but not judged; absent where there is none. Only inferred measures ask. */
  readonly pooled?: Numbers | undefined
}

/**
 * The list that the scores put in order, highest first, ties in input order; every item is judged by its label.
 *
 * @throws ArgumentError on lengths that differ, negative or non-finite labels, NaN scores.
 * @example
 * ```ts
 * import { rankByScore } from 'feedrank'
 *
 * console.log(rankByScore([0, 2, 1], [0.1, 0.7, 0.9]).grades.toString()) // 1,2,0
 * ```
 */
export function rankByScore(labels: Numbers, scores: Numbers): JudgedRanking {
  checkGrades('rankByScore', labels)
  checkScores('rankByScore', scores)
  checkSameLength('rankByScore', 'labels', labels.length, 'scores', scores.length)
  return rankSlice(labels, scores, 0, labels.length)
}

const none = new Float64Array(0)

/** {@link rankByScore} over rows `[start, end)`, already checked. */
export function rankSlice(labels: Numbers, scores: Numbers, start: number, end: number): JudgedRanking {
  const order = passingArgsort(scores, true, start, end)
  const grades = new Float64Array(end - start)
  for (let i = 0; i < grades.length; i++) grades[i] = labels[start + order[i]]
  return { grades, missed: none }
}

/** Relevant ids, or a map from id to grade. A negative grade says "pooled but not judged", as in trec_eval. */
export type Judgements = Iterable<ItemId> | ReadonlyMap<ItemId, number>

const isMap = (judgements: Judgements): judgements is ReadonlyMap<ItemId, number> =>
  typeof (judgements as { get?: unknown }).get === 'function'

/**
 * Ids in rank order held against judgements: the form of ranx and of trec_eval's run and qrels files.
 *
 * An id that comes twice is judged at its first rank only; the second keeps its rank and counts as unjudged. For the
 * order trec_eval gives to a run, see {@link trecOrder}.
 *
 * @param retrieved ids, best first
 * @param judgements relevant ids (each of grade 1), or a `Map` from id to grade
 * @throws ArgumentError when a grade is not a finite number.
 * @example
 * ```ts
 * import { judgeRanking, ndcg } from 'feedrank'
 *
 * const ranking = judgeRanking(['d1', 'd2', 'd3'], new Map([['d2', 2], ['d9', 1]]))
 * console.log(ndcg(ranking, { k: 10 }).toFixed(4)) // 0.4796
 * ```
 */
export function judgeRanking(retrieved: ArrayLike<ItemId>, judgements: Judgements): JudgedRanking {
  return judgeIn('judgeRanking', retrieved, judgements)
}

export function judgeIn(where: string, retrieved: ArrayLike<ItemId>, judgements: Judgements): JudgedRanking {
  if (typeof retrieved !== 'object' || retrieved === null || !Number.isSafeInteger(retrieved.length))
    throw new ArgumentError(expected(where, 'retrieved', 'an array of ids', retrieved))
  if (typeof judgements !== 'object' || judgements === null || !(Symbol.iterator in judgements))
    throw new ArgumentError(expected(where, 'relevant', 'ids, or a Map from id to grade', judgements))
  const left = new Map<ItemId, number>()
  const pooled = new Set<ItemId>()
  if (isMap(judgements)) {
    for (const [id, grade] of judgements) {
      if (!Number.isFinite(grade)) throw new ArgumentError(expected(where, `the grade of ${String(id)}`, 'a finite number', grade))
      if (grade >= 0) left.set(id, grade)
      else pooled.add(id)
    }
  } else for (const id of judgements) left.set(id, 1)
  const grades = new Float64Array(retrieved.length)
  for (let i = 0; i < retrieved.length; i++) {
    grades[i] = left.get(retrieved[i]) ?? NaN
    left.delete(retrieved[i])
  }
  const ranking = { grades, missed: Float64Array.from(left.values()) }
  return pooled.size > 0 ? { ...ranking, pooled: Float64Array.from(retrieved, (id) => (pooled.delete(id) ? 1 : 0)) } : ranking
}

/** What {@link gradedRanking} takes beside the grades: the number of relevant items, or the grades of those not retrieved. */
export type Unretrieved = { readonly relevant: number } | { readonly missed: Numbers }

/**
 * A ranking given as grades in rank order, and what it did not retrieve.
 *
 * @param grades the grade at each rank; NaN where unjudged
 * @param unretrieved `{ relevant }`, the number of relevant items there are (each missing one of grade 1), or
 * `{ missed }`, the grades of the judged items outside the list. Absent: the list holds every judged item.
 * @throws ArgumentError on a negative grade, or fewer `relevant` items than the list itself holds.
 * @example
 * ```ts
 * import { gradedRanking, listAveragePrecision } from 'feedrank'
 *
 * console.log(listAveragePrecision(gradedRanking([1, 0, 1, 0], { relevant: 4 })).toFixed(4)) // 0.4167
 * ```
 */
export function gradedRanking(grades: Numbers, unretrieved: Unretrieved = { missed: none }): JudgedRanking {
  const where = 'gradedRanking'
  if ('missed' in unretrieved) {
    const ranking = { grades, missed: unretrieved.missed }
    checkRanking(where, ranking)
    return ranking
  }
  checkRanking(where, { grades, missed: none })
  const found = countAtLeast(grades, 1)
  return { grades, missed: new Float64Array(checkInteger(where, 'relevant', unretrieved.relevant, found) - found).fill(1) }
}

/** Throws unless every grade is judged (finite and not negative) or, in the list, unjudged (NaN). */
export function checkRanking(where: string, { grades, missed, pooled }: JudgedRanking): void {
  checkColumn(where, 'grades', grades)
  for (let i = 0; i < grades.length; i++)
    if (!(grades[i] >= 0 && grades[i] < Infinity) && !Number.isNaN(grades[i]))
      throw new ArgumentError(expected(where, `grades[${i}]`, 'a finite grade of at least 0, or NaN for unjudged', grades[i]))
  checkGrades(where, missed, 'missed')
  if (pooled !== undefined) {
    checkColumn(where, 'pooled', pooled)
    checkSameLength(where, 'pooled', pooled.length, 'grades', grades.length)
  }
}

export function countAtLeast(grades: Numbers, least: number, end = grades.length): number {
  let count = 0
  for (let i = 0; i < end; i++) if (grades[i] >= least) count++
  return count
}

/**
 * A run in the order trec_eval gives it: score from high to low, ties by document id from high to low in byte order,
 * whatever ranks the file states.
 *
 * trec_eval up to version 9 keeps scores as 32-bit floats, so close scores tie there: pass `Float32Array.from(scores)`
 * to reproduce it. Version 10 keeps doubles.
 *
 * @throws ArgumentError on lengths that differ or NaN scores.
 * @example
 * ```ts
 * import { trecOrder } from 'feedrank'
 *
 * console.log(trecOrder(['a', 'b', 'c'], [1, 1, 2]).join()) // c,b,a
 * ```
 */
export function trecOrder(ids: ArrayLike<string>, scores: Numbers): string[] {
  if (typeof ids !== 'object' || ids === null || !Number.isSafeInteger(ids.length))
    throw new ArgumentError(expected('trecOrder', 'ids', 'an array of ids', ids))
  checkScores('trecOrder', scores)
  checkSameLength('trecOrder', 'ids', ids.length, 'scores', scores.length)
  const rows = Array.from({ length: ids.length }, (_, i) => i)
  rows.sort((a, b) => scores[b] - scores[a] || compareBytes(ids[b], ids[a]))
  return rows.map((row) => ids[row])
}

/** Compares strings as their UTF-8 bytes would: UTF-16 order, but with surrogates above everything else. */
function compareBytes(a: string, b: string): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const difference = byteRank(a.charCodeAt(i)) - byteRank(b.charCodeAt(i))
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

const byteRank = (unit: number) => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit)
