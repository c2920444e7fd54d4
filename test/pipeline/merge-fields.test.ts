import { describe, expect, it } from 'vitest'
import { mergeFields } from '../../src/pipeline/merge-fields'

describe('mergeFields', () => {
  it('is what spreading gives', () => {
    class Row { id = 1; get inherited() { return 2 } }
    const cases: [object, object][] = [
      [{ a: 1, b: 1 }, { b: 2 }], [new Row(), { x: undefined }], [{ get a() { return 5 } }, {}], [{ 2: 'b', 1: 'a' }, ['zero']],
      [JSON.parse('{"__proto__": {"x": 1}, "a": 2}') as object, { b: 3 }], [{}, JSON.parse('{"__proto__": null}') as object],
      [Object.assign(Object.create({ far: 1 }) as object, { near: 2 }), Object.create(null) as object],
      [Object.assign(Object.create(null) as object, { hasOwnProperty: 1 }), new Row()], [{ [Symbol.iterator]: 1, a: 1 }, Object.create({ a: 2 }) as object],
    ]
    for (const [base, added] of cases) {
      const { ...spread }: Record<string | symbol, unknown> = { ...base, ...added }
      delete spread[Symbol.iterator]
      const merged = mergeFields(base, added)
      expect(Object.getOwnPropertyDescriptors(merged)).toEqual(Object.getOwnPropertyDescriptors(spread))
      expect(Object.keys(merged)).toEqual(Object.keys(spread))
      expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
      expect(merged).not.toBe(base)
    }
  })
})
