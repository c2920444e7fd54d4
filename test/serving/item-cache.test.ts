import { WideAndDeep } from 'feedrank'
import { describe, expect, it } from 'vitest'
import { loadBackend } from 'feedrank/backends'
import { itemStore } from '../../src/serving/item-cache'
import { itemKey } from '../../src/serving/item-keys'
import { itemSlots } from '../../src/serving/item-slots'
import { seededRandom } from '../../src/random'
import { item, items, largestDifference, pair, plainScores, rankerOf, requests, shaken, spec, wideAndDeep } from './ranker-samples'

const ids = items.map((_, i) => i)
const pairs = items.map(() => pair())
const full = items.map((row, i) => ({ ...row, ...pairs[i] }))
const [request] = requests

describe('an item cache', () => {
  it('knows an id as number, bigint and text, and names of prototypes as any other', async () => {
    const ranker = await rankerOf(wideAndDeep())
    await ranker.items.set(['7', 8n, '__proto__', 'constructor', '007', 9007199254740993n, -3, 'ü'], items.slice(0, 8))
    expect([7, '7', 7n, 8, '8', '__proto__', 'constructor', '007', '9007199254740993', '-3', 'ü'].every((id) => ranker.items.has(id))).toBe(true)
    expect(['toString', '07', '-0', 9, '9007199254740992'].some((id) => ranker.items.has(id))).toBe(false)
    expect(ranker.items.delete([7n, 'nobody', '8'])).toBe(2)
    expect(ranker.items.statistics().items).toBe(6)
    for (const id of [NaN, Infinity, 2 ** 53, null, undefined, {}, true]) expect(() => itemKey('here', 'id', id)).toThrow(expect.objectContaining({ code: 'argument' }))
  })

  it('changes what it scores as items change', async () => {
    const model = wideAndDeep()
    const ranker = await rankerOf(model)
    await ranker.items.set(ids, items)
    const changed = [item(), item()]
    await ranker.items.set([4, 11], changed)
    const now = full.map((row, i) => ({ ...row, ...(i === 4 ? changed[0] : i === 11 ? changed[1] : {}) }))
    expect(largestDifference((await ranker.score(request, { ids, rows: pairs })).get('click')!, (await plainScores(model, request, now)).get('click')!)).toBeLessThan(1e-5)
    ranker.items.delete([4])
    await expect(ranker.score(request, { ids, rows: pairs })).rejects.toMatchObject({ code: 'data', message: expect.stringContaining('1 of 60') })
  })

  it('gives a request the items as they were when it came, whatever changes while it waits', async () => {
    const model = wideAndDeep()
    const ranker = await rankerOf(model, { items: { maxItems: 61 } })
    await ranker.items.set(ids, items)
    const before = (await plainScores(model, request, full)).get('click')!
    for (let round = 0; round < 5; round++) {
      const scores = ranker.score(request, { ids, rows: pairs })
      await Promise.resolve()
      const replaced = ranker.items.set(ids, items.map(() => item()))
      ranker.items.delete([0, 1, 2])
      expect(largestDifference((await scores).get('click')!, before)).toBeLessThan(1e-5)
      await replaced.catch(() => undefined)
      await ranker.items.set(ids, items)
    }
  })

  it('is bounded: what was not asked for lately makes room, or what is new is refused', async () => {
    const model = wideAndDeep()
    const evicting = await rankerOf(model, { items: { maxItems: 20, batchSize: 7 } })
    await evicting.items.set(ids, items)
    expect(evicting.items.statistics()).toMatchObject({ items: 20, evicted: 40 })
    // Sixty candidates do not fit: they are worked out for this call.
    const plain = (await plainScores(model, request, full)).get('click')!
    expect(largestDifference((await evicting.score(request, { ids, rows: full })).get('click')!, plain)).toBeLessThan(1e-5)
    expect(evicting.items.statistics().items).toBeLessThanOrEqual(20)

    const refusing = await rankerOf(model, { items: { maxItems: 20, whenFull: 'refuse' } })
    await expect(refusing.items.set(ids, items)).rejects.toMatchObject({ code: 'data', message: expect.stringContaining('full with 20') })
    expect(largestDifference((await refusing.score(request, { ids, rows: full })).get('click')!, plain)).toBeLessThan(1e-5)
    expect(refusing.items.statistics()).toMatchObject({ items: 20, evicted: 0 })
    for (const bad of [{ maxItems: 0 }, { whenFull: 'explode' }, { rows: 'int4' }, { batchSize: 1.5 }]) await expect(rankerOf(model, { items: bad as object })).rejects.toMatchObject({ code: 'argument' })
  })

  it('lays out all its memory at once rather than copy megabytes again and again', async () => {
    for (const [width, grown] of [[8, 2048], [4096, 3000]]) {
      const { cache, read } = itemStore({
        version: '1', columns: [{ name: 'wide', shape: [width], width }], parts: new Map(), memory: 'own', options: { maxItems: 3000 },
        compute: async (_, from, to) => ({
          columns: [Float32Array.from({ length: (to - from) * width }, (__, i) => from + Math.floor(i / width))], encoded: { rows: to - from, columns: new Map(), labels: new Map() },
        }),
      })
      const many = Array.from({ length: 1030 }, (_, i) => i)
      await cache.set(many.slice(0, 1024), many.slice(0, 1024).map(() => ({})))
      expect(cache.statistics().bytes).toBe(1024 * width * 4)
      await cache.set(many, many.map(() => ({})))
      expect(cache.statistics().bytes).toBe(grown * width * 4)
      for (const i of [0, 1023, 1024, 1029]) expect(read().values[0].data[i * width + width - 1]).toBe(i)
    }
  })

  it('keeps rows as bytes in a quarter of the memory, scores close by', async () => {
    const model = wideAndDeep()
    const [floats, bytes] = [await rankerOf(model), await rankerOf(model, { items: { rows: 'int8' } })]
    for (const ranker of [floats, bytes]) await ranker.items.set(ids, items)
    expect(bytes.items.statistics().bytes).toBeLessThan(floats.items.statistics().bytes / 2.5)
    const [a, b] = [await floats.score(request, { ids, rows: pairs }), await bytes.score(request, { ids, rows: pairs })]
    expect(largestDifference(b.get('click')!, a.get('click')!)).toBeLessThan(0.02)
    expect(b.get('click')).not.toEqual(a.get('click'))
  })

  it('is written down and taken back by the same model alone', async () => {
    const model = wideAndDeep()
    const [first, second, other] = [await rankerOf(model), await rankerOf(model), await rankerOf(wideAndDeep('another'))]
    await first.items.set(ids, items)
    const snapshot = structuredClone(first.items.snapshot())
    second.items.restore(snapshot)
    expect(second.version).toBe(first.version)
    expect((await second.score(request, { ids, rows: pairs })).get('click')).toEqual((await first.score(request, { ids, rows: pairs })).get('click'))
    expect(() => other.items.restore(snapshot)).toThrow(expect.objectContaining({ code: 'contract', message: expect.stringContaining('of another') }))
    expect(() => second.items.restore({ ...snapshot, columns: [] })).toThrow(expect.objectContaining({ code: 'contract' }))
    expect(() => second.items.restore({ ...snapshot, columns: snapshot.columns.map((values) => values.map(() => NaN)) })).toThrow(expect.objectContaining({ code: 'contract' }))
    const none = await rankerOf(model)
    none.items.restore(structuredClone((await rankerOf(model)).items.snapshot()))
    expect(none.items.statistics().items).toBe(0)
    expect(() => second.items.restore(null as never)).toThrow(expect.objectContaining({ code: 'contract' }))
  })

  it('takes nothing of a snapshot whose features are cut short or of another kind', async () => {
    const ranker = await rankerOf(wideAndDeep())
    await ranker.items.set(ids, items)
    const before = (await ranker.score(request, { ids, rows: pairs })).get('click')
    const snapshot = ranker.items.snapshot()
    const author = snapshot.parts.get('author') as { readonly kind: 'ids'; readonly ids: Int32Array }
    const topics = snapshot.parts.get('topics') as { readonly kind: 'bags'; readonly ids: Int32Array; readonly offsets: Int32Array }
    const changed = (name: string, column: unknown) => new Map<string, unknown>([...snapshot.parts, [name, column]])
    for (const parts of [
      changed('author', { ...author, ids: author.ids.subarray(1) }), changed('topics', { ...topics, ids: topics.ids.subarray(1) }), changed('topics', author),
      changed('hot', undefined), new Map(), [], undefined,
    ]) expect(() => ranker.items.restore({ ...snapshot, parts: parts as never })).toThrow(expect.objectContaining({ code: 'contract' }))
    expect((await ranker.score(request, { ids, rows: pairs })).get('click')).toEqual(before)
  })

  it('does not take back what was deleted while the row of a request was worked out', async () => {
    const model = wideAndDeep()
    const ranker = await rankerOf(model)
    const scores = ranker.score(request, { ids: [0], rows: [full[0]] })
    ranker.items.delete([0])
    expect(largestDifference((await scores).get('click')!, (await plainScores(model, request, [full[0]])).get('click')!)).toBeLessThan(1e-5)
    expect(ranker.items.has(0)).toBe(false)
    // Afterwards it is kept as ever.
    await ranker.score(request, { ids: [0], rows: [full[0]] })
    expect(ranker.items.has(0)).toBe(true)
  })

  it('keeps nothing of encoded rows that lack what a cross needs of items', async () => {
    // Its only use of the author is the cross.
    const model = shaken(new WideAndDeep(spec, { hidden: [4], features: ['user', 'post', 'user_author'] }))
    const ranker = await rankerOf(model)
    const rows = spec.encode(full.map((row) => ({ ...request, ...row })))
    const numbers = { kind: 'dense', width: 1, values: new Float32Array(full.length) } as const
    for (const author of [undefined, numbers]) {
      const columns = new Map([...rows.columns].flatMap(([name, column]) => (name !== 'author' ? [[name, column] as const] : author ? [[name, author] as const] : [])))
      await expect(ranker.items.set(ids, { ...rows, columns })).rejects.toMatchObject({ code: 'spec' })
      await expect(ranker.score(request, { ids, rows: { ...rows, columns } })).rejects.toMatchObject({ code: 'data' })
      expect(ranker.items.statistics().items).toBe(0)
      await ranker.items.set(ids, rows)
      const snapshot = ranker.items.snapshot()
      ranker.items.delete(ids)
      for (const bad of [{ parts: new Map([['author', author as never]]) }, { columns: snapshot.columns.map((values) => [...values]) as never }])
        expect(() => ranker.items.restore({ ...snapshot, ...bad })).toThrow(expect.objectContaining({ code: 'contract' }))
      expect(ranker.items.statistics().items).toBe(0)
    }
  })

  it('keeps what was set while the row of a request was worked out', async () => {
    const model = wideAndDeep()
    const ranker = await rankerOf(model)
    const set = ranker.items.set([0], [items[1]])
    await Promise.all([set, ranker.score(request, { ids: [0], rows: [full[0]] })])
    const plain = await plainScores(model, request, [{ ...items[1], ...pairs[0] }])
    expect(largestDifference((await ranker.score(request, { ids: [0], rows: [pairs[0]] })).get('click')!, plain.get('click')!)).toBeLessThan(1e-5)
  })
})

describe('itemSlots', () => {
  it('never gives one slot to two, nor takes one that is pinned', () => {
    const random = seededRandom('slots')
    const slots = itemSlots(10, true)
    const keyOf = (id: unknown) => id as number
    const held: { readonly slots: Int32Array; readonly keys: readonly number[] }[] = []
    const content = new Map<number, number>()
    for (let step = 0; step < 20_000; step++) {
      const key = random.integer(25)
      const action = random.integer(5)
      if (action < 2) {
        const slot = slots.claim(key)
        if (slot < 0) continue
        expect(slot).toBeLessThan(10)
        expect(held.some((one) => one.slots.includes(slot))).toBe(false)
        content.set(slot, key)
      } else if (action === 2) slots.remove(key)
      else if (action === 3 && held.length < 3) {
        const keys = [key, random.integer(25)]
        const out = new Int32Array(2)
        slots.hold(keys, out, keyOf)
        const found = keys.filter((_, i) => out[i] >= 0)
        held.push({ slots: out.filter((slot) => slot >= 0), keys: found })
      } else if (held.length > 0) slots.unpin(held.shift()!.slots)
      for (const one of held) one.slots.forEach((slot, i) => expect(content.get(slot)).toBe(one.keys[i]))
      expect(slots.size()).toBeLessThanOrEqual(10)
      const taken = [...slots.entries()].map(([, slot]) => slot)
      expect(new Set(taken).size).toBe(taken.length)
    }
    expect(slots.evicted()).toBeGreaterThan(0)
  })

  it('keeps a slot that any number of candidates wait for', () => {
    const slots = itemSlots(1, true)
    slots.claim(7)
    const out = new Int32Array(2 ** 16)
    slots.hold(Array.from(out, () => 7), out, (id) => id as number)
    expect(slots.claim(8)).toBe(-1)
    slots.unpin(out)
    expect(slots.claim(8)).toBe(out[0])
  })
})

describe('rows in the memory of a backend', () => {
  it('are as good as rows outside, also where there is no room for them', async () => {
    const model = wideAndDeep()
    const plain = (await plainScores(model, request, full)).get('click')!
    for (const memoryLimit of [2 ** 25, 2 ** 19]) {
      const backend = await loadBackend('wasm', { memoryLimit })
      const ranker = await rankerOf(model, { backend, items: { maxItems: 4000 } })
      // Rows move when there are more of them, while requests read the old ones.
      for (let round = 0; round < 6; round++) {
        const asked = round === 0 ? [] : [0, 1, 2].map(() => ranker.score(request, { ids, rows: pairs }))
        await ranker.items.set(ids, items)
        const others = Array.from({ length: 500 }, (_, i) => 1000 + round * 500 + i)
        await ranker.items.set(others, others.map(() => item()))
        for (const scores of await Promise.all(asked)) expect(largestDifference(scores.get('click')!, plain)).toBeLessThan(1e-5)
        expect(largestDifference((await ranker.score(request, { ids, rows: pairs })).get('click')!, plain)).toBeLessThan(1e-5)
      }
      expect(ranker.items.statistics().bytes > memoryLimit / 2).toBe(memoryLimit < 2 ** 20)
      ranker.dispose()
    }
  })

  it('are given back with the ranker', async () => {
    const backend = await loadBackend('wasm', { memoryLimit: 2 ** 24 })
    const model = wideAndDeep()
    const room = () => {
      let bytes = 0
      for (let step = 2 ** 22; step >= 64; step /= 2) {
        try {
          backend.allocate!([(bytes + step) / 4]).free()
          bytes += step
        } catch {
          // Too much: a smaller step.
        }
      }
      return bytes
    }
    const before = room()
    for (let i = 0; i < 20; i++) {
      const ranker = await rankerOf(model, { backend, items: { maxItems: 4000 } })
      await ranker.items.set(ids, items)
      const last = ranker.score(request, { ids, rows: pairs })
      if (i % 2 === 0) await last
      expect(room()).toBeLessThan(before)
      ranker.dispose()
      await last.catch(() => undefined)
      expect(room()).toBe(before)
      expect(() => ranker.items.snapshot()).toThrow(expect.objectContaining({ code: 'backend' }))
    }
  })
})
