import { TwoTower, broadcastTo, cast, compileRanker, constant, input, matmul, reduceMean, reshape, transpose, defineFeatures, fittedSpecFromJSON, javascriptBackend, loadBackend, fitPlatt, predict, categorical, numeric, binary, WideAndDeep } from 'feedrank'
import { describe, expect, it } from 'vitest'
import { items, largestDifference, pair, plainScores, rankerOf, requests, shaken, spec, wideAndDeep } from './ranker-samples'

const ids = items.map((_, i) => i * 3)
const pairs = items.map(() => pair())
const full = items.map((row, i) => ({ ...row, ...pairs[i] }))

describe('compileRanker', () => {
  it.each(['javascript', 'wasm', 'onnxruntime'] as const)('scores like predict, from ids and from rows, on %s', async (name) => {
    const model = wideAndDeep()
    const ranker = await compileRanker(model, { backend: await loadBackend(name), heads: ['click', 'dwell'] })
    await ranker.items.set(ids, items)
    for (const request of requests) {
      const plain = await plainScores(model, request, full)
      const encoded = spec.encode(full.map((row) => ({ ...request, ...row })))
      const ways = [
        await ranker.score(request, { ids, rows: pairs }),
        await ranker.score(request, full),
        await ranker.score(spec.encode([request], { scopes: ['user', 'context'] }), { ids, rows: full }),
        await ranker.score(request, encoded),
        await ranker.score(request, { ids, rows: encoded }),
      ]
      for (const scores of ways) for (const head of ranker.heads) expect(largestDifference(scores.get(head)!, plain.get(head)!)).toBeLessThan(1e-5)
    }
    expect(ranker.explainPlan().saved).toBeGreaterThan(0.3)
    ranker.dispose()
    ranker.dispose()
  })

  it('takes any number of candidates, in any order, more than once, and none', async () => {
    const model = wideAndDeep()
    for (const backend of [javascriptBackend(), await loadBackend('wasm')]) {
      const ranker = await rankerOf(model, {}, backend)
      await ranker.items.set(ids, items)
      for (const count of [0, 1, 2, 17, 24, 88, 257, 600, 1000, 2500]) {
        const order = Array.from({ length: count }, (_, i) => (i * 7) % items.length)
        const scores = await ranker.score(requests[0], { ids: order.map((i) => ids[i]), rows: order.map((i) => pairs[i]) })
        const plain = count === 0 ? undefined : await plainScores(model, requests[0], order.map((i) => full[i]))
        expect(scores.get('click')!.length).toBe(count)
        if (plain) expect(largestDifference(scores.get('click')!, plain.get('click')!)).toBeLessThan(1e-5)
      }
    }
  })

  it('gives no scores for no candidates, also where rows would have been needed', async () => {
    const ranker = await rankerOf(wideAndDeep())
    for (const none of [[], { ids: [], rows: [] }, spec.encode([])]) expect([...(await ranker.score(requests[0], none)).values()].map(({ length }) => length)).toEqual([0, 0])
    await expect(ranker.score({}, [])).rejects.toMatchObject({ code: 'data' })
  })

  it('computes a miss in the same call and keeps it', async () => {
    const model = wideAndDeep()
    const ranker = await rankerOf(model)
    await ranker.items.set(ids.slice(0, 20), items.slice(0, 20))
    const plain = await plainScores(model, requests[1], full)
    expect(largestDifference((await ranker.score(requests[1], { ids, rows: full })).get('dwell')!, plain.get('dwell')!)).toBeLessThan(1e-5)
    expect(ranker.items.statistics()).toMatchObject({ items: 60, hits: 20, misses: 40 })
    expect(largestDifference((await ranker.score(requests[1], { ids, rows: pairs })).get('dwell')!, plain.get('dwell')!)).toBeLessThan(1e-5)
  })

  it('shares runs among requests of the same time, each with its own scores', async () => {
    const model = wideAndDeep()
    for (const batching of [{}, { maxWaitMs: 5, maxCandidates: 64 }, { maxCandidates: 1 }]) {
      const ranker = await rankerOf(model, { batching })
      await ranker.items.set(ids, items)
      const lists = Array.from({ length: 23 }, (_, i) => ({ request: requests[i % 5], at: Array.from({ length: (i * 5) % 13 }, (_, k) => (i + k * 3) % items.length) }))
      const all = await ranker.scoreAll(lists.map(({ request, at }) => ({ request, candidates: { ids: at.map((i) => ids[i]), rows: at.map((i) => pairs[i]) } })))
      for (const [i, { request, at }] of lists.entries()) {
        if (at.length === 0) continue
        const plain = await plainScores(model, request, at.map((k) => full[k]))
        expect(largestDifference(all[i].get('click')!, plain.get('click')!)).toBeLessThan(1e-5)
        expect(largestDifference(all[i].get('dwell')!, plain.get('dwell')!)).toBeLessThan(1e-5)
      }
    }
  })

  it('gives heads that never change to each of several requests in one run', async () => {
    const likes = input('dense:likes', ['batch', 1], { rate: 'item' })
    const graphs = { score: new Map([['likes', reshape(likes, ['batch'])], ['one', broadcastTo(constant(3), ['batch'])], ['two', broadcastTo(constant([4, 5]), ['batch', 2])]]) }
    const ranker = await rankerOf({ ...wideAndDeep(), graphs })
    await ranker.items.set(ids, items)
    const all = await ranker.scoreAll([3, 1, 2].map((count, i) => ({ request: requests[i], candidates: ids.slice(0, count) })))
    expect(all.map((scores) => [...scores.get('one')!])).toEqual([[3, 3, 3], [3], [3, 3]])
    expect(all.map((scores) => [...scores.get('two')!])).toEqual([[4, 5, 4, 5, 4, 5], [4, 5], [4, 5, 4, 5]])
    expect(all.map((scores) => scores.get('likes')!.length)).toEqual([3, 1, 2])
  })

  it('calibrates heads, leaves out those nobody asked for, and checks names', async () => {
    const model = wideAndDeep()
    const calibrator = fitPlatt([0.1, 0.4, 0.6, 0.9], [0, 1, 0, 1], { input: 'probability' })
    const ranker = await rankerOf(model, { heads: ['click'], calibrators: { click: calibrator } })
    const plain = (await plainScores(model, requests[2], full)).get('click')!
    const scores = await ranker.score(requests[2], full)
    expect([...scores.keys()]).toEqual(['click'])
    expect(largestDifference(scores.get('click')!, calibrator.apply(plain))).toBeLessThan(1e-5)
    await expect(rankerOf(model, { heads: ['nope'] })).rejects.toMatchObject({ code: 'argument' })
    const mapped = await rankerOf(model, { heads: ['click'], calibrators: new Map([['click', calibrator]]) })
    expect([...(await mapped.score(requests[2], full)).get('click')!]).toEqual([...scores.get('click')!])
    await expect(rankerOf(model, { calibrators: new Map([['nope', calibrator]]) })).rejects.toMatchObject({ code: 'argument' })
    await expect(rankerOf(model, { calibrators: { nope: calibrator } })).rejects.toMatchObject({ code: 'argument' })
    await expect(rankerOf(model, { graph: 'nope' })).rejects.toMatchObject({ code: 'argument' })
  })

  it('compiles two towers to an inner product over kept vectors', async () => {
    const model = shaken(new TwoTower(spec, { hidden: [10], dim: 6 }))
    const ranker = await rankerOf(model)
    await ranker.items.set(ids, items)
    const scores = (await ranker.score(requests[0], ids)).get('score')!
    const backend = javascriptBackend()
    const users = (await predict(model, spec.encode([requests[0]], { scopes: ['user', 'context'] }), { graph: 'user', backend })).get('embedding')!
    const vectors = (await predict(model, spec.encode(items, { scopes: ['item'] }), { graph: 'item', backend })).get('embedding')!
    expect(largestDifference(scores, items.map((_, i) => users.reduce((sum, u, k) => sum + u * vectors[i * 6 + k], 0)))).toBeLessThan(1e-5)
    expect(ranker.explainPlan().pair.multiplications).toBe(6)
  })

  it('refuses what would give wrong scores, by typed errors', async () => {
    const ranker = await rankerOf(wideAndDeep())
    await ranker.items.set(ids, items)
    const { user: _, ...withoutUser } = requests[0]
    const other = defineFeatures({ features: { user: categorical({ scope: 'user' }), age: numeric({ scope: 'user' }), device: categorical({ scope: 'context' }) }, labels: { click: binary() } })
      .fit([{ ...requests[0], click: 1 }])
    const two = spec.encode(full.slice(0, 2).map((row) => ({ ...requests[0], ...row })))
    const short = { ...two, columns: new Map(two.columns).set('author', { kind: 'ids', ids: new Int32Array(1) }) }
    const bad: readonly (readonly [unknown, unknown, string])[] = [
      [withoutUser, { ids, rows: pairs }, 'data'],
      [{ ...requests[0], age: NaN }, { ids, rows: pairs }, 'data'],
      [null, ids, 'argument'],
      [requests, ids, 'argument'],
      [requests[0], ids, 'spec'],
      [requests[0], { ids: [0, 1_000_001, 'nobody'], rows: pairs.slice(0, 3) }, 'data'],
      [requests[0], { ids: [0, {}], rows: pairs.slice(0, 2) }, 'argument'],
      [requests[0], { ids, rows: pairs.slice(1) }, 'argument'],
      [requests[0], 'all', 'argument'],
      [other.encode([requests[0]]), { ids, rows: pairs }, 'spec'],
      [spec.encode(requests, { scopes: ['user', 'context'] }), { ids, rows: pairs }, 'shape'],
      // A column that is cut short would read as ids nobody knows.
      [requests[0], { ids: [1_000_002, 1_000_003], rows: short }, 'shape'],
      [requests[0], short, 'shape'],
    ]
    for (const [request, candidates, code] of bad) await expect(ranker.score(request as object, candidates as number[]), JSON.stringify(candidates).slice(0, 50)).rejects.toMatchObject({ code })
    await expect(ranker.items.set([1], [{ post: 3 }])).rejects.toMatchObject({ code: 'data' })
    await expect(ranker.items.set([1, 2], short)).rejects.toMatchObject({ code: 'shape' })
    await expect(ranker.scoreAll([null as never])).rejects.toMatchObject({ code: 'argument', message: expect.stringContaining('lists[0]') })
    await expect(compileRanker(wideAndDeep(), null as never)).rejects.toMatchObject({ code: 'argument' })
    await expect(rankerOf(wideAndDeep(), { heads: 'click' as never })).rejects.toMatchObject({ code: 'argument' })
    await expect(rankerOf(wideAndDeep(), { items: 'int8' as never })).rejects.toThrow('expected `items` to be an object of options, got "int8"')
    await expect(ranker.items.set([1, 2], [items[0]])).rejects.toMatchObject({ code: 'argument' })
    await expect(rankerOf(wideAndDeep(), { spec: other as never })).rejects.toMatchObject({ code: 'spec' })
    // What failed changed nothing.
    expect((await ranker.score(requests[0], { ids, rows: pairs })).get('click')!.length).toBe(60)
    ranker.dispose()
    await expect(ranker.score(requests[0], { ids, rows: pairs })).rejects.toMatchObject({ code: 'backend' })
  })

  it('refuses options and heads that no request could be served with', async () => {
    for (const options of [{ batching: 5 }, { batching: null }, { batching: { maxWaitMs: 2 ** 31 } }, { calibrators: 5 }]) await expect(rankerOf(wideAndDeep(), options as object), JSON.stringify(options)).rejects.toMatchObject({ code: 'argument' })
    const likes = input('dense:likes', ['batch', 1], { rate: 'item' })
    for (const head of [reduceMean(likes), transpose(likes), cast(likes, 'int32'), matmul(likes, likes, { transposeB: true }), constant([1, 2])])
      await expect(rankerOf({ ...wideAndDeep(), graphs: { score: new Map([['likes', likes], ['head', head]]) } })).rejects.toMatchObject({ code: 'spec', message: expect.stringContaining('head "head"') })
    for (const made of [[0.5], items.map(() => NaN)]) {
      const ranker = await rankerOf(wideAndDeep(), { calibrators: { click: { apply: () => Float64Array.from(made) } } })
      await expect(ranker.score(requests[0], full)).rejects.toMatchObject({ code: 'contract', message: expect.stringContaining('head "click"') })
    }
  })

  it('says when weights are not finite, and refuses no spec', async () => {
    const model = wideAndDeep()
    model.weights.trained.get('head/bias')!.values[0] = NaN
    const ranker = await rankerOf(model)
    await expect(ranker.score(requests[0], full)).rejects.toMatchObject({ code: 'data' })
  })

  it('works for a model made from a file, and for one whose spec cannot encode', async () => {
    const model = new WideAndDeep(fittedSpecFromJSON(spec.toJSON()), { hidden: [4] })
    const bare = new WideAndDeep({ ...model.spec, encode: undefined, hash: spec.hash } as never, { hidden: [4] })
    const ranker = await rankerOf(bare)
    await expect(ranker.score(requests[0], full)).rejects.toMatchObject({ code: 'spec' })
    const encoded = spec.encode(full.map((row) => ({ ...requests[0], ...row })))
    const scores = await ranker.score(spec.encode([requests[0]], { scopes: ['user', 'context'] }), encoded)
    expect(largestDifference(scores.get('click')!, (await plainScores(model, requests[0], full)).get('click')!)).toBeLessThan(1e-5)
  })
})
