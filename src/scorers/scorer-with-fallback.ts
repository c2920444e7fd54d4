import { ArgumentError, checkNumber, expected } from '../errors'
import type { Awaitable, ComponentOptions, RunContext, Scorer } from '../pipeline'
import { componentOptions } from '../pipeline/component-options'

/** What {@link scorerWithFallback} takes. */
export interface ScorerWithFallbackOptions<Q, C> extends ComponentOptions<Q> {
  /** The scorer to use when it can be afforded. */
  readonly scorer: Scorer<Q, C>
  /** The cheap one, that cannot fail: a linear blend, the popularity. It gets the same candidates and scores so far. */
  readonly fallback: Scorer<Q, C>
  /** What `scorer` may take, in ms. @defaultValue half of what is left of the request */
  readonly budgetMs?: number | undefined
  /** With less time than this left, in ms, `scorer` is not asked at all. @defaultValue 0 */
  readonly leastMs?: number | undefined
}

/**
 * A costly scorer with a cheap one behind it: when the budget is spent, or the costly one throws or scores another
 * number of candidates, the cheap one answers and the trace says why.
 *
 * Candidates are scored by one of the two, never by both: their scales need not agree. The costly scorer is told to
 * stop through `ctx.signal`.
 *
 * @throws ArgumentError when `scorer` or `fallback` is no scorer, `budgetMs` is not above 0 or `leastMs` is negative.
 * @example
 * ```ts
 * import { fromList, functionScorer, MixerPipeline, scorerWithFallback } from 'feedrank'
 *
 * const feed = MixerPipeline.for<object, { id: string; likes: number }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 'a', likes: 1 }, { id: 'b', likes: 2 }]))
 *   .score(scorerWithFallback({
 *     scorer: { name: 'model', score: () => new Promise(() => {}) },
 *     fallback: functionScorer('likes', (post) => post.likes),
 *     budgetMs: 5,
 *   }))
 *   .build()
 * const { selected, trace } = await feed.run({})
 * console.log(selected[0].id, trace.stages[1].components[0].error) // b Error: model did not score within 5 ms
 * ```
 */
export function scorerWithFallback<Q, C>(options: ScorerWithFallbackOptions<Q, C>): Scorer<Q, C> {
  const where = 'scorerWithFallback'
  const { scorer, fallback } = options
  for (const [name, one] of [['scorer', scorer], ['fallback', fallback]] as const)
    if (typeof one?.score !== 'function') throw new ArgumentError(expected(where, name, 'a scorer', one))
  const settings = componentOptions(where, scorer.name, options)
  const budgetMs = options.budgetMs === undefined ? undefined : checkNumber(where, 'budgetMs', options.budgetMs, { above: 0 })
  const leastMs = checkNumber(where, 'leastMs', options.leastMs ?? 0, { min: 0 })
  return {
    ...settings,
    score(q, cs, previous, ctx) {
      const instead = (cause: unknown) => {
        ctx.note(cause)
        return fallback.score(q, cs, previous, ctx)
      }
      if (ctx.left() <= leastMs) return instead(new Error(`${scorer.name} was not asked: ${Math.round(ctx.left())} ms were left`))
      const ms = Math.min(budgetMs ?? Infinity, ctx.left() / (budgetMs === undefined ? 2 : 1))
      return within(ms, scorer.name, ctx, (inner) => scorer.score(q, cs, previous.slice(), inner), cs.length, instead)
    },
  }
}

/** What `ask` answers within `ms`, or what `instead` does. */
function within(
  ms: number,
  name: string,
  ctx: RunContext,
  ask: (inner: RunContext) => Awaitable<Float64Array>,
  n: number,
  instead: (cause: unknown) => Awaitable<Float64Array>,
): Awaitable<Float64Array> {
  const wrong = (answer: unknown) =>
    ArrayBuffer.isView(answer) && (answer as Float64Array).length === n ? undefined : new TypeError(`${name} did not answer with ${n} scores`)
  const controller = new AbortController()
  const inner: RunContext = Object.create(ctx, { signal: { value: controller.signal } })
  const stop = () => controller.abort(ctx.signal.reason)
  let answer: Awaitable<Float64Array>
  try {
    answer = ask(inner)
  } catch (cause) {
    return instead(cause)
  }
  if (ArrayBuffer.isView(answer)) return wrong(answer) ? instead(wrong(answer)) : answer
  const asked = answer
  return new Promise((resolve) => {
    let settled = false
    const settle = (value: () => Awaitable<Float64Array>) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      ctx.signal.removeEventListener('abort', stop)
      resolve(new Promise((give) => { give(value()) }))
    }
    const timer = ms < 2 ** 31 ? setTimeout(() => {
      const late = new Error(`${name} did not score within ${Math.round(ms * 10) / 10} ms`)
      controller.abort(late)
      settle(() => instead(late))
    }, Math.ceil(ms)) : undefined
    ctx.signal.addEventListener('abort', stop, { once: true })
    Promise.resolve(asked).then((value) => settle(() => (wrong(value) ? instead(wrong(value)) : value)), (cause: unknown) => settle(() => instead(cause)))
  })
}
