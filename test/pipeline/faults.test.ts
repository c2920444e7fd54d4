import type { Component, Filter, Hydrator, PipelineTrace, Reranker, Scorer, Selector, Source } from 'feedrank/pipeline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ContractError } from '../../src/errors'
import { seededRandom } from '../../src/random'
import type { Random } from '../../src/random'
import { ask, entriesOf, never, post, start } from './feeds'
import type { Ask, Post } from './feeds'

const unhandled: unknown[] = []
const note = (reason: unknown) => { unhandled.push(reason) }
beforeAll(() => { process.on('unhandledRejection', note) })
afterAll(() => { process.off('unhandledRejection', note) })

/** Whether a candidate must never be shown: what the safety filters of these pipelines hold back. */
const unsafe = (c: Post) => Number(c.id) % 7 === 3
const late = (c: Post) => Number(c.id) % 5 === 2

const fault = <T>(kind: number, name: string, good: () => T, bad: () => unknown): T | Promise<T> => {
  if (kind === 0) throw new Error(`${name} throws`)
  if (kind === 1) return Promise.reject(new Error(`${name} rejects`))
  if (kind === 2) return never<T>()
  if (kind === 3) return bad() as T
  if (kind === 4) return Promise.resolve().then(good)
  return good()
}

/** A random pipeline. `faulty` lists the components that will go wrong in a way the trace must name. */
function randomFeed(random: Random, hang: boolean, traces: PipelineTrace[]) {
  const faulty: string[] = []
  /** 0 throws, 1 rejects, 2 hangs, 3 breaks its contract, 4 answers later, more answers at once. */
  const kindOf = (name: string, odds: number) => {
    const kind = random.next() < odds ? random.integer(4) : 4 + random.integer(2)
    const chosen = kind === 2 && !hang ? 5 : kind
    if (chosen < 4) faulty.push(name)
    return chosen
  }
  const range = (most: number) => Array.from({ length: random.integer(most) + 1 }, (_, i) => i)
  const maybe = <T extends Component<Ask>>(component: T): T => (random.next() < 0.1 ? { ...component, onError: 'skip' } : component)

  const sources = range(4).map((s): Source<Ask, Post> => {
    const name = `source ${s}`
    const kind = kindOf(name, 0.4)
    const found = Array.from({ length: random.integer(40) }, () => post(random.integer(60), random.integer(5)))
    return { name, fetch: () => fault(kind, name, () => found, () => [null, ...found, { id: {} }]) }
  })
  const hydrators = range(2).map((h): Hydrator<Ask, Post, { h: number }> & { fallback: { h: number } } => {
    const name = `hydrator ${h}`
    const kind = kindOf(name, 0.3)
    return { name, fallback: { h: 0 }, hydrate: (_, cs) => fault(kind, name, () => cs.map(() => ({ h: 1 })), () => cs.map((_c, i) => (i === 0 ? new Error('place') : { h: 1 }))) }
  })
  const scorers = range(3).map((s): Scorer<Ask, Post> => {
    const name = `scorer ${s}`
    const kind = kindOf(name, 0.06)
    const seed = random.integer(1e6)
    const scores = (n: number) => { const draw = seededRandom(seed); return Float64Array.from({ length: n }, () => (draw.next() < 0.1 ? NaN : draw.integer(6) - 2)) }
    return maybe({ name, score: (_, cs) => fault(kind, name, () => scores(cs.length), () => scores(cs.length + 1)) })
  })
  const filterOf = (name: string, bad: (c: Post) => boolean, odds: number): Filter<Ask, Post> => {
    const kind = kindOf(name, odds)
    return { name, keep: (_, cs) => fault(kind, name, () => cs.map((c) => !bad(c)), () => [...cs.map((c) => !bad(c)), true]) }
  }
  const rerankKind = kindOf('rerank', 0.06)
  const reranker: Reranker<Ask, Post> = maybe({
    name: 'rerank',
    rerank: (_, cs, __, limit) => fault(rerankKind, 'rerank', () => [...cs.keys()].reverse().slice(0, Math.max(limit, 2)), () => [0, 0]),
  })
  const select: Selector<Ask, Post> = { name: 'select', select: (_, cs, __, limit) => [...cs.keys()].filter((i) => i % 3 !== 1).slice(0, limit) }
  const feed = start({ limit: random.integer(12), deadlineMs: 25, onTrace: (trace) => traces.push(trace) })
    .source(...sources)
    .hydrate(...hydrators)
    .filter(filterOf('safe', unsafe, 0.06))
    .score(...scorers)
    .rerank(reranker)
    .select(random.next() < 0.5 ? select : { ...select, enable: () => false })
    .filterSelected(filterOf('late', late, 0.06))
    .effect({ name: 'effect', timeoutMs: 5, run: () => fault(random.integer(5), 'effect', () => {}, () => 7) })
    .build()
  return { feed, faulty, sources: sources.length }
}

const check = async (seed: number, hang: boolean) => {
  const random = seededRandom(seed)
  const traces: PipelineTrace[] = []
  const { feed, faulty } = randomFeed(random, hang, traces)
  const result = await feed.run(ask).catch((error: unknown) => error)
  expect(traces).toHaveLength(1)
  const [trace] = traces
  for (const name of faulty) {
    for (const entry of entriesOf(trace, name).filter((one) => one.enabled && (name.startsWith('source') || one.in > 0) && (one.durationMs > 0 || one.error)))
      expect(entry.error, `${name} in seed ${seed}`).toBeDefined()
  }
  if (trace.outcome !== 'answered') {
    expect(ContractError.isInstance(result), `seed ${seed}: ${String(result)}`).toBe(true)
    expect(faulty.some((name) => (result as Error).message.includes(`"${name}"`)), (result as Error).message).toBe(true)
    return 'failed'
  }
  const answer = result as Awaited<ReturnType<typeof feed.run>>
  const { selected, rest, removed, retrieved } = answer
  const all = [...selected, ...rest, ...removed]
  expect(all.length).toBe(retrieved)
  expect(new Set(all.map((item) => item.id)).size).toBe(retrieved)
  expect(selected.some((item) => unsafe(item.candidate) || late(item.candidate)), `seed ${seed}`).toBe(false)
  expect(rest.some((item) => unsafe(item.candidate))).toBe(false)
  expect([...selected, ...rest].map((item) => item.position)).toEqual([...selected, ...rest].map((_, i) => i))
  expect(all.every((item) => 'h' in item.candidate && item.sources.length > 0)).toBe(true)
  const order = [...selected, ...rest].sort((a, b) => a.rank - b.rank)
  for (let i = 1; i < order.length; i++) {
    const [before, after] = [order[i - 1].score, order[i].score]
    expect(Number.isFinite(before) ? !(after > before) : !Number.isFinite(after)).toBe(true)
  }
  await answer.settled
  return 'answered'
}

describe('random pipelines of faulty components', () => {
  it('conserve every candidate, hold back what must be, and name each fault', async () => {
    const outcomes = new Map<string, number>()
    for (let seed = 0; seed < 1200; seed += 100) {
      for (const outcome of await Promise.all(Array.from({ length: 100 }, (_, i) => check(seed + i, false)))) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    }
    expect(outcomes.get('answered')).toBeGreaterThan(400)
    expect(outcomes.get('failed')).toBeGreaterThan(100)
  })

  it('answer, or say who failed, when components hang', async () => {
    const outcomes = await Promise.all(Array.from({ length: 300 }, (_, i) => check(5000 + i, true)))
    expect(outcomes.filter((outcome) => outcome === 'answered').length).toBeGreaterThan(100)
  })

  it('leave no rejection unhandled', async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(unhandled).toEqual([])
  })
})

describe('sources alone', () => {
  it('never cost the page more than themselves, whatever they do', async () => {
    const random = seededRandom('sources')
    for (let round = 0; round < 300; round++) {
      const kinds = Array.from({ length: 4 }, () => random.integer(7))
      const good = post(1000 + round, 1)
      const result = await start({ deadlineMs: 40 })
        .source(
          { name: 'good', fetch: () => [good] },
          ...kinds.map((kind, i): Source<Ask, Post> => ({
            name: `s${i}`,
            fetch: () => {
              if (kind === 5) return { length: 3 } as unknown as Post[]
              if (kind === 6) return Array.from({ length: 5000 }, (_, id) => post(id % 900, NaN))
              return fault(kind === 2 && round % 30 ? 1 : kind, 'source', () => [post(7)], () => 'posts')
            },
          })),
        )
        .score({ name: 'likes', score: (_, cs) => Float64Array.from(cs, (c) => c.likes) })
        .build().run(ask)
      expect(result.selected[0].candidate).toBe(good)
      kinds.forEach((kind, i) => expect(entriesOf(result.trace, `s${i}`)[0].error !== undefined).toBe(kind < 4 || kind === 5))
    }
  })
})
