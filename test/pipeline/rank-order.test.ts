import { describe, expect, it } from 'vitest'
import { mergeFields } from '../../src/pipeline/merge-fields'
import { rankOrder } from '../../src/pipeline/rank-order'
import { seededRandom } from '../../src/random'

describe('rankOrder', () => {
  it('is a stable sort, non-finite last, for every length and every number of ties', () => {
    for (let seed = 0; seed < 400; seed++) {
      const random = seededRandom(seed)
      const n = random.integer(200)
      const ties = 1 + random.integer(300)
      const scores = Float64Array.from({ length: n }, () => (random.next() < 0.1 ? [NaN, Infinity, -Infinity][random.integer(3)] : random.integer(ties) - ties / 2))
      const all = [...scores.keys()]
      const plain = [
        ...all.filter((i) => Number.isFinite(scores[i])).sort((a, b) => scores[b] - scores[a] || a - b),
        ...all.filter((i) => !Number.isFinite(scores[i])),
      ]
      expect([...rankOrder(scores)]).toEqual(plain)
    }
  })
})

describe('mergeFields', () => {
  it('is what spreading gives', () => {
    class Row { id = 1; get inherited() { return 2 } }
    const cases: [object, object[]][] = [
      [{ a: 1 }, [{ b: 2 }, { a: 3 }]], [new Row(), [{ x: undefined }]], [{ get a() { return 5 } }, []],
      [JSON.parse('{"__proto__": {"x": 1}, "a": 2}') as object, [{ b: 3 }]], [{ 2: 'b', 1: 'a' }, [['zero']]],
      [Object.assign(Object.create({ far: 1 }) as object, { near: 2 }), [Object.create(null) as object]],
    ]
    for (const [base, additions] of cases) {
      const spread: object = { ...base, ...additions[0] }
      const merged = mergeFields(base, additions)
      expect(Object.getOwnPropertyDescriptors(merged)).toEqual(Object.getOwnPropertyDescriptors(spread))
      expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
      expect(merged).not.toBe(base)
    }
  })
})
