import fc from 'fast-check'
import { expect, it } from 'vitest'
import { accidentalHits } from '../../src/samplers'

const ids = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 12 })

it('masks every other column that holds the positive of the row, and nothing else', () => {
  fc.assert(
    fc.property(ids, ids, fc.boolean(), (positives, others, ownColumn) => {
      const candidates = ownColumn ? [...positives, ...others] : others
      const out = new Float32Array(positives.length * candidates.length).fill(Number.NaN)
      const mask = accidentalHits(Int32Array.from(positives), Int32Array.from(candidates), { ownColumn, out })
      expect(mask).toBe(out)
      positives.forEach((positive, i) =>
        candidates.forEach((candidate, j) => {
          const hit = candidate === positive && !(ownColumn && j === i)
          expect(mask[i * candidates.length + j]).toBe(hit ? -1e9 : 0)
        }),
      )
    }),
  )
})

it('leaves a softmax finite when every other candidate is a hit', () => {
  const same = Int32Array.of(3, 3, 3)
  const mask = accidentalHits(same, same)
  const logits = Array.from(mask.subarray(0, 3), (penalty) => penalty + 2)
  const top = Math.max(...logits)
  const shares = logits.map((logit) => Math.exp(logit - top))
  expect(shares).toEqual([1, 0, 0])
})

it('refuses candidates that are not what the options say', () => {
  expect(() => accidentalHits(Int32Array.of(1, 2), Int32Array.of(1))).toThrow('at least one candidate per row, got 1 for 2')
  expect(() => accidentalHits(Int32Array.of(1), Int32Array.of(2))).toThrow('expected `candidates[0]` to be the positive 1 of its row, got 2')
  expect(() => accidentalHits(Int32Array.of(1), Int32Array.of(1), { out: new Float32Array(2) })).toThrow('shape [1, 1], got 2 values')
})
