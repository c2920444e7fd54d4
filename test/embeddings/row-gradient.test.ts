import { describe, expect, it } from 'vitest'
import { createRowGradient } from '../../src/embeddings'
import { seededRandom } from '../../src/random'

describe('RowGradient', () => {
  it('sums by row in order of first appearance, over many adds and steps', () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = seededRandom(seed)
      const dim = 1 + random.integer(9)
      const gradient = createRowGradient({ name: 't', dim })
      for (let step = 0; step < 4; step++) {
        const wanted = new Map<number, Float32Array>()
        const range = 1 + random.integer(400)
        for (let feature = 0; feature < 3; feature++) {
          const n = random.integer(300)
          const ids = Int32Array.from({ length: n }, () => random.integer(range) * 65536)
          const values = Float32Array.from({ length: n * dim }, () => random.normal())
          gradient.add(ids, values)
          ids.forEach((id, i) => {
            const sum = wanted.get(id)
            const own = values.slice(i * dim, (i + 1) * dim)
            wanted.set(id, sum === undefined ? own : sum.map((value, j) => value + own[j]))
          })
        }
        expect(gradient.count).toBe(wanted.size)
        expect([...gradient.rows]).toEqual([...wanted.keys()])
        expect([...gradient.values]).toEqual([...wanted.values()].flatMap((sum) => Array.from(sum)))
        gradient.clear()
        expect([gradient.count, gradient.rows.length, gradient.values.length]).toEqual([0, 0, 0])
      }
    }
  })

  it('adds rows and bags of features that share the table', () => {
    const gradient = createRowGradient({ name: 't', dim: 1 })
    gradient.add(Int32Array.of(5, 2), Float32Array.of(1, 10))
    gradient.addBags({ ids: Int32Array.of(2, 7, 2), offsets: Int32Array.of(0, 2, 2, 3) }, 'mean', Float32Array.of(4, 99, 1))
    gradient.add(Int32Array.of(7), Float32Array.of(0.5))
    expect([...gradient.rows]).toEqual([5, 2, 7])
    expect([...gradient.values]).toEqual([1, 13, 2.5])
  })

  it('keeps its memory from step to step', () => {
    const gradient = createRowGradient({ name: 't', dim: 4 })
    const ids = Int32Array.from({ length: 1000 }, (_, i) => i * 3)
    const values = new Float32Array(4000).fill(1)
    gradient.add(ids, values)
    const memory = [gradient.rows.buffer, gradient.values.buffer]
    for (let step = 0; step < 50; step++) {
      gradient.clear()
      gradient.add(ids, values)
    }
    expect(gradient.rows.buffer).toBe(memory[0])
    expect(gradient.values.buffer).toBe(memory[1])
  })

  it('has nothing left of an earlier step', () => {
    const gradient = createRowGradient({ name: 't', dim: 2 })
    gradient.add(Int32Array.of(1, 2), Float32Array.of(Number.NaN, 1, 1, 1))
    gradient.clear()
    gradient.addBags({ ids: Int32Array.of(2), offsets: Int32Array.of(0, 1) }, 'sum', Float32Array.of(3, 4))
    gradient.add(Int32Array.of(1), Float32Array.of(5, 6))
    expect([...gradient.values]).toEqual([3, 4, 5, 6])
  })

  it('refuses what does not fit and stays as it was', () => {
    const gradient = createRowGradient({ name: 'post', dim: 2 })
    gradient.add(Int32Array.of(3), Float32Array.of(1, 2))
    expect(() => gradient.add(Int32Array.of(4, -1), new Float32Array(4))).toThrow('expected ids of table "post" to be 0 or above, got -1 at position 1')
    expect(() => gradient.add(Int32Array.of(4), new Float32Array(3))).toThrow('expected the gradient of table "post" to have shape [1, 2], got 3 values')
    // @ts-expect-error: plain numbers are not ids
    expect(() => gradient.add([1], new Float32Array(2))).toThrow('an Int32Array')
    const bags = { ids: Int32Array.of(1), offsets: Int32Array.of(0, 1) }
    expect(() => gradient.addBags(bags, 'sum', new Float32Array(4))).toThrow('shape [1, 2], got 4 values')
    expect([...gradient.rows, ...gradient.values]).toEqual([3, 1, 2])
    expect(() => createRowGradient({ name: 't', dim: 0 })).toThrow('`dim`')
  })
})
