/** Expected values: `test/golden/make_statistics.py` (SciPy, statsmodels, and DeLong's formulas over all pairs). */
import {
  adjustPValues, aucDifference, aucInterval, auc, effectSize, meanInterval, normalCdf, normalQuantile, pairedBootstrapTest, pairedTTest,
  permutationTest, studentCdf, studentQuantile, wilcoxonSignedRank,
} from 'feedrank/metrics'
import type { Alternative, Correction } from 'feedrank/metrics'
import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../src/errors'
import { seededRandom } from '../../src/random'
import { bcaShift, intervalEnds } from '../../src/metrics/statistics/bca'
import { expectAllClose, expectClose, readJson } from './peers'

interface Pairs {
  readonly a: number[]
  readonly b: number[]
  readonly t: { readonly [alternative in Alternative]?: readonly [number, number] }
  readonly wilcoxon: readonly (readonly [Alternative, 'wilcox' | 'pratt', 'auto' | 'asymptotic', boolean, number, number])[]
  readonly permutation?: { readonly [alternative in Alternative]: number }
  readonly meanInterval?: readonly [number, number]
}
const golden = readJson<{
  normalCdf: [number, number][]
  normalQuantile: [number, number][]
  studentCdf: [number, number, number][]
  studentQuantile: [number, number, number][]
  pairs: Pairs[]
  adjust: [Correction, number[], number[]][]
  delong: { labels: number[]; a: number[]; b: number[]; aucs: [number, number]; errors: [number, number]; z: number; p: number }[]
  bca: { values: number[]; resampled: number[]; low: number; high: number; acceleration: number }
}>('statistics.json')

const alternatives = ['two-sided', 'greater', 'less'] as const
/** Close in relation to the value, however small: a p-value of 1e-9 has digits as well. */
const expectRelative = (got: number, want: number, tolerance: number) =>
  expect(Math.abs(got - want), `${got} against ${want}`).toBeLessThanOrEqual(tolerance * Math.abs(want) + 2e-16 * Math.min(1, Math.abs(want) * 1e6))

describe('distributions, far into their tails', () => {
  test.each(golden.normalCdf)('normalCdf(%d)', (x, want) => expectRelative(normalCdf(x), want, x < -10 ? 1e-13 : 1e-14))
  test.each(golden.normalQuantile)('normalQuantile(%d)', (p, want) => expectRelative(normalQuantile(p), want, 1e-14))
  test.each(golden.studentCdf)('studentCdf(%d, %d)', (t, freedom, want) => expectRelative(studentCdf(t, freedom), want, 1e-12))
  test.each(golden.studentQuantile)('studentQuantile(%d, %d)', (p, freedom, want) => expectRelative(studentQuantile(p, freedom), want, 1e-12))
  test('infinities, and what is no probability', () => {
    expect([normalCdf(-Infinity), normalCdf(Infinity), studentCdf(-Infinity, 3), studentCdf(Infinity, 3)]).toEqual([0, 1, 0, 1])
    for (const call of [() => normalCdf(NaN), () => normalQuantile(0), () => normalQuantile(1), () => studentCdf(1, 0), () => studentQuantile(2, 3)])
      expect(call).toThrow(ArgumentError)
  })
})

describe.each(golden.pairs.map((one) => [one.a.length, one] as const))('%d pairs', (_n, one) => {
  test('the t test', () => {
    for (const alternative of alternatives) {
      const want = one.t[alternative]
      if (!want) continue
      const { statistic, pValue } = pairedTTest(one.a, one.b, { alternative })
      expectAllClose([statistic, pValue], want)
    }
  })

  test("Wilcoxon's", () => {
    for (const [alternative, zeros, method, continuity, statistic, pValue] of one.wilcoxon) {
      const got = wilcoxonSignedRank(one.a, one.b, { alternative, zeros, method: method === 'auto' ? 'auto' : 'normal', continuity })
      expectClose(got.statistic, statistic)
      expectClose(got.pValue, pValue)
    }
  })

  test('permutation, and the interval of the mean', () => {
    for (const alternative of alternatives)
      if (one.permutation) {
        const { exact, pValue } = permutationTest(one.a, one.b, { alternative })
        expect(exact).toBe(true)
        expectClose(pValue, one.permutation[alternative])
      }
    const { low, high } = meanInterval(one.a.map((value, i) => value - one.b[i]))
    if (one.meanInterval) expectAllClose([low, high], one.meanInterval)
  })
})

test.each(golden.adjust)('adjustPValues %s', (correction, given, want) => expectAllClose(adjustPValues(given, correction), want))

test.each(golden.delong)("DeLong's interval and difference", ({ labels, a, b, aucs, errors, z, p }) => {
  const one = aucInterval(labels, a)
  expectAllClose([one.value, one.standardError], [aucs[0], errors[0]])
  expectAllClose([one.low, one.high], [Math.max(0, aucs[0] - normalQuantile(0.975) * errors[0]), Math.min(1, aucs[0] + normalQuantile(0.975) * errors[0])])
  expectClose(one.value, auc(labels, a))
  const two = aucDifference(labels, a, b)
  expectAllClose([two.a, two.b, two.statistic, two.pValue], [...aucs, z, p], 1e-11)
  const same = aucDifference(labels, a, a)
  expect([same.difference, same.statistic, same.pValue]).toEqual([0, 0, 1])
})

test('the ends of the BCa interval', () => {
  const { values, resampled, low, high, acceleration } = golden.bca
  const total = values.reduce((sum, value) => sum + value, 0)
  const shift = bcaShift(Float64Array.from(resampled), total / 40, values.map((value) => (total - value) / 39))
  expectClose(shift.acceleration, acceleration)
  const ends = intervalEnds(0.95, shift)
  expectAllClose([ends.low, ends.high], [low, high])
})

test('the exact and the drawn permutation test agree', () => {
  const random = seededRandom(8)
  const b = Array.from({ length: 12 }, () => random.next())
  const a = b.map((value) => value + 0.3 * random.normal() + 0.1)
  const exact = permutationTest(a, b)
  const drawn = permutationTest(a, b, { resamples: 4095, seed: 3 })
  expect([exact.exact, drawn.exact, drawn.resamples]).toEqual([true, false, 4095])
  expect(Math.abs(exact.pValue - drawn.pValue)).toBeLessThan(0.04)
  expect(permutationTest(a, b, { resamples: 4095, seed: 3 })).toEqual(drawn)
  expect(Math.abs(pairedBootstrapTest(a, b).pValue - exact.pValue)).toBeLessThan(0.1)
})

test.each(Object.entries({ pairedTTest, wilcoxonSignedRank, permutationTest, pairedBootstrapTest }))('%s holds its level, and finds what is there', (_name, run) => {
  const random = seededRandom(2)
  let falsely = 0
  let rightly = 0
  for (let trial = 0; trial < 200; trial++) {
    const noise = Array.from({ length: 25 }, () => random.normal())
    const nothing = new Float64Array(25)
    if (run(noise, nothing, { resamples: 199 } as object).pValue < 0.05) falsely++
    if (run(noise.map((value) => value + 1), nothing, { resamples: 199 } as object).pValue < 0.05) rightly++
  }
  expect(falsely / 200).toBeLessThan(0.1)
  expect(rightly / 200).toBeGreaterThan(0.95)
})

test('turning the sides round turns the sign, not the p-value', () => {
  const random = seededRandom(4)
  for (let trial = 0; trial < 20; trial++) {
    const n = 3 + random.integer(12)
    const [a, b] = [0, 1].map(() => Array.from({ length: n }, () => random.integer(8) / 8))
    for (const run of [pairedTTest, wilcoxonSignedRank, permutationTest]) {
      expectClose(run(a, b).difference, -run(b, a).difference)
      expectClose(run(a, b).pValue, run(b, a).pValue)
      expectClose(run(a, b, { alternative: 'greater' }).pValue, run(b, a, { alternative: 'less' }).pValue)
    }
    const { wins, ties, losses } = effectSize(a, b)
    expectClose(wins + ties + losses, 1)
    expectClose(effectSize(a, b).rankBiserial, -effectSize(b, a).rankBiserial)
  }
})

describe.each(Object.entries({ pairedTTest, wilcoxonSignedRank, permutationTest, pairedBootstrapTest, effectSize }))('%s', (name, run) => {
  test('leaves out pairs without a value, and names what is wrong', () => {
    const whole = run([3, 1, 2], [1, 1, 1])
    expect(run([3, NaN, 1, 2], [1, NaN, 1, 1])).toEqual(whole)
    expect(() => run([3, NaN], [1, 1])).toThrow(new RegExp(`feedrank/${name}: expected \`a\\[1\\]\` to be a finite number, got NaN`))
    expect(() => run([3, 2], [1])).toThrow(/same length/)
    expect(() => run([], [])).toThrow(ArgumentError)
    expect(() => run([NaN], [NaN])).toThrow(/pairs of values, got 0/)
    expect(() => run('no' as unknown as number[], [1])).toThrow(/`a`/)
  })

  test('no difference at all is no surprise', () => {
    const found: object = run([1, 2, 3], [1, 2, 3])
    expect(Object.values(found).some((value) => Number.isNaN(value))).toBe(false)
    if ('pValue' in found) expect(found.pValue).toBe(1)
  })
})

test('options that make no sense', () => {
  const bad: unknown[] = [
    () => pairedTTest([1, 2], [1, 3], { alternative: 'both' as 'less' }), () => wilcoxonSignedRank([1, 2], [1, 3], { zeros: 'keep' as 'pratt' }),
    () => wilcoxonSignedRank([1, 2], [1, 3], { method: 'fast' as 'exact' }), () => permutationTest([1, 2], [1, 3], { resamples: 0 }),
    () => adjustPValues([0.1, 2]), () => adjustPValues([0.1], 'sidak' as 'holm'), () => meanInterval([1]), () => meanInterval([1, 2], 1),
    () => aucInterval([0, 1, 1], [1, 2, 3]), () => aucInterval([0, 1], [1]), () => aucDifference([0, 0, 1, 1], [1, 2, 3, 4], [1, 2, 3, NaN]),
  ]
  for (const call of bad) expect(call).toThrow(ArgumentError)
  expect(pairedTTest([2, 3], [1, 2]).pValue).toBe(0)
})
