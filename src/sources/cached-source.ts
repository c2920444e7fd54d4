import { ArgumentError, checkInteger, checkNumber, expected } from '../errors'
import type { CandidateId, ComponentOptions, Source } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'

/** What {@link cachedSource} takes. */
export interface CachedSourceOptions<Q, C> extends ComponentOptions<Q> {
  /** The source whose answers are remembered. */
  readonly source: Source<Q, C>
  /** What the answer depends on: requests of one key share it. `undefined` asks the source itself. */
  readonly key: (q: Q) => CandidateId | undefined
  /** How long an answer is good, in ms of request time. */
  readonly ttlMs: number
  /** How long after that it may stand in when the source fails, in ms. @defaultValue 0 */
  readonly staleMs?: number | undefined
  /** The most answers to remember; the least recently used go first. @defaultValue 1000 */
  readonly maxSize?: number | undefined
}

/**
 * A source that remembers what another one brought: an answer is good for `ttlMs`, and one that two requests want at
 * once is fetched once.
 *
 * Failures are not remembered: with `staleMs` an old answer stands in for them and the trace says so, without it they
 * fail as they would. When the request that fetches is cancelled, those that waited for it fetch for themselves.
 *
 * @throws ArgumentError when `source` is no source, `key` no function, `ttlMs` not above 0, `staleMs` negative or `maxSize` no positive integer.
 * @example
 * ```ts
 * import { cachedSource, fromFunction, MixerPipeline } from 'feedrank'
 *
 * let asked = 0
 * const hot = fromFunction('hot', (_: { country: string }) => [{ id: ++asked }])
 * const feed = MixerPipeline.for<{ country: string }, { id: number }>({ name: 'feed' })
 *   .source(cachedSource({ source: hot, key: (q) => q.country, ttlMs: 60_000 }))
 *   .build()
 * for (const country of ['pl', 'fr', 'pl']) await feed.run({ country })
 * console.log(asked) // 2
 * ```
 */
export function cachedSource<Q, C>(options: CachedSourceOptions<Q, C>): Source<Q, C> {
  const where = 'cachedSource'
  const { source } = options
  if (typeof source?.fetch !== 'function') throw new ArgumentError(expected(where, 'source', 'a source', source))
  const settings = componentOptions(where, source.name, options)
  const key = checkFunction(where, 'key', options.key)
  const ttlMs = checkNumber(where, 'ttlMs', options.ttlMs, { above: 0 })
  const staleMs = checkNumber(where, 'staleMs', options.staleMs ?? 0, { min: 0 })
  const maxSize = checkInteger(where, 'maxSize', options.maxSize ?? 1000)
  /** In order of last use. */
  const known = new Map<CandidateId, { readonly candidates: readonly C[]; readonly at: number }>()
  const flights = new Map<CandidateId, Promise<readonly C[] | undefined>>()
  return {
    ...settings,
    ...(source.parameters === undefined ? {} : { parameters: source.parameters }),
    enable: (q, ctx) => (settings.enable?.(q, ctx) ?? true) && (source.enable?.(q, ctx) ?? true),
    fetch(q, ctx) {
      const one = key(q)
      if (one === undefined || one === null) return source.fetch(q, ctx)
      const entry = known.get(one)
      if (entry && ctx.now - entry.at < ttlMs) {
        known.delete(one)
        known.set(one, entry)
        return entry.candidates
      }
      const ask = async (): Promise<readonly C[]> => {
        const asked = (async () => source.fetch(q, ctx))()
        const flight = untilAborted(asked, ctx.signal)
        flights.set(one, flight)
        const forget = () => { if (flights.get(one) === flight) flights.delete(one) }
        try {
          const candidates = await asked
          if (!Array.isArray(candidates)) throw new TypeError(`${source.name} answered with no array of candidates`)
          known.delete(one)
          known.set(one, { candidates, at: ctx.now })
          if (known.size > maxSize) for (const [oldest] of known) { known.delete(oldest); break }
          return candidates
        } catch (cause) {
          if (!entry || ctx.now - entry.at >= ttlMs + staleMs) throw cause
          ctx.note(cause)
          return entry.candidates
        } finally {
          forget()
        }
      }
      const flight = flights.get(one)
      return flight ? flight.then((candidates) => candidates ?? ask()) : ask()
    },
  }
}

/** What `asked` gives, or `undefined` when it fails or `signal` aborts first; it never rejects. */
function untilAborted<T>(asked: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve) => {
    const give = () => resolve(undefined)
    if (signal.aborted) give()
    else signal.addEventListener('abort', give, { once: true })
    asked.then(resolve, give).finally(() => signal.removeEventListener('abort', give))
  })
}
