import { describe, expect, it } from 'vitest'
import { mergeFields } from '../../src/pipeline/merge-fields'

describe('mergeFields', () => {
  it('is what spreading gives', () => {
    class Row { id = 1; get inherited() { return 2 } }
    const cases: [object, object[]][] = [
      [{ a: 1 }, [{ b: 2 }, { a: 3 }]], [new Row(), [{ x: undefined }]], [{ get a() { return 5 } }, []],
      [JSON.parse('{"__proto__": {"x": 1}, "a": 2}') as object, [{ b: 3 }]], [{ 2: 'b', 1: 'a' }, [['zero']]],
      [Object.assign(Object.create({ far: 1 }) as object, { near: 2 }), [Object.create(null) as object]],
    ]
    for (const [base, additions] of cases) {
      const spread: object = { ...base, ...additions[0], ...additions[1] }
      const merged = mergeFields(base, additions)
      expect(Object.getOwnPropertyDescriptors(merged)).toEqual(Object.getOwnPropertyDescriptors(spread))
      expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
      expect(merged).not.toBe(base)
    }
  })
})
