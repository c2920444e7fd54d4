import { fitPlatt } from '../metrics'
import { seededRandom } from '../random'
import type { Seed } from '../random'

/** A baseline the evaluator can add by itself. */
export type BaselineName = 'random' | 'popularity' | 'recency'

/** What baselines know of the training and the test rows. */
export interface BaselineInput {
  readonly testItems: readonly string[] | undefined
  readonly trainItems: readonly string[] | undefined
  readonly trainLabels: Float64Array | undefined
  readonly trainTimes: Float64Array | undefined
  readonly testSize: number
  readonly seed: Seed
}

export interface Baseline {
  readonly name: string
  readonly what: string
  readonly scores: Float64Array
}

/** Chance: what a measure is without any skill. */
const random = ({ testSize, seed }: BaselineInput): Baseline => {
  const { next } = seededRandom(`${seed}/random baseline`)
  // Above 1, so that nobody takes a random number for a probability.
  return { name: 'Random', what: 'a random order', scores: Float64Array.from({ length: testSize }, () => 1 + next()) }
}

/**
 * How often an item was positive in training; a probability through Platt, fitted without the row's own label, unless that would
 * turn the order round: where items are all alike, taking a label out of its count says more of the label than the count does.
 */
function popularity({ testItems, trainItems, trainLabels, seed }: BaselineInput): Baseline | undefined {
  if (!testItems || !trainItems || !trainLabels) return undefined
  const counts = new Map<string, number>()
  trainItems.forEach((item, i) => counts.set(item, (counts.get(item) ?? 0) + trainLabels[i]))
  const logs = testItems.map((item) => Math.log1p(counts.get(item) ?? 0))
  const what = 'how often the item was positive in training'
  // Above 1, so that nobody takes a count for a probability.
  const order = { name: 'Popularity', what, scores: Float64Array.from(logs, (log) => 2 + log) }
  // Two numbers need no more rows than this. They are drawn: rows may come in turns of positive and negative ones.
  const most = 4000
  const { integer } = seededRandom(`${seed}/popularity baseline`)
  const some = Array.from({ length: Math.min(most, trainItems.length) }, (_, i) => (trainItems.length > most ? integer(trainItems.length) : i))
  const labels = some.map((i) => trainLabels[i])
  if (labels.every((label) => label === labels[0])) return order
  const platt = fitPlatt(some.map((i) => Math.log1p((counts.get(trainItems[i]) ?? 0) - trainLabels[i])), labels, { input: 'logit' })
  return platt.toJSON().slope > 0 ? { ...order, scores: platt.apply(logs) } : order
}

/** The newest items first: those that appeared last in training, and before them those that had not appeared at all. */
function recency({ testItems, trainItems, trainTimes }: BaselineInput): Baseline | undefined {
  if (!testItems || !trainItems || !trainTimes) return undefined
  const first = new Map<string, number>()
  let latest = -Infinity
  let earliest = Infinity
  trainItems.forEach((item, i) => {
    first.set(item, Math.min(first.get(item) ?? Infinity, trainTimes[i]))
    latest = Math.max(latest, trainTimes[i])
    earliest = Math.min(earliest, trainTimes[i])
  })
  // From 2 for the oldest to 3 for the newest, so that nobody takes an age for a probability.
  const span = latest - earliest || 1
  const scores = Float64Array.from(testItems, (item) => {
    const time = first.get(item)
    return time === undefined ? 4 : 2 + (time - earliest) / span
  })
  return { name: 'Recency', what: 'the newest items first', scores }
}

const makers: Readonly<Record<BaselineName, (input: BaselineInput) => Baseline | undefined>> = { random, popularity, recency }

export const baselineNames: readonly BaselineName[] = ['random', 'popularity', 'recency']

/** The baselines that what is known allows. */
export const baselinesOf = (names: readonly BaselineName[], input: BaselineInput): Baseline[] =>
  names.flatMap((name) => makers[name](input) ?? [])
