import { describe, expect, it, vi } from 'vitest'
import * as errors from '../src/errors'

const kinds = [errors.ArgumentError, errors.ShapeError, errors.SpecError, errors.ContractError, errors.BackendError, errors.DataError, errors.ModelFileError]

describe('errors', () => {
  it.each(kinds)('%o has a code, a name and its cause', (Kind) => {
    const cause = new Error('deeper')
    const error = new Kind('feedrank/here: what', { cause })
    expect(error).toMatchObject({ code: Kind.code, name: Kind.name, message: 'feedrank/here: what', cause })
    expect(error).toBeInstanceOf(Error)
  })

  it('no two kinds share a code', () => {
    expect(new Set(kinds.map((Kind) => Kind.code)).size).toBe(kinds.length)
  })

  it('isInstance tells kinds apart, and ours from others', () => {
    for (const Kind of kinds) {
      const error = new Kind('x')
      expect(errors.FeedrankError.isInstance(error)).toBe(true)
      for (const Other of kinds) expect(Other.isInstance(error)).toBe(Other === Kind)
    }
    for (const other of [new Error('x'), { code: 'argument' }, null, undefined, 'argument']) expect(errors.FeedrankError.isInstance(other)).toBe(false)
  })

  it('isInstance holds across copies of the package, where instanceof does not', async () => {
    vi.resetModules()
    const copy = await import('../src/errors')
    const error = new copy.DataError('x')
    expect(error).not.toBeInstanceOf(errors.DataError)
    expect(errors.DataError.isInstance(error)).toBe(true)
    expect(errors.SpecError.isInstance(error)).toBe(false)
  })

  it('checks say where, what was expected and what came', () => {
    expect(() => errors.checkInteger('ndcg', 'k', 0)).toThrow('feedrank/ndcg: expected `k` to be a positive integer, got 0')
    expect(() => errors.checkInteger('x', 'n', 2.5, 0)).toThrow('feedrank/x: expected `n` to be a non-negative integer, got 2.5')
    expect(() => errors.checkNumber('x', 'p', NaN, { min: 0, below: 1 })).toThrow('feedrank/x: expected `p` to be a finite number >= 0 and < 1, got NaN')
    expect(() => errors.checkNumber('x', 'p', 1, { min: 0, below: 1 })).toThrow('got 1')
    expect(() => errors.checkSameLength('x', 'a', 1, 'b', 2)).toThrow('feedrank/x: expected `a` and `b` to have the same length, got 1 and 2')
    expect(errors.checkInteger('x', 'n', 3)).toBe(3)
    expect(errors.checkNumber('x', 'p', 0, { min: 0 })).toBe(0)
  })

  it('shows any value briefly', () => {
    const shown = [['a"b', '"a\\"b"'], [7n, '7n'], [[1, 2], 'an array of 2'], [new Float32Array(3), 'Float32Array of 3'], [Object.create(null), 'an object (no prototype)'], [undefined, 'undefined'], [() => 1, 'function (anonymous)']]
    for (const [value, text] of shown) expect(errors.show(value)).toBe(text)
    expect(errors.show('x'.repeat(100)).length).toBeLessThan(70)
  })
})
