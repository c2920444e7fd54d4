import { describe, expect, it } from 'vitest'
import { MixerPipeline, evaluateLists, fromList, meanOverRankings, judgeRanking, listRecall, ndcg, predicateFilter, seededRandom } from '../../src'
import type { EvaluateListsOptions } from '../../src'

interface Query { readonly user: number; readonly at: number; readonly wanted: readonly number[] }

const random = seededRandom('lists')
const catalogue = Array.from({ length: 50 }, (_, i) => i)
const draw = () => Math.floor(50 * random.next() ** 2)
const train = Array.from({ length: 600 }, (_, i) => ({ user: random.integer(30), item: draw(), timestamp: i }))
const queries = Array.from({ length: 120 }, (_, i): Query => ({ user: random.integer(30), at: 600 + i, wanted: [draw(), draw()] }))
const base = {
  queries, train, catalogue, k: 10, resamples: 100, seed: 3,
  relevant: ({ wanted }: Query) => wanted, user: ({ user }: Query) => user, timestamp: ({ at }: Query) => at,
  contenders: [
    { name: 'Low first', scoreItems: (_: Query, items: readonly unknown[]) => items.map((id) => -Number(id)) },
    { name: 'Fixed', retrieve: () => [49, 48, 47] },
  ],
} satisfies EvaluateListsOptions<Query>

describe('evaluateLists', () => {
  it('measures as the metrics do, over full rankings', async () => {
    const { contenders, notes, kind } = await evaluateLists(base)
    expect(kind).toBe('lists')
    const rankings = queries.map(({ wanted }) => judgeRanking(catalogue.slice(0, 10), wanted))
    const [ours] = contenders
    expect(ours.measures[0].value).toBeCloseTo(meanOverRankings(listRecall, rankings, { k: 10 }), 14)
    expect(ours.measures[1].value).toBeCloseTo(meanOverRankings(ndcg, rankings, { k: 10 }), 14)
    expect(ours.measures[0].low!).toBeLessThan(ours.measures[0].value!)
    expect(contenders.map(({ name, role }) => `${name} ${role}`)).toEqual(['Low first ours', 'Fixed rival', 'Random baseline', 'Popularity baseline', 'Recency baseline'])
    expect(contenders[1].against![0].standing).toBe('ahead')
    expect(notes).toContain('Full ranking: every list comes out of all 50 items.')
    const beyond = new Map(ours.measures.map(({ measure, value }) => [measure, value]))
    expect(beyond.get('coverage@10')).toBe(0.2)
    expect(beyond.get('personalization@10')).toBeCloseTo(0, 12)
  })

  it('takes one id for another where they are written alike', async () => {
    const plain = await evaluateLists(base)
    const other = await evaluateLists({
      ...base, relevant: ({ wanted }) => wanted.map(BigInt), catalogue: catalogue.map(String), train: train.map((row) => ({ ...row, item: String(row.item) })),
      contenders: [base.contenders[0], { name: 'Fixed', retrieve: () => ['49', 48n, 47] }],
    })
    expect(other).toEqual(plain)
  })

  it('leaves out what a user knew, and queries that nothing answers', async () => {
    const { contenders, size, notes } = await evaluateLists({
      ...base, queries: [...queries, { user: 1, at: 800, wanted: [] }], known: () => catalogue.slice(0, 10), relevant: ({ wanted }) => wanted.filter((id) => id >= 10),
    })
    expect(size).toBeLessThan(120)
    expect(notes.at(-1)).toMatch(/requests without a relevant item were left out/)
    expect(contenders[0].measures[0].value).toBeGreaterThan(0)
  })

  it('gives nobody credit for what a user knew', async () => {
    const knows = { name: 'Knows', retrieve: ({ wanted }: Query) => wanted }
    const known = ({ wanted }: Query) => wanted.slice(0, 1).map(String)
    const { contenders, notes, size } = await evaluateLists({ ...base, known, contenders: [knows, base.contenders[0]], resamples: 0 })
    const rest = await evaluateLists({ ...base, known, contenders: [knows, base.contenders[0]], relevant: ({ wanted }) => wanted.slice(1), resamples: 0 })
    expect(size).toBe(rest.size)
    expect(contenders).toEqual(rest.contenders)
    expect(notes.some((note) => note.includes('knew already'))).toBe(true)
    await expect(evaluateLists({ ...base, known: () => [NaN] })).rejects.toMatchObject({ code: 'data' })
  })

  it('labels sampled negatives, which flatter', async () => {
    const scorers = { ...base, contenders: [base.contenders[0]] }
    const [full, sampled] = [await evaluateLists(scorers), await evaluateLists({ ...scorers, sampledNegatives: 15 })]
    expect(sampled.measures[0].label).toBe('Recall@10 (sampled)')
    expect(sampled.notes.some((note) => note.startsWith('Sampled:'))).toBe(true)
    expect(sampled.contenders[0].measures[0].value!).toBeGreaterThan(full.contenders[0].measures[0].value!)
    await expect(evaluateLists({ ...base, sampledNegatives: 15 })).rejects.toThrow('Fixed, which makes lists of its own')
    await expect(evaluateLists({ ...scorers, sampledNegatives: 1e6 })).rejects.toThrow('to be fewer than the')
    for (const bad of [{ catalogue: null }, { user: 'user' }, { timestamp: 5 }, { known: [] }, { segments: {} }])
      await expect(evaluateLists({ ...scorers, ...bad } as never), Object.keys(bad)[0]).rejects.toMatchObject({ code: 'argument' })
  })

  it('tells of a pipeline which source brought what was relevant, and what its filters cost', async () => {
    const item = (id: number) => ({ id })
    const pipeline = MixerPipeline.for<Query, { id: number }>({ name: 'feed', limit: 5, seed: () => 1 })
      .source(fromList('low', catalogue.slice(0, 20).map(item)), fromList('some', catalogue.slice(15, 30).map(item)))
      .filter(predicateFilter('no multiples of three', ({ id }) => id % 3 !== 0))
      .score({ name: 'low first', score: (_, cs) => Float64Array.from(cs, ({ id }) => -id) })
      .build()
    const asked = queries.filter(({ user }) => user !== 5)
    let calls = 0
    const { contenders, segments } = await evaluateLists({
      ...base, queries: asked, contenders: [{ name: 'Feed', feed: async (query: Query) => { if (++calls === 3) throw new Error('a bad day'); return pipeline.run(query) } }],
    })
    const [{ funnel, failures }] = contenders
    const wanted = asked.map(({ wanted }) => new Set(wanted))
    const count = (keep: (id: number) => boolean) => wanted.reduce((sum, ids, q) => sum + (q === 2 ? 0 : [...ids].filter(keep).length), 0)
    expect(failures).toEqual({ requests: 1, first: 'a bad day' })
    expect(funnel).toMatchObject({
      relevant: count(() => true) + wanted[2].size, retrieved: count((id) => id < 30), kept: count((id) => id < 30 && id % 3 !== 0), shown: count((id) => id < 8 && id % 3 !== 0),
    })
    expect(funnel!.removedBy).toEqual([{ filter: 'no multiples of three', relevant: count((id) => id < 30 && id % 3 === 0), removed: (asked.length - 1) * 10 }])
    const low = funnel!.sources.find(({ source }) => source === 'low')!
    expect(low).toEqual({
      source: 'low', brought: (asked.length - 1) * 20, alone: (asked.length - 1) * 15, relevant: count((id) => id < 20), relevantAlone: count((id) => id < 15),
      shown: (asked.length - 1) * 5, relevantShown: count((id) => id < 8 && id % 3 !== 0),
    })
    expect(segments.length).toBeGreaterThan(0)
  })

  it('says what is wrong', async () => {
    const bad = (change: object) => evaluateLists({ ...base, ...change } as EvaluateListsOptions<Query>)
    await expect(bad({ k: 0 })).rejects.toMatchObject({ code: 'argument' })
    await expect(bad({ queries: [] })).rejects.toMatchObject({ code: 'data' })
    await expect(bad({ relevant: () => [] })).rejects.toThrow('none of 120 queries has a relevant item')
    await expect(bad({ relevant: () => [NaN] })).rejects.toMatchObject({ code: 'data' })
    await expect(bad({ relevant: () => new Map([[1, -1]]) })).rejects.toThrow('the grade of 1')
    await expect(bad({ measures: ['auc'] })).rejects.toThrow('measures[0]')
    await expect(bad({ measures: ['recall@11'] })).rejects.toThrow('10 long')
    await expect(bad({ contenders: [{ name: 'x', scoreItems: () => [NaN] }] })).rejects.toMatchObject({ code: 'contract' })
    await expect(bad({ contenders: [{ name: 'x', retrieve: () => 3 }] })).rejects.toMatchObject({ code: 'contract' })
    await expect(bad({ timestamp: () => 5 })).rejects.toThrow('not before the first test row')
    await expect(bad({ baselines: ['best'] })).rejects.toThrow('baselines')
    const flagged = await evaluateLists({ ...base, relevant: () => [train[0].item], user: () => train[0].user })
    expect(flagged.leaks[0]).toMatchObject({ kind: 'events', count: 120 })
  })
})
