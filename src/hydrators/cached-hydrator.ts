import { checkInteger, checkNumber } from '../errors'
import type { Awaitable, CandidateId, ComponentOptions, Hydrator, RunContext } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { distinct, fetchInBatches, placeOf } from './batched-hydrator'
import { errorOf, withFallback } from './places'
import type { FallbackOption, HydratorFor } from './places'

/** What {@link cachedHydrator} takes. */
export interface CachedHydratorOptions<Q, C, Key extends CandidateId, Add extends object> extends ComponentOptions<Q>, FallbackOption<Add> {
  readonly name: string
  /** What a candidate is looked up by; `undefined` leaves its place unfilled. */
  readonly key: (c: C) => Key | undefined
  /** What is known of these keys. It does not see the query: what is found is shared by all requests. */
  readonly fetch: (keys: readonly Key[], ctx: RunContext) => Awaitable<ReadonlyMap<Key, Add>>
  /** How long what was found is good, in ms of request time. */
  readonly ttlMs: number
  /** The most keys to remember; the least recently used go first. @defaultValue 10000 */
  readonly maxSize?: number | undefined
  /** The most keys in one call of `fetch`. @defaultValue 100 */
  readonly batchSize?: number | undefined
}

/**
 * A {@link batchedHydrator} that remembers: keys it has found are good for `ttlMs`, and a key that two requests want
 * at once is fetched once.
 *
 * Failures and missing keys are not remembered. When the request that fetches is cancelled, those that waited for
 * it fetch for themselves.
 *
 * @throws ArgumentError when `key` or `fetch` is no function, `ttlMs` is not above 0, or `maxSize` or `batchSize` no positive integer.
 * @example
 * ```ts
 * import { cachedHydrator, fromList, MixerPipeline } from 'feedrank'
 *
 * let fetched = 0
 * const likes = cachedHydrator({
 *   name: 'likes',
 *   key: (post: { id: number }) => post.id,
 *   fetch: (ids) => { fetched += ids.length; return new Map(ids.map((id) => [id, { likes: id * 10 }])) },
 *   ttlMs: 60_000,
 *   fallback: { likes: 0 },
 * })
 * const feed = MixerPipeline.for<object, { id: number }>({ name: 'feed' }).source(fromList('all', [{ id: 1 }, { id: 2 }])).hydrate(likes).build()
 * await feed.run({})
 * console.log((await feed.run({})).selected.map((item) => item.candidate.likes), fetched) // [ 10, 20 ] 2
 * ```
 */
export function cachedHydrator<Q, C, Key extends CandidateId, Add extends object, const O extends CachedHydratorOptions<Q, C, Key, Add>>(
  options: O & CachedHydratorOptions<Q, C, Key, Add>,
): HydratorFor<Q, C, Add, O> {
  const where = 'cachedHydrator'
  const settings = componentOptions<Q>(where, options.name, options)
  const key = checkFunction(where, 'key', options.key)
  const fetch = checkFunction(where, 'fetch', options.fetch)
  const ttlMs = checkNumber(where, 'ttlMs', options.ttlMs, { above: 0 })
  const maxSize = checkInteger(where, 'maxSize', options.maxSize ?? 10_000)
  const batchSize = checkInteger(where, 'batchSize', options.batchSize ?? 100)
  /** In order of last use. */
  const known = new Map<Key, { readonly added: Add; readonly at: number }>()
  const flights = new Map<Key, Flight<Key, Add>>()

  const recall = (one: Key, now: number): Add | undefined => {
    const entry = known.get(one)
    if (!entry) return undefined
    known.delete(one)
    if (now - entry.at >= ttlMs) return undefined
    known.set(one, entry)
    return entry.added
  }
  const remember = (found: ReadonlyMap<Key, Add | Error>, at: number) => {
    for (const [one, added] of found) {
      if (added instanceof Error) continue
      known.delete(one)
      known.set(one, { added, at })
      if (known.size > maxSize) for (const [oldest] of known) { known.delete(oldest); break }
    }
  }
  const depart = async (keys: readonly Key[], ctx: RunContext): Flight<Key, Add> => {
    const flight = untilAborted(keys, ctx.signal, fetchInBatches(keys, batchSize, (batch) => fetch(batch, ctx)))
    for (const one of keys) flights.set(one, flight)
    const found = await flight
    for (const one of keys) if (flights.get(one) === flight) flights.delete(one)
    remember(found, ctx.now)
    return found
  }

  const hydrator: Hydrator<Q, C, Add> = {
    ...settings,
    hydrate(_, cs, ctx) {
      const keys = cs.map(key)
      const found = new Map<Key, Add | Error>()
      const joined = new Map<Key, Flight<Key, Add>>()
      const missing: Key[] = []
      for (const one of distinct(keys)) {
        const added = recall(one, ctx.now)
        const flight = flights.get(one)
        if (added) found.set(one, added)
        else if (flight) joined.set(one, flight)
        else missing.push(one)
      }
      const places = () => keys.map((one) => placeOf(one, found))
      if (missing.length === 0 && joined.size === 0) return places()
      const own = missing.length > 0 ? depart(missing, ctx) : undefined
      return (async () => {
        const again: Key[] = []
        for (const [one, flight] of joined) {
          const added = (await flight).get(one)
          if (added && !(added instanceof Error)) found.set(one, added)
          else again.push(one)
        }
        for (const [one, added] of (await own) ?? []) found.set(one, added)
        if (again.length > 0) for (const [one, added] of await depart(again, ctx)) found.set(one, added)
        return places()
      })()
    },
  }
  return withFallback(hydrator, options)
}

/** Keys being fetched; it never rejects, a key that failed holds its error. */
type Flight<Key, Add> = Promise<ReadonlyMap<Key, Add | Error>>

/** `flight`, or an error for every key once `signal` aborts: a fetch that never settles must not hold its keys for ever. */
function untilAborted<Key, Add>(keys: readonly Key[], signal: AbortSignal, flight: Flight<Key, Add>): Flight<Key, Add> {
  return new Promise((resolve) => {
    const give = () => resolve(new Map(keys.map((key) => [key, errorOf(signal.reason)])))
    const land = (found: ReadonlyMap<Key, Add | Error>) => {
      signal.removeEventListener('abort', give)
      resolve(found)
    }
    if (signal.aborted) give()
    else signal.addEventListener('abort', give, { once: true })
    flight.then(land)
  })
}
