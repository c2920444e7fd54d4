import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DataError } from '../../src/errors'
import { clipByGlobalNorm, globalNorm } from '../../src/optimizers'

const arrays = fc.array(fc.array(fc.float({ min: -1000, max: 1000, noNaN: true }), { maxLength: 11 }), { maxLength: 5 })
const named = (lists: readonly (readonly number[])[]) => lists.map((list, i) => ({ name: `w${i}`, values: Float32Array.from(list) }))

it('is the norm of all values laid end to end', () => {
  fc.assert(
    fc.property(arrays, (lists) => {
      expect(globalNorm(named(lists))).toBeCloseTo(Math.hypot(...lists.flat()), 6)
    }),
  )
})

it('clips to the norm, keeps the direction, and leaves what is short enough', () => {
  fc.assert(
    fc.property(arrays, fc.double({ min: 0.01, max: 5000, noNaN: true }), (lists, maxNorm) => {
      const gradients = named(lists)
      const before = globalNorm(gradients)
      expect(clipByGlobalNorm(gradients, maxNorm)).toBe(before)
      const scale = before > maxNorm ? maxNorm / before : 1
      gradients.forEach(({ values }, i) => values.forEach((value, j) => expect(value).toBe(Math.fround(Math.fround(lists[i][j]) * scale))))
      expect(globalNorm(gradients)).toBeLessThanOrEqual(maxNorm * (1 + 1e-6))
    }),
  )
})

it('names the weight whose gradient is not finite, and scales nothing', () => {
  for (const bad of [Number.NaN, Infinity, -Infinity])
    for (let at = 0; at < 7; at++) {
      const gradients = [{ name: 'kernel', values: Float32Array.of(3, 4) }, { name: '__proto__', values: new Float32Array(7).fill(1) }]
      gradients[1].values[at] = bad
      const message = `feedrank/clipByGlobalNorm: expected the gradient of "__proto__" to be finite, got ${bad} at position ${at} of 7`
      let thrown: unknown
      try {
        clipByGlobalNorm(gradients, 1)
      } catch (error) {
        thrown = error
      }
      expect(DataError.isInstance(thrown) && thrown.message).toBe(message)
      expect([...gradients[0].values]).toEqual([3, 4])
      expect(() => globalNorm(gradients)).toThrow('feedrank/globalNorm')
    }
})

it('does not overflow where 32-bit squares would', () => {
  expect(globalNorm([{ name: 'w', values: Float32Array.of(3e38, 0) }])).toBeCloseTo(3e38, -32)
})

it('refuses a norm that is not positive', () => {
  for (const bad of [0, -1, Number.NaN, Infinity]) expect(() => clipByGlobalNorm([], bad)).toThrow('`maxNorm`')
})
