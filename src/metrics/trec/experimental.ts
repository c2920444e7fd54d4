import { whenNothingRelevant } from '../list-metric'
import { ndcg } from '../ndcg'
import type { JudgedRanking } from '../ranking'

/** Measures that trec_eval calls experimental: here under its names only. */

const gainsOf = ({ grades }: JudgedRanking) => Float64Array.from(grades, (grade) => (grade > 0 ? grade : 0))

/** The grades above 0 of all judged items, highest first. */
const idealOf = ({ grades, missed }: JudgedRanking) =>
  [...Array.from(grades), ...Array.from(missed)].filter((grade) => grade > 0).sort((a, b) => b - a)

/**
 * `G = Σ gain / log2(2 + ideal gain so far − gain so far) / Σ ideal gain`, both up to and with this rank. Once all ideal gain
 * is spent it goes on growing by 1 a rank, as if items of grade 1 were left.
 */
export function normalizedGain(ranking: JudgedRanking): number {
  const ideal = idealOf(ranking)
  if (ideal.length === 0) return whenNothingRelevant({})
  let expected = 0
  let got = 0
  let sum = 0
  gainsOf(ranking).forEach((gain, i) => {
    expected += i < ideal.length ? ideal[i] : 1
    got += gain
    if (gain > 0) sum += gain / Math.log2(2 + expected - got)
  })
  return sum / ideal.reduce((total, gain) => total + gain, 0)
}

/** `binG = Σ 1 / log2(2 + irrelevant items before) / R`, over the relevant items. */
export function binaryGain({ grades, missed }: JudgedRanking, relevantFrom: number): number {
  let before = 0
  let found = 0
  let sum = 0
  for (let i = 0; i < grades.length; i++) {
    if (grades[i] >= relevantFrom) {
      found++
      sum += 1 / Math.log2(2 + before)
    } else before++
  }
  const relevant = found + Array.from(missed).filter((grade) => grade >= relevantFrom).length
  return relevant > 0 ? sum / relevant : whenNothingRelevant({})
}

/** NDCG at the rank of each item of gain, averaged; items not retrieved count the DCG of the whole list over the ideal. */
export function ndcgAtRelevant(ranking: JudgedRanking): number {
  const ideal = idealOf(ranking)
  if (ideal.length === 0) return whenNothingRelevant({})
  let got = 0
  let best = 0
  let found = 0
  let sum = 0
  gainsOf(ranking).forEach((gain, i) => {
    got += gain / Math.log2(i + 2)
    if (i < ideal.length) best += ideal[i] / Math.log2(i + 2)
    if (gain === 0) return
    found++
    sum += got / best
  })
  const whole = ideal.reduce((total, gain, i) => total + gain / Math.log2(i + 2), 0)
  return (sum + ((ideal.length - found) * got) / whole) / ideal.length
}

/** NDCG where each grade of the ideal order ends, and at the end of a longer list, averaged; 0 without a relevant item. */
export function ndcgAtLevels(ranking: JudgedRanking, relevantFrom: number): number {
  const ideal = idealOf(ranking)
  if (!(ideal[0] >= relevantFrom)) return whenNothingRelevant({})
  const depths = ideal.flatMap((grade, i) => (grade === ideal[i + 1] ? [] : [i + 1]))
  if (ranking.grades.length > ideal.length) depths.push(ranking.grades.length)
  return depths.reduce((sum, k) => sum + ndcg(ranking, { k }), 0) / depths.length
}
