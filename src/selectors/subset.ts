import type { RunContext, Selector } from '../pipeline'

/** Lets `selector` choose among `indices` of the candidates alone; its answer, as indices into all of them. */
export function selectAmong<Q, C>(
  selector: Selector<Q, C>,
  indices: readonly number[],
  q: Q,
  cs: readonly C[],
  scores: Readonly<Float64Array>,
  limit: number,
  ctx: RunContext,
): number[] {
  const inner: RunContext = Object.create(ctx, {
    sources: { value: (i: number) => ctx.sources(indices[i]) },
    score: { value: (scorer: string, i: number) => ctx.score(scorer, indices[i]) },
  })
  return selector.select(q, indices.map((i) => cs[i]), Float64Array.from(indices, (i) => scores[i]), limit, inner).map((i) => indices[i])
}
