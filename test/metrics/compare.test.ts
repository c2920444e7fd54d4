import { compare, effectSize, pairedTTest, permutationTest, wilcoxonSignedRank } from 'feedrank/metrics'
import type { CompareOptions, Run, SampledRun } from 'feedrank/metrics'
import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../src/errors'
import { seededRandom } from '../../src/random'

const random = seededRandom(6)
const column = (n: number, of: () => number) => Float64Array.from({ length: n }, of)
const base = column(200, () => random.next())
const shifted = (by: number, noise = 0.1) => base.map((value) => value + by + noise * random.normal())
const a: Run = { name: 'ours', values: { 'ndcg@10': shifted(0.05), 'recall@10': shifted(0), 'logLoss@1': shifted(-0.06), same: base } }
const b: Run = { name: 'popularity', values: { 'ndcg@10': base, 'recall@10': base, 'logLoss@1': base, same: base } }
const verdicts = (options?: CompareOptions) => compare(a, b, options).metrics.map(({ verdict }) => verdict)

test('says what is better, worse, the same and undecided, metric by metric and in words', () => {
  const found = compare(a, b)
  expect(found.metrics.map(({ metric, verdict }) => [metric, verdict])).toEqual([['ndcg@10', 'better'], ['recall@10', 'undecided'], ['logLoss@1', 'better'], ['same', 'same']])
  const [ndcg, recall] = found.metrics
  expect(ndcg.words).toMatch(/^ndcg@10: ours is better than popularity by 0\.0\d+ \([\d.]+%\), 95% interval 0\.0\d+ to 0\.0\d+, p below 0\.001 after correction for 4 comparisons\. Believe it\.$/)
  expect(recall.words).toMatch(/^recall@10: no telling ours from popularity: .* With 200 users, differences below about 0\.0\d+ often go unseen\.$/)
  expect(found.words).toBe('ours is better than popularity on ndcg@10, logLoss@1; the same as popularity on same; not to be told from popularity on recall@10.')
  expect([found.candidates, found.unmatched, found.test]).toEqual(['all', 0, 't'])
  expect(compare(b, a).metrics.map(({ verdict }) => verdict)).toEqual(['worse', 'undecided', 'worse', 'same'])
})

test('each number is the one its own function gives', () => {
  const column = (run: Run, metric: string) => (run.values as { [metric: string]: Float64Array })[metric]
  const [x, y] = [column(a, 'recall@10'), column(b, 'recall@10')]
  const of = (options: CompareOptions) => compare(a, b, { correction: 'none', ...options }).metrics[1]
  expect(of({}).pValue).toBe(pairedTTest(x, y).pValue)
  expect(of({ test: 'wilcoxon' }).pValue).toBe(wilcoxonSignedRank(x, y).pValue)
  expect(of({ test: 'permutation', resamples: 500, seed: 3 }).pValue).toBe(permutationTest(x, y, { resamples: 500, seed: 3 }).pValue)
  expect(of({}).effect).toEqual(effectSize(x, y))
  expect(of({}).adjustedPValue).toBe(of({}).pValue)
  expect(of({}).difference).toBe(pairedTTest(x, y).difference)
  const [student, percentile, bca] = (['t', 'percentile', 'bca'] as const).map((interval) => of({ interval, resamples: 4000 }))
  for (const { low, high } of [percentile, bca]) {
    expect(Math.abs(low - student.low)).toBeLessThan(0.002)
    expect(Math.abs(high - student.high)).toBeLessThan(0.002)
  }
})

test('many comparisons raise the bar', () => {
  const values = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`m${i}`, i === 0 ? Array.from({ length: 30 }, (_, user) => (user % 2 ? 1.4 : -0.6)) : column(30, () => random.normal())]))
  const nothing = Object.fromEntries(Object.keys(values).map((name) => [name, new Float64Array(30)]))
  const found = (correction: 'none' | 'holm') => compare({ name: 'x', values }, { name: 'y', values: nothing }, { correction })
  const settled = (correction: 'none' | 'holm') => found(correction).metrics.filter(({ verdict }) => verdict !== 'undecided').length
  expect(settled('none')).toBeGreaterThan(0)
  expect(settled('holm')).toBe(0)
  expect(found('holm').metrics.find(({ pValue }) => pValue < 0.05)?.words).toMatch(/Alone it would pass/)
  expect(found('holm').metrics[0].detectable).toBeGreaterThan(found('none').metrics[0].detectable)
})

test('what is detectable is detected four times out of five', () => {
  let detected = 0
  for (let trial = 0; trial < 200; trial++) {
    const noise = column(60, () => random.normal())
    const { detectable } = compare({ name: 'x', values: { m: noise } }, { name: 'y', values: { m: new Float64Array(60) } }).metrics[0]
    if (pairedTTest(column(60, () => random.normal() + detectable), new Float64Array(60)).pValue < 0.05) detected++
  }
  expect(Math.abs(detected / 200 - 0.8)).toBeLessThan(0.09)
})

test('a margin makes small differences equivalent, and few pairs are said to be few', () => {
  expect(verdicts({ margin: 0.2 })).toEqual(['equivalent', 'equivalent', 'equivalent', 'same'])
  expect(verdicts({ lowerIsBetter: [] })[2]).toBe('worse')
  expect(verdicts({ lowerIsBetter: ['ndcg@10'] })[0]).toBe('worse')
  const few = compare({ name: 'x', values: { m: [1, 2, 3] } }, { name: 'y', values: { m: [1, 3, 3] } }, { unit: 'query' })
  expect(few.metrics[0].words).toMatch(/It rests on 3 queries only\./)
})

test('runs are paired by unit, whatever their order', () => {
  const units = ['__proto__', 'constructor', 7, 'ünï']
  const one: Run = { name: 'x', units, values: new Map([['m', [1, 2, 3, 4]]]) }
  const other: Run = { name: 'y', units: [...units].reverse(), values: { m: [3, 3, 1, 1] } }
  expect(compare(one, other).metrics[0].difference).toBe(0.5)
  const short: Run = { name: 'y', units: units.slice(0, 3), values: { m: [1, 1, 3] } }
  expect(() => compare(one, short)).toThrow(/y lacks ünï/)
  expect(() => compare(short, one)).toThrow(/y lacks ünï/)
  const dropped = compare(one, short, { unmatched: 'drop' })
  expect([dropped.unmatched, dropped.metrics[0].pairs]).toEqual([1, 3])
  expect(dropped.words).toMatch(/1 user of one run alone left out/)
  expect(() => compare(one, { ...short, units: [7, 7, 'a'] })).toThrow(/names? each unit once, got 7 twice/)
  expect(() => compare(one, { name: 'y', values: { m: [1, 2, 3, 4] } })).toThrow(/`b.units` to be given for both/)
})

test('pairs without a value on both sides are left out and counted', () => {
  const { pairs, leftOut, a: mean } = compare({ name: 'x', values: { m: [1, NaN, 3] } }, { name: 'y', values: { m: [1, NaN, 2] } }).metrics[0]
  expect([pairs, leftOut, mean]).toEqual([2, 1, 2])
  expect(() => compare({ name: 'x', values: { m: [1, NaN, 3] } }, { name: 'y', values: { m: [1, 2, 2] } })).toThrow(/compare: m: .*`a\[1\]`/)
})

describe('sampled negatives', () => {
  const sampled = (name: string, sampledNegatives: number): SampledRun => ({ name, candidates: { sampledNegatives }, values: { m: [0.1, 0.2, name.length / 10] } })
  test('are labelled, and compare with their like only', () => {
    const found = compare(sampled('x', 99), sampled('yy', 99))
    expect(found.candidates).toEqual({ sampledNegatives: 99 })
    expect(found.words).toMatch(/Ranked among 99 sampled negatives, not among all items/)
    expect(() => compare(sampled('x', 99), sampled('y', 100))).toThrow(/99 sampled negatives and 100 sampled negatives; such figures do not compare/)
    expect(() => compare(sampled('x', 99), { name: 'y', values: { m: [1, 2, 3] } } as unknown as SampledRun)).toThrow(/99 sampled negatives and all items/)
    expect(() => compare(sampled('x', 0), sampled('y', 0))).toThrow(/sampledNegatives/)
  })
})

test.each<[string, () => unknown, RegExp]>([
  ['no run', () => compare(undefined as unknown as Run, b), /`a` to be a run/],
  ['no name', () => compare({ ...a, name: '' }, b), /`a.name`/],
  ['no metric', () => compare({ name: 'x', values: {} }, b), /`a.values`/],
  ['a metric of one alone', () => compare({ name: 'x', values: { other: [1, 2] } }, { name: 'y', values: { m: [1, 2] } }), /`b.values` to be with values of "other"|`a.values` to be with values of "m"/],
  ['another metric', () => compare({ name: 'x', values: { m: [1, 2], n: [1, 2] } }, { name: 'y', values: { m: [1, 2] } }), /`b.values` to be with values of "n"/],
  ['lengths that differ', () => compare({ name: 'x', values: { m: [1, 2] } }, { name: 'y', values: { m: [1] } }), /same length/],
  ['ragged metrics', () => compare({ name: 'x', values: { m: [1, 2], n: [1] } }, b), /same length/],
  ['one pair', () => compare({ name: 'x', values: { m: [1] } }, { name: 'y', values: { m: [1] } }), /at least 2 pairs/],
  ['an infinite value', () => compare({ name: 'x', values: { m: [1, Infinity] } }, { name: 'y', values: { m: [1, 2] } }), /`a\[1\]`/],
  ['an unknown test', () => compare(a, b, { test: 'z' as 't' }), /`test`/],
  ['an unknown interval', () => compare(a, b, { interval: 'z' as 't' }), /`interval`/],
  ['an unknown correction', () => compare(a, b, { correction: 'z' as 'holm' }), /`correction`/],
  ['a level of 1', () => compare(a, b, { level: 1 }), /`level`/],
  ['a margin below 0', () => compare(a, b, { margin: -1 }), /`margin`/],
  ['options that are none', () => compare(a, b, null as unknown as CompareOptions), /`options`/],
])('compare refuses %s', (_name, call, text) => {
  expect(call).toThrow(text)
  expect(call).toThrow(ArgumentError)
})
