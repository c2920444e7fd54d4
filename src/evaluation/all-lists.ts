import type { Id } from '../data'
import { seededRandom } from '../random'
import type { Seed } from '../random'
import { funnelCounter } from './funnel'
import { makeList } from './list-contenders'
import type { ListContender, MadeList } from './list-contenders'
import type { Step } from './progress'
import type { Funnel } from './result'

/** A query with what answers it. */
export interface Asked<Query> {
  readonly query: Query
  /** Relevant items by key, with their grades. */
  readonly grades: ReadonlyMap<string, number>
}

/** All lists of one contender. */
export interface Made {
  readonly lists: readonly MadeList[]
  readonly funnel: Funnel | undefined
  readonly failed: number
  readonly first: string
}

/** Asks one contender every query, in order. */
export async function allLists<Query>(
  where: string, contender: ListContender<Query>, asked: readonly Asked<Query>[],
  { k, catalogue, known, sampledNegatives, seed, signal, step }: {
    readonly k: number; readonly catalogue: readonly (readonly [key: string, id: Id])[]; readonly known: ((query: Query) => Iterable<Id>) | undefined
    readonly sampledNegatives: number | undefined; readonly seed: Seed; readonly signal: AbortSignal | undefined; readonly step: Step
  },
): Promise<Made> {
  const lists: MadeList[] = []
  const funnel = funnelCounter()
  let failed = 0
  let first = ''
  let piped = false
  for (const [q, { query, grades }] of asked.entries()) {
    if (q % 50 === 0) await step('asking', contender.name, q, asked.length)
    const before = new Set<Id>(known?.(query))
    const keys = known ? new Set([...before].map((id) => String(id))) : undefined
    const candidates = () => {
      const open = keys ? catalogue.filter(([key]) => !keys.has(key)) : catalogue
      if (sampledNegatives === undefined) return open.map(([, id]) => id)
      const others = seededRandom(`${seed}/negatives/${q}`).shuffle(open.filter(([key]) => !grades.has(key))).slice(0, sampledNegatives)
      return [...open.filter(([key]) => grades.has(key)), ...others].map(([, id]) => id)
    }
    const context = { k, known: before, random: seededRandom(`${seed}/lists/${q}`), signal }
    if (!('feed' in contender)) {
      lists.push(await makeList(where, contender, query, context, candidates))
      continue
    }
    piped = true
    const relevant = new Set(grades.keys())
    try {
      const list = await makeList(where, contender, query, context, candidates)
      lists.push({ keys: list.keys })
      if (list.result) funnel.add(list.result, relevant)
    } catch (error) {
      signal?.throwIfAborted()
      failed++
      first ||= error instanceof Error ? error.message : String(error)
      lists.push({ keys: [] })
      funnel.addFailed(relevant)
    }
  }
  return { lists, funnel: piped ? funnel.result() : undefined, failed, first }
}

