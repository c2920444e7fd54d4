import type { Id } from '../data'
import { ArgumentError, expected } from '../errors'
import { seededRandom } from '../random'
import type { Seed } from '../random'
import { baselineNames } from './baselines'
import type { BaselineName } from './baselines'
import type { ListContender } from './list-contenders'

/** What baselines of lists are made of. */
export interface ListBaselineInput {
  readonly catalogue: readonly (readonly [key: string, id: Id])[]
  readonly trainItems: readonly string[]
  readonly trainTimes: Float64Array | undefined
  /** True where candidates are sampled, so that a baseline has to rank what it is given. */
  readonly sampled: boolean
  readonly seed: Seed
}

/** Baselines over the whole catalogue, as far as what is known of training allows. */
export function listBaselines<Query>(where: string, names: readonly BaselineName[], input: ListBaselineInput): ListContender<Query>[] {
  const { catalogue, trainItems, trainTimes, sampled, seed } = input
  if (!Array.isArray(names)) throw new ArgumentError(expected(where, 'baselines', `an array of ${baselineNames.join(', ')}`, names))
  const byScore = (name: string, what: string, scoreOf: (key: string) => number): ListContender<Query> => {
    const scores = new Map(catalogue.map(([key]) => [key, scoreOf(key)]))
    if (sampled) return { name, what, scoreItems: (_, items) => items.map((id) => scores.get(String(id)) ?? -Infinity) }
    // Ranked once; each list is the head of it without what the user knew.
    const ranked = [...catalogue].sort((a, b) => (scores.get(b[0]) ?? 0) - (scores.get(a[0]) ?? 0) || 0)
    return { name, what, retrieve: (_, { k, known }) => {
      const hidden = new Set([...known].map((id) => String(id)))
      const list: Id[] = []
      for (const [key, id] of ranked) {
        if (list.length === k) break
        if (!hidden.has(key)) list.push(id)
      }
      return list
    } }
  }
  return names.flatMap((name: BaselineName): ListContender<Query>[] => {
    if (name === 'random') return [randomLists(catalogue, sampled, seed)]
    if (name === 'popularity') {
      if (trainItems.length === 0) return []
      const counts = new Map<string, number>()
      for (const item of trainItems) counts.set(item, (counts.get(item) ?? 0) + 1)
      return [byScore('Popularity', 'what most had in training', (key) => counts.get(key) ?? 0)]
    }
    if (name === 'recency') {
      if (!trainTimes) return []
      const first = new Map<string, number>()
      trainItems.forEach((item, i) => first.set(item, Math.min(first.get(item) ?? Infinity, trainTimes[i])))
      // Items nobody had are not known to be new: they come last.
      return [byScore('Recency', 'the items that appeared last in training', (key) => first.get(key) ?? -Number.MAX_VALUE)]
    }
    throw new ArgumentError(expected(where, 'baselines', `some of ${baselineNames.join(', ')}`, name))
  })
}

function randomLists<Query>(catalogue: ListBaselineInput['catalogue'], sampled: boolean, seed: Seed): ListContender<Query> {
  const what = 'a random order'
  if (sampled) {
    const { next } = seededRandom(`${seed}/random lists`)
    return { name: 'Random', what, scoreItems: (_, items) => items.map(() => next()) }
  }
  return { name: 'Random', what, retrieve: (_, { k, known, random }) => {
    const hidden = new Set([...known].map((id) => String(id)))
    // Drawing again is quicker than a list of what is left, unless little is.
    const few = catalogue.length < 4 * (hidden.size + k)
    const open = few ? catalogue.filter(([key]) => !hidden.has(key)) : catalogue
    const drawn = new Set<number>()
    while (drawn.size < Math.min(k, open.length)) {
      const i = random.integer(open.length)
      if (few || !hidden.has(open[i][0])) drawn.add(i)
    }
    return [...drawn].map((i) => open[i][1])
  } }
}
