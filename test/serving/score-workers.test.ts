import { loadBackend } from 'feedrank'
import { describe, expect, it } from 'vitest'
import { items, largestDifference, pair, plainScores, rankerOf, requests, wideAndDeep } from './ranker-samples'

const module = new URL('./worker-module.mjs', import.meta.url).href
const ids = items.map((_, i) => i)
const pairs = items.map(() => pair())
const full = items.map((row, i) => ({ ...row, ...pairs[i] }))

describe('workers', () => {
  it.each(['wasm', 'onnxruntime'] as const)('score as this thread does, on %s', async (name) => {
    const model = wideAndDeep()
    for (const rows of ['float32', 'int8'] as const) {
      const ranker = await rankerOf(model, { workers: { count: 2, module }, items: { rows } }, await loadBackend(name))
      await ranker.items.set(ids, items)
      const scores = await ranker.scoreAll(requests.map((request) => ({ request, candidates: { ids, rows: pairs } })))
      for (const [i, request] of requests.entries()) {
        const plain = await plainScores(model, request, full)
        expect(largestDifference(scores[i].get('click')!, plain.get('click')!)).toBeLessThan(rows === 'int8' ? 0.02 : 1e-5)
        expect(largestDifference((await ranker.score(request, full)).get('dwell')!, plain.get('dwell')!)).toBeLessThan(rows === 'int8' ? 0.02 : 1e-5)
      }
      ranker.dispose()
      await expect(ranker.score(requests[0], { ids, rows: pairs })).rejects.toMatchObject({ code: 'backend' })
    }
  })

  it('fail what a dead one was asked, by a typed error, and go on with another', async () => {
    const model = wideAndDeep()
    const ranker = await rankerOf(model, { workers: { count: 1, module: new URL('./dying-worker-module.mjs', import.meta.url).href }, batching: { maxCandidates: 1 } }, await loadBackend('wasm'))
    await ranker.items.set(ids, items)
    const few = { ids: ids.slice(0, 13), rows: pairs.slice(0, 13) }
    const plain = await plainScores(model, requests[0], full)
    for (let death = 0; death < 2; death++) {
      const outcomes = await Promise.allSettled([ranker.score(requests[0], few), ranker.score(requests[0], { ids, rows: pairs })])
      expect(outcomes[0]).toMatchObject({ status: 'rejected', reason: { code: 'backend', message: expect.stringContaining('exit code 3') } })
      expect(outcomes[1].status).toBe('fulfilled')
      expect(largestDifference((await ranker.score(requests[0], { ids, rows: pairs })).get('click')!, plain.get('click')!)).toBeLessThan(1e-5)
    }
    const waiting = ranker.score(requests[0], { ids, rows: pairs })
    ranker.dispose()
    await expect(waiting).rejects.toMatchObject({ code: 'backend' })
  })

  it('leave the event loop its turns, however long their answers are worked on', async () => {
    const model = wideAndDeep()
    const ranker = await rankerOf(model, { workers: { count: 1, module }, batching: { maxCandidates: 1 } }, await loadBackend('wasm'))
    await ranker.items.set(ids, items)
    let [turns, answers, going] = [0, 0, true]
    const turn = () => {
      turns++
      if (going) setImmediate(turn)
    }
    setImmediate(turn)
    await Promise.all(Array.from({ length: 6 }, async () => {
      while (answers < 120) {
        await ranker.score(requests[0], { ids: ids.slice(0, 3), rows: pairs.slice(0, 3) })
        answers++
        // Longer than the worker takes for the next one.
        const until = performance.now() + 2
        while (performance.now() < until);
      }
    }))
    going = false
    // A worker has two at a time at most, and both may be there when the loop comes round.
    expect(turns).toBeGreaterThan(answers / 2 - 1)
    ranker.dispose()
  })

  it('that do not start are an error when compiling', async () => {
    const backend = await loadBackend('wasm')
    await expect(rankerOf(wideAndDeep(), { workers: { count: 1, module: 'file:///nowhere/at-all.js' } }, backend)).rejects.toMatchObject({ code: 'backend', message: expect.stringContaining('give `workers.module`') })
    await expect(rankerOf(wideAndDeep(), { workers: -1 }, backend)).rejects.toMatchObject({ code: 'argument' })
  })
})
