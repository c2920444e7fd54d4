import type { RunContext } from '../pipeline'

/** What tells the streams of a page apart: posts, ads, people to follow. */
export type StreamOf<C, S extends string> = (c: C, sources: readonly string[]) => S

/** The indices of each named stream in ranked order, and those of no named stream. */
export function intoStreams<C, S extends string>(cs: readonly C[], ctx: RunContext, stream: StreamOf<C, S>, names: readonly S[]) {
  const streams = new Map<S, number[]>(names.map((name) => [name, []]))
  const others: number[] = []
  cs.forEach((c, i) => (streams.get(stream(c, ctx.sources(i))) ?? others).push(i))
  return { streams, others }
}
