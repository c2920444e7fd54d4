import { describe, expect, test } from 'vitest'
import { createHeap } from '../../../src/backends/wasm/heap'
import { arrange, place } from '../../../src/backends/wasm/places'
import { BackendError } from '../../../src/errors'
import { seededRandom } from '../../../src/random'

const heapOf = (maximum: number) => createHeap(new WebAssembly.Memory({ initial: 1, maximum }), 1000)

describe('the heap', () => {
  test.each(Array.from({ length: 20 }, (_, seed) => seed))('hands out blocks that never overlap, and takes all of them back, seed %i', (seed) => {
    const random = seededRandom(seed)
    const heap = heapOf(4000)
    const held: { readonly address: number; readonly bytes: number }[] = []
    for (let i = 0; i < 300; i++) {
      if (held.length > 0 && random.next() < 0.45) heap.give(held.splice(random.integer(held.length), 1)[0].address)
      else {
        const bytes = 1 + random.integer(random.next() < 0.1 ? 400_000 : 3000)
        const address = heap.take(bytes)
        expect(address % 64).toBe(0)
        expect(address).toBeGreaterThanOrEqual(1000)
        expect(address + bytes).toBeLessThanOrEqual(heap.memory.buffer.byteLength)
        for (const other of held) expect(address + bytes <= other.address || other.address + other.bytes <= address).toBe(true)
        held.push({ address, bytes })
        new Uint8Array(heap.memory.buffer, address, bytes).fill(0xff)
      }
    }
    // Beyond what was ever handed out there are zeros.
    expect(new Uint8Array(heap.memory.buffer, heap.untouched()).every((byte) => byte === 0)).toBe(true)
    for (const { address } of held) heap.give(address)
    expect(heap.used()).toBe(0)
    // All free places have joined again: the whole fits without growing.
    const before = heap.memory.buffer.byteLength
    heap.take(before - 1024)
    expect(heap.memory.buffer.byteLength).toBe(before)
  })

  test('uses freed places again', () => {
    const heap = heapOf(100)
    for (let i = 0; i < 1000; i++) heap.give(heap.take(60_000 * (1 + (i % 3))))
    expect(heap.memory.buffer.byteLength).toBeLessThanOrEqual(4 * 65536)
  })

  test('that cannot grow says so and stays as it was', () => {
    const heap = heapOf(2)
    const kept = heap.take(50_000)
    expect(() => heap.take(200_000)).toThrow(/cannot grow by .* MiB/)
    try {
      heap.take(200_000)
    } catch (error) {
      expect(BackendError.isInstance(error)).toBe(true)
    }
    expect(heap.take(60_000)).toBeGreaterThan(kept)
  })

  test('ignores what it never gave', () => {
    const heap = heapOf(2)
    const address = heap.take(100)
    heap.give(address + 64)
    heap.give(address)
    heap.give(address)
    expect(heap.used()).toBe(0)
  })
})

describe('places', () => {
  test.each(Array.from({ length: 50 }, (_, seed) => seed))('needed at the same time do not overlap, seed %i', (seed) => {
    const random = seededRandom(seed)
    const places = Array.from({ length: 40 }, () => {
      const from = random.integer(30) - 1
      return place(random.integer(5000), from, random.next() < 0.1 ? Infinity : from + random.integer(6))
    })
    const total = arrange(places)
    for (const a of places) {
      expect(a.offset % 64).toBe(0)
      expect(a.offset + a.bytes).toBeLessThanOrEqual(total)
      for (const b of places)
        if (a !== b && a.from <= b.until && b.from <= a.until) expect(a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset).toBe(true)
    }
    const most = Math.max(...Array.from({ length: 31 }, (_, i) => i - 1).map((t) => places.filter((p) => p.from <= t && t <= p.until).reduce((sum, p) => sum + p.bytes, 0)))
    expect(total).toBeGreaterThanOrEqual(most)
    expect(total).toBeLessThan(1.5 * most)
  })

  test('of a chain of values take turns', () => {
    const places = Array.from({ length: 100 }, (_, i) => place(4096, i, i + 1))
    expect(arrange(places)).toBe(2 * 4096)
  })
})
