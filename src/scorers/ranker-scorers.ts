import { ArgumentError, ContractError, expected, show } from '../errors'
import type { CandidateId, ComponentOptions, RunContext, Scorer } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import type { Ranker } from '../serving'
import { worthOfHeads } from './worth-of-heads'

/** What {@link rankerScorers} takes, and {@link modelScorer} for a compiled ranker. */
export interface RankerScorerOptions<Q, C, Head extends string> extends ComponentOptions<Q> {
  /** The compiled model; `compileRanker` makes one. */
  readonly ranker: Pick<Ranker<Head>, 'score' | 'heads'>
  /** The raw features of user and context; they are encoded once a request. */
  readonly request: (q: Q, ctx: RunContext) => object
  /** The id of a candidate's item in the cache. @defaultValue the candidate's `id` */
  readonly id?: ((c: C) => CandidateId | bigint) | undefined
  /** Features of the pair, where the model reads any; with those of the item, an item that the cache lacks is computed and kept. */
  readonly row?: ((c: C, q: Q, ctx: RunContext) => object) | undefined
  /** What the heads are worth together, such as `({ clicked, hidden }) => clicked - 5 * hidden`. */
  readonly score: (heads: Readonly<Record<Head, number>>, c: C, q: Q) => number
}

type Named<Q, C, Name extends string> = Scorer<Q, C> & { readonly name: Name }

/**
 * A compiled ranker as scorers: one for each head, named like it, and a last one that makes one score of them. Each head
 * is then a part of a candidate's score, which explanations show and rerankers ask for by name; the model runs once.
 *
 * @throws ArgumentError when an option is none; in a request, when `score` gives no number, and whatever the ranker throws
 * @example
 * ```ts
 * import { MixerPipeline, WideAndDeep, binary, categorical, compileRanker, defineFeatures, fromList, loadBackend, rankerScorers } from 'feedrank'
 *
 * const spec = defineFeatures({
 *   features: { user: categorical({ scope: 'user' }), topic: categorical({ scope: 'item' }) },
 *   labels: { clicked: binary(), hidden: binary() },
 * }).fit([{ user: 'ada', topic: 'cats', clicked: 1, hidden: 0 }, { user: 'bob', topic: 'tax', clicked: 0, hidden: 1 }])
 * const ranker = await compileRanker(new WideAndDeep(spec, { hidden: [4] }), { backend: await loadBackend('javascript'), heads: ['clicked', 'hidden'] })
 * await ranker.items.set(['a', 'b'], [{ topic: 'cats' }, { topic: 'tax' }])
 * const feed = MixerPipeline.for<{ user: string }, { id: string }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 'a' }, { id: 'b' }]))
 *   .score(...rankerScorers({ ranker, request: ({ user }: { user: string }) => ({ user }), score: ({ clicked, hidden }) => clicked - 5 * hidden }))
 *   .build()
 * const { selected } = await feed.run({ user: 'ada' })
 * console.log(selected[0].parts.map(({ scorer }) => scorer)) // [ 'clicked', 'hidden', 'model' ]
 * ```
 */
export function rankerScorers<Q extends object, C extends object, Head extends string>(options: RankerScorerOptions<Q, C, Head>): readonly Named<Q, C, Head | 'model'>[] {
  const where = 'rankerScorers'
  const { name: _, ...settings } = componentOptions(where, 'model', options)
  const whole = combined(where, options)
  const heads = options.ranker.heads.map((name): Named<Q, C, Head> => ({
    ...settings,
    name,
    score: async (q, cs, __, ctx) => Float64Array.from((await whole.heads(q, cs, ctx)).get(name)!),
  }))
  return [...heads, { ...settings, name: 'model', score: whole.score }]
}

/** The heads of a ranker for the candidates of a request, computed once for each request and list of candidates, and their one score. */
export function combined<Q, C, Head extends string>(where: string, options: RankerScorerOptions<Q, C, Head>) {
  const { ranker } = options
  if (typeof ranker?.score !== 'function' || !Array.isArray(ranker.heads))
    throw new ArgumentError(expected(where, 'ranker', 'a ranker, as `await compileRanker(…)` gives it', ranker))
  const request = checkFunction(where, 'request', options.request)
  const row = options.row === undefined ? undefined : checkFunction(where, 'row', options.row)
  const worth = checkFunction(where, 'score', options.score)
  const id = options.id === undefined ? ownId(where) : checkFunction(where, 'id', options.id)
  // Scorers that follow one another are given the same list; it is let go with the request. A list that a caller holds on to
  // may come again with another request.
  const known = new WeakMap<readonly C[], { readonly q: Q; readonly now: number; readonly length: number; readonly heads: ReturnType<typeof ranker.score> }>()

  const heads = (q: Q, cs: readonly C[], ctx: RunContext): ReturnType<typeof ranker.score> => {
    const before = known.get(cs)
    if (before !== undefined && before.q === q && before.now === ctx.now && before.length === cs.length) return before.heads
    const ids = cs.map(id)
    const made = ranker.score(request(q, ctx), row === undefined ? ids : { ids, rows: cs.map((c) => row(c, q, ctx)) }).then(checked(cs.length))
    known.set(cs, { q, now: ctx.now, length: cs.length, heads: made })
    return made
  }
  const checked = (candidates: number) => <Scores extends ReadonlyMap<Head, Float32Array>>(scores: Scores): Scores => {
    for (const head of ranker.heads)
      if (scores.get(head)?.length !== candidates)
        throw new ContractError(`feedrank/${where}: expected head ${show(head)} to have one number for each of ${candidates} candidates, got ${scores.get(head)?.length ?? 'no such head'}`)
    return scores
  }
  return {
    heads,
    async score(q: Q, cs: readonly C[], _: Readonly<Float64Array>, ctx: RunContext): Promise<Float64Array> {
      return worthOfHeads(where, await heads(q, cs, ctx), worth, cs, q)
    },
  }
}

const ownId = (where: string) => (c: unknown): CandidateId | bigint => {
  const { id } = c as { readonly id?: unknown }
  if (typeof id === 'string' || typeof id === 'number' || typeof id === 'bigint') return id
  throw new ArgumentError(expected(where, 'id', 'given, or each candidate to have an `id`', id))
}
