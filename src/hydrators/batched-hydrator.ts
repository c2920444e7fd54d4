import { checkInteger, show } from '../errors'
import type { Awaitable, CandidateId, ComponentOptions, Hydrator, RunContext } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { errorOf, withFallback } from './places'
import type { FallbackOption, HydratorFor } from './places'

/** What {@link batchedHydrator} takes. */
export interface BatchedHydratorOptions<Q, C, Key extends CandidateId, Add extends object> extends ComponentOptions<Q>, FallbackOption<Add> {
  readonly name: string
  /** What a candidate is looked up by; candidates of one key share what is found. `undefined` leaves its place unfilled. */
  readonly key: (c: C) => Key | undefined
  /** What is known of these keys, none of them twice. A key that is missing leaves its candidates' places unfilled. */
  readonly fetch: (keys: readonly Key[], q: Q, ctx: RunContext) => Awaitable<ReadonlyMap<Key, Add>>
  /** The most keys in one call of `fetch`. @defaultValue 100 */
  readonly batchSize?: number | undefined
}

/**
 * Hydrates by looking up the distinct keys of all candidates in batches: one query for the authors of a thousand
 * posts instead of a thousand.
 *
 * The batches run at once. One that fails leaves only its own candidates unfilled.
 *
 * @throws ArgumentError when `key` or `fetch` is no function or `batchSize` no positive integer.
 * @example
 * ```ts
 * import { batchedHydrator, fromList, MixerPipeline } from 'feedrank'
 *
 * const names = new Map([[1, { name: 'Ada' }], [2, { name: 'Bob' }]])
 * const authors = batchedHydrator({
 *   name: 'authors',
 *   key: (post: { authorId: number }) => post.authorId,
 *   fetch: async (ids) => new Map(ids.map((id) => [id, names.get(id) ?? { name: '?' }])),
 *   fallback: { name: 'someone' },
 * })
 * const feed = MixerPipeline.for<object, { id: string; authorId: number }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 'a', authorId: 1 }, { id: 'b', authorId: 2 }, { id: 'c', authorId: 1 }]))
 *   .hydrate(authors)
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.candidate.name)) // [ 'Ada', 'Bob', 'Ada' ]
 * ```
 */
export function batchedHydrator<Q, C, Key extends CandidateId, Add extends object, const O extends BatchedHydratorOptions<Q, C, Key, Add>>(
  options: O & BatchedHydratorOptions<Q, C, Key, Add>,
): HydratorFor<Q, C, Add, O> {
  const settings = componentOptions<Q>('batchedHydrator', options.name, options)
  const key = checkFunction('batchedHydrator', 'key', options.key)
  const fetch = checkFunction('batchedHydrator', 'fetch', options.fetch)
  const batchSize = checkInteger('batchedHydrator', 'batchSize', options.batchSize ?? 100)
  const hydrator: Hydrator<Q, C, Add> = {
    ...settings,
    async hydrate(q, cs, ctx) {
      const keys = cs.map(key)
      const found = await fetchInBatches(distinct(keys), batchSize, (batch) => fetch(batch, q, ctx))
      return keys.map((one) => placeOf(one, found))
    },
  }
  return withFallback(hydrator, options)
}

/** The keys that are known, each once, in order of first appearance. */
export const distinct = <Key>(keys: readonly (Key | undefined)[]): Key[] => [...new Set(keys)].filter((key) => key !== undefined && key !== null) as Key[]

/** What was found of `key`, or why nothing was. */
export function placeOf<Key extends CandidateId, Add>(key: Key | undefined, found: ReadonlyMap<Key, Add | Error>): Add | Error {
  if (key === undefined || key === null) return new Error('the candidate has no key to look up')
  return found.get(key) ?? new Error(`nothing was found for key ${show(key)}`)
}

/** Looks `keys` up, so many at a time, all batches at once; a batch that fails gives each of its keys the error. */
export async function fetchInBatches<Key, Add extends object>(
  keys: readonly Key[],
  batchSize: number,
  fetch: (batch: readonly Key[]) => Awaitable<ReadonlyMap<Key, Add>>,
): Promise<ReadonlyMap<Key, Add | Error>> {
  const found = new Map<Key, Add | Error>()
  const batches = Array.from({ length: Math.ceil(keys.length / batchSize) }, (_, b) => keys.slice(b * batchSize, (b + 1) * batchSize))
  await Promise.all(batches.map(async (batch) => {
    try {
      const values = await fetch(batch)
      for (const key of batch) {
        const value = values.get(key)
        if (value !== undefined) found.set(key, value)
      }
    } catch (error) {
      for (const key of batch) found.set(key, errorOf(error))
    }
  }))
  return found
}
