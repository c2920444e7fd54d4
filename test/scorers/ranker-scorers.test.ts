import { MixerPipeline, functionScorer, fromList, modelScorer, rankerScorers, type Ranker, type RunContext } from 'feedrank'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { items, pair, plainScores, rankerOf, requests, wideAndDeep } from '../serving/ranker-samples'

const candidates = items.map((row, i) => ({ id: i, row, pair: pair() }))

async function ready() {
  const model = wideAndDeep()
  const ranker = (await rankerOf(model, { heads: ['click', 'dwell'] })) as Ranker<'click' | 'dwell'>
  await ranker.items.set(candidates.map(({ id }) => id), items)
  const plain = await plainScores(model, requests[0], candidates.map(({ row, pair: p }) => ({ ...row, ...p })))
  return { ranker, plain }
}

describe('rankerScorers', () => {
  it('gives every head as a part of the score, and runs the model once a request', async () => {
    const { ranker, plain } = await ready()
    let runs = 0
    const counted = { heads: ranker.heads, score: (...args: Parameters<typeof ranker.score>) => (runs++, ranker.score(...args)) }
    const feed = MixerPipeline.for<(typeof requests)[number], (typeof candidates)[number]>({ name: 'feed', limit: 60 })
      .source(fromList('all', candidates))
      .score(...rankerScorers({ ranker: counted, request: (q: (typeof requests)[number]) => q, row: (c: (typeof candidates)[number]) => c.pair, score: ({ click, dwell }) => click + 0.1 * dwell }))
      .build()
    const { selected } = await feed.run(requests[0])
    expect(runs).toBe(1)
    for (const { id, parts, score } of selected) {
      const [click, dwell] = [plain.get('click')![Number(id)], plain.get('dwell')![Number(id)]]
      expect(parts.map(({ scorer }) => scorer)).toEqual(['click', 'dwell', 'model'])
      expect(parts[0].score).toBeCloseTo(click, 5)
      expect(parts[1].score).toBeCloseTo(dwell, 5)
      expect(score).toBeCloseTo(click + 0.1 * dwell, 5)
    }
    await feed.run(requests[1])
    expect(runs).toBe(2)
  })

  it('is one score by modelScorer, its heads known to the compiler', async () => {
    const { ranker, plain } = await ready()
    const scorer = modelScorer<(typeof requests)[number], (typeof candidates)[number], 'click' | 'dwell'>({
      ranker, request: (q) => q, row: ({ pair: p }) => p, score: (heads) => {
        expectTypeOf(heads).toEqualTypeOf<Readonly<Record<'click' | 'dwell', number>>>()
        return heads.click
      },
    })
    const feed = MixerPipeline.for<(typeof requests)[number], (typeof candidates)[number]>({ name: 'feed', limit: 5 })
      .source(fromList('all', candidates)).score(scorer, functionScorer('doubled', (_, __, previous) => previous * 2)).build()
    const { selected } = await feed.run(requests[0])
    expect(selected[0].score).toBeCloseTo(2 * Math.max(...plain.get('click')!), 5)
  })

  it('scores one list of candidates anew for another request', async () => {
    const { ranker } = await ready()
    const scorer = modelScorer<(typeof requests)[number], (typeof candidates)[number], 'click' | 'dwell'>({ ranker, request: (q) => q, row: ({ pair: p }) => p, score: ({ click }) => click })
    const of = (q: (typeof requests)[number], list: typeof candidates) => scorer.score(q, list, new Float64Array(list.length), { now: 0 } as RunContext)
    const first = await of(requests[0], candidates)
    const second = await of(requests[1], candidates)
    expect(second).not.toEqual(first)
    expect(second).toEqual(await of(requests[1], [...candidates]))
  })

  it('refuses heads that are not one number a candidate, and heads a later version lacks', async () => {
    const { ranker } = await ready()
    const given = { request: (q: object) => q, row: (c: (typeof candidates)[number]) => c.pair, score: ({ click }: Readonly<Record<string, number>>) => click }
    const wide = Float32Array.from({ length: 2 * candidates.length }, (_, i) => i)
    for (const answer of [new Map([['click', wide], ['dwell', wide]] as const), new Map()]) {
      const scorer = modelScorer<(typeof requests)[number], (typeof candidates)[number], 'click' | 'dwell'>({ ...given, ranker: { heads: ranker.heads, score: async () => answer } })
      await expect(scorer.score(requests[0], candidates, new Float64Array(candidates.length), { now: 0 } as RunContext)).rejects.toMatchObject({ code: 'contract', message: expect.stringContaining('head "click"') })
    }
  })

  it('names what is missing', async () => {
    const { ranker } = await ready()
    const given = { ranker, request: (q: object) => q, score: () => 1 }
    for (const bad of [{ ...given, ranker: {} }, { ...given, request: 1 }, { ...given, score: undefined }]) {
      expect(() => rankerScorers(bad as never)).toThrow(expect.objectContaining({ code: 'argument' }))
      expect(() => modelScorer(bad as never)).toThrow(expect.objectContaining({ code: 'argument' }))
    }
    const [first] = rankerScorers({ ...given })
    await expect(async () => first.score({}, [{}], new Float64Array(1), {} as never)).rejects.toMatchObject({ code: 'argument' })
  })
})
