import { describe, expect, it, vi } from 'vitest'
import { BackendError } from '../../src/errors'
import { seededRandom } from '../../src/random'
import { exactIndex, usearchIndex } from '../../src/retrieval'
import { loadUsearch, type NativeIndex } from '../../src/retrieval/load-usearch'
import { indexConformance } from '../conformance/indexes'

const unavailable = await loadUsearch().then(() => undefined, (error: Error) => error.message)

describe.skipIf(unavailable !== undefined)(`usearch${unavailable === undefined ? '' : `: skipped, as ${unavailable}`}`, () => {
  indexConformance('usearch', (options) => usearchIndex(options))

  it('finds nearly all that the exact index finds, with its scores, at every quantisation', async () => {
    const random = seededRandom('recall')
    const vectors = Float32Array.from({ length: 2000 * 16 }, () => random.normal())
    const keys = Array.from({ length: 2000 }, (_, i) => i)
    const queries = Float32Array.from({ length: 20 * 16 }, () => random.normal())
    const exact = exactIndex<number>({ dim: 16, metric: 'cosine' })
    exact.add(keys, vectors)
    for (const quantization of ['f32', 'f16', 'i8'] as const) {
      const index = await usearchIndex<number>({ dim: 16, metric: 'cosine', quantization, expansionSearch: 200 })
      index.add(keys, vectors)
      const wanted = exact.search(queries, 2000).map((matches) => new Map(matches.keys.map((key, i) => [key, matches.scores[i]])))
      const best = exact.search(queries, 20)
      let hits = 0
      index.search(queries, 20).forEach((matches, q) => {
        matches.keys.forEach((key, i) => expect(matches.scores[i]).toBe(wanted[q].get(key)))
        hits += matches.keys.filter((key) => best[q].keys.includes(key)).length
      })
      expect(hits / 400).toBeGreaterThan(0.9)
    }
  })

  it('adds with several threads', async () => {
    const random = seededRandom('threads')
    const index = await usearchIndex<number>({ dim: 8, threads: 2 })
    index.add(Array.from({ length: 500 }, (_, i) => i), Float32Array.from({ length: 500 * 8 }, () => random.normal()))
    expect(new Set(index.search(Float32Array.from({ length: 8 }, () => random.normal()), 50)[0].keys).size).toBe(50)
  })

  it('outlives thousands of removals', async () => {
    const random = seededRandom('wear')
    const index = await usearchIndex<number>({ dim: 4 })
    const vector = () => Float32Array.from({ length: 4 }, () => random.normal())
    for (let i = 0; i < 50; i++) index.add([i], vector())
    for (let i = 50; i < 3000; i++) {
      index.remove([i - 50])
      index.add([i], vector())
    }
    expect(index.size).toBe(50)
    expect([...index.search(vector(), 100)[0].keys].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => 2950 + i))
  })

  it('renews its graph little by little: an addition puts in four times as much at most, and a search asks for six times as much', async () => {
    const graphs = (await loadUsearch()).prototype as NativeIndex
    const added = vi.spyOn(graphs, 'add')
    const asked = vi.spyOn(graphs, 'search')
    const random = seededRandom('renewal')
    const index = await usearchIndex<number>({ dim: 4, expansionSearch: 500 })
    const exact = exactIndex<number>({ dim: 4 })
    const vector = () => Float32Array.from({ length: 4 }, () => random.normal())
    const change = (keys: number[]) => {
      const vectors = Float32Array.from(keys.flatMap(() => [...vector()]))
      for (const one of [index, exact]) one.add(keys, vectors)
    }
    change(Array.from({ length: 60 }, (_, i) => i))
    for (let step = 0; step < 600; step++) {
      added.mockClear()
      asked.mockClear()
      const keys = [...new Set(Array.from({ length: 1 + random.integer(3) }, () => random.integer(60)))]
      change(keys)
      expect(added.mock.calls.reduce((sum, [ids]) => sum + ids.length, 0)).toBeLessThanOrEqual(4 * keys.length)
      const gone = random.integer(60)
      if (step % 7 === 0) for (const one of [index, exact]) one.remove([gone])
      const query = vector()
      expect(index.search(query, 10)).toEqual(exact.search(query, 10))
      for (const [, count] of asked.mock.calls) expect(count).toBeLessThanOrEqual(60)
    }
    vi.restoreAllMocks()
  })

  it('refuses options and magnitudes that the graph cannot hold', async () => {
    await expect(usearchIndex({ dim: 2, metric: 'dot', quantization: 'i8' })).rejects.toThrow('expected `quantization` to be "f32" or "f16" for the metric dot')
    await expect(usearchIndex({ dim: 2, connectivity: 1 })).rejects.toThrow('`connectivity`')
    // @ts-expect-error: a quantisation that there is not
    await expect(usearchIndex({ dim: 2, quantization: 'f8' })).rejects.toThrow('got "f8"')
    const half = await usearchIndex({ dim: 2, quantization: 'f16' })
    expect(() => half.add(['a', 'b'], Float32Array.of(1, 1, 1, 70000))).toThrow('within ±65504 for f16, got 70000 at position 1 of vector 1')
    const single = await usearchIndex({ dim: 2 })
    expect(() => single.search(Float32Array.of(0, -1e20), 1)).toThrow('expected `queries` within ±1000000000000000')
    expect([half.size, single.size]).toEqual([0, 0])
  })
})

describe('without the package', () => {
  const failing = (error: unknown) => loadUsearch(() => Promise.reject(error)).then(() => undefined, (thrown: unknown) => thrown)

  it('says what to install, and keeps the cause', async () => {
    const cause = Object.assign(new Error("Cannot find package 'usearch' imported from /app/index.js"), { code: 'ERR_MODULE_NOT_FOUND' })
    const error = await failing(cause)
    expect(BackendError.isInstance(error) && error.message).toContain('`npm install usearch@2.25.3`')
    expect((error as Error).cause).toBe(cause)
  })

  it('says so when it is there but does not load', async () => {
    for (const cause of [
      new Error('No native build was found for platform=linux libc=musl'),
      Object.assign(new Error("Cannot find package 'bindings' imported from /app/node_modules/usearch/index.js"), { code: 'ERR_MODULE_NOT_FOUND' }),
    ]) {
      const error = await failing(cause)
      expect(BackendError.isInstance(error) && error.message).toBe(`feedrank/usearchIndex: the package \`usearch\` is installed but does not load on this machine: ${cause.message}`)
      expect((error as Error).cause).toBe(cause)
    }
  })

  it('finds the class in either form of module', async () => {
    const Index = function Index() {}
    expect(await loadUsearch(async () => ({ Index }))).toBe(Index)
    expect(await loadUsearch(async () => ({ default: { Index } }))).toBe(Index)
    await expect(loadUsearch(async () => ({}))).rejects.toThrow('to export the class Index')
  })
})
