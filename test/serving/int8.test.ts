import { compileRanker, javascriptBackend, loadBackend, precisionLoss, WideAndDeep } from 'feedrank'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/random'
import { item, items, pair, plainScores, rankerOf, request, requests, shaken, spec } from './ranker-samples'

const model = shaken(new WideAndDeep(spec, { hidden: [64, 32], seed: 3 }), 'int8')
const ids = items.map((_, i) => i)
const pairs = items.map(() => pair())
const rows = Array.from({ length: 400 }, () => ({ ...request(), ...item(), ...pair() }))
const sample = spec.encode(rows)
const random = seededRandom('judged')
const judged = Array.from({ length: 30 }, () => ({
  request: request(), candidates: Array.from({ length: 20 }, () => ({ ...item(), ...pair() })), labels: Array.from({ length: 20 }, () => Number(random.next() < 0.3)),
}))
const spread = (values: ArrayLike<number>) => {
  const list = Array.from(values)
  const mean = list.reduce((a, b) => a + b, 0) / list.length
  return Math.sqrt(list.reduce((sum, v) => sum + (v - mean) ** 2, 0) / list.length)
}

describe('a ranker in bytes', () => {
  it.each(['javascript', 'wasm', 'onnxruntime'] as const)('scores nearly as the model does, on %s', async (name) => {
    const ranker = await compileRanker(model, { backend: await loadBackend(name), int8: { sample } })
    expect(ranker.explainPlan().pair.operations.filter((line) => line.startsWith('matmul in bytes')).length).toBeGreaterThanOrEqual(1)
    await ranker.items.set(ids, items)
    for (const asked of requests) {
      const plain = (await plainScores(model, asked, items.map((row, i) => ({ ...row, ...pairs[i] })))).get('dwell')!
      const got = (await ranker.score(asked, { ids, rows: pairs })).get('dwell')!
      expect(spread(got.map((v, i) => v - plain[i]))).toBeLessThan(0.04 * spread(plain))
      expect([...got]).not.toEqual([...plain])
    }
    ranker.dispose()
  })

  it('says what it loses, with intervals', async () => {
    const [exact, cheaper] = [await rankerOf(model), await rankerOf(model, { int8: { sample } })]
    const { metrics } = await precisionLoss(exact, cheaper, judged, { head: 'click' })
    expect(metrics.map(({ metric }) => metric)).toEqual(['ndcg@10', 'auc'])
    for (const { difference, low, high, pairs: n } of metrics) {
      expect(low).toBeLessThanOrEqual(difference)
      expect(difference).toBeLessThanOrEqual(high)
      expect(n).toBeGreaterThan(20)
      expect(Math.abs(difference)).toBeLessThan(0.05)
    }
    const same = await precisionLoss(exact, exact, judged)
    expect(same.metrics.map(({ difference }) => difference)).toEqual([0, 0])
  })

  it('is refused where it may lose too much', async () => {
    await expect(rankerOf(model, { int8: { sample, validation: judged, maxLoss: 1e-9 } })).rejects.toThrow(/lose at most 1e-9, but (ndcg@10|auc) changes by/)
    const ranker = await rankerOf(model, { int8: { sample, validation: judged, maxLoss: 0.2 } })
    expect((await ranker.score(requests[0], judged[0].candidates)).get('click')!.length).toBe(20)
  })

  it('has a version of its own, which its sample changes: caches are not exchanged', async () => {
    const versions = await Promise.all([{}, { int8: { sample } }, { int8: { sample: spec.encode(rows.slice(0, 50)) } }].map(async (options) => (await rankerOf(model, options)).version))
    expect(new Set(versions).size).toBe(3)
    expect((await rankerOf(model, { int8: { sample } })).version).toBe(versions[1])
  })

  it('refuses layers that are not finite, and takes weights of any size', async () => {
    for (const value of [NaN, Infinity]) {
      const broken = shaken(new WideAndDeep(spec, { hidden: [64, 32], seed: 3 }), 'int8')
      broken.weights.trained.get('deep/1/kernel')!.values[7] = value
      await expect(rankerOf(broken, { int8: { sample } })).rejects.toMatchObject({ code: 'data', message: expect.stringContaining(`got ${value}`) })
    }
    const tiny = shaken(new WideAndDeep(spec, { hidden: [64, 32], batchNorm: false, seed: 3 }), 'int8')
    const { values } = tiny.weights.trained.get('deep/1/kernel')!
    values.forEach((value, i) => (values[i] = value * 1e-40))
    const [bytes, floats] = [await rankerOf(tiny, { int8: { sample } }), await rankerOf(tiny)]
    const [a, b] = [await bytes.score(requests[0], judged[0].candidates), await floats.score(requests[0], judged[0].candidates)]
    a.get('click')!.forEach((score, i) => expect(score).toBeCloseTo(b.get('click')![i], 5))
  })

  it('refuses what it cannot measure', async () => {
    await expect(rankerOf(model, { int8: {} as never })).rejects.toThrow(/`int8.sample`.*encoded rows/)
    await expect(rankerOf(model, { int8: { sample: spec.encode([]) } })).rejects.toThrow(/at least one/)
    await expect(rankerOf(model, { int8: { sample, maxLoss: 0.1 } })).rejects.toThrow(/`int8.validation`/)
    await expect(rankerOf(model, { int8: { sample, validation: judged, maxLoss: -1 } })).rejects.toThrow(/`int8.maxLoss`/)
    const exact = await compileRanker(model, { backend: javascriptBackend() })
    await expect(precisionLoss(exact, exact, [{ ...judged[0], labels: [1] }, judged[1]])).rejects.toThrow(/expected 20 labels for request 0.*got 1/)
    await expect(precisionLoss(exact, exact, judged, { head: 'like' as never })).rejects.toThrow(/`head`/)
    for (const label of [NaN, -1]) await expect(precisionLoss(exact, exact, [{ ...judged[0], labels: Array.from({ length: 20 }, () => label) }, ...judged])).rejects.toThrow(/`validation\[0\]\.labels\[0\]`/)
    await expect(precisionLoss(exact, exact, [null as never])).rejects.toMatchObject({ code: 'argument' })
  })
})
