import { exposureFairness, gini } from 'feedrank/metrics'
import type { ExposureOptions, ItemId } from 'feedrank/metrics'
import { expect, test } from 'vitest'
import { ArgumentError } from '../../src/errors'
import { seededRandom } from '../../src/random'
import { expectAllClose, expectClose } from './peers'

const authorOf = (item: ItemId) => String(item).split('/')[0]
const lists = [['ann/1', 'bob/1', 'ann/2'], ['bob/1', 'cyd/1']]

test('the exposure of an author is the attention at its ranks', () => {
  const of = (options?: ExposureOptions) => new Map(exposureFairness(lists, authorOf, options).authors.map(({ author, exposure }) => [author, exposure]))
  const second = 1 / Math.log2(3)
  const logarithmic = of()
  expectAllClose([...logarithmic.values()], [1 + second, 1.5, second])
  expect([...logarithmic.keys()]).toEqual(['bob', 'ann', 'cyd'])
  expect(Object.fromEntries(of({ attention: 'uniform' }))).toEqual({ ann: 2, bob: 2, cyd: 1 })
  expect(Object.fromEntries(of({ attention: 'reciprocal' }))).toEqual({ ann: 1 + 1 / 3, bob: 1.5, cyd: 0.5 })
  expect(Object.fromEntries(of({ attention: (rank) => (rank === 1 ? 1 : 0) }))).toEqual({ ann: 1, bob: 1, cyd: 0 })
})

test('is held against merit', () => {
  const uniform = { attention: 'uniform' } as const
  const alike = exposureFairness(lists, authorOf, uniform)
  expectAllClose([alike.gini, alike.misplaced, alike.worstToBest], [gini([2, 2, 1]), (2 * (2 / 5 - 1 / 3) + (1 / 3 - 1 / 5)) / 2, 0.5])
  const fair = exposureFairness(lists, authorOf, { ...uniform, merit: new Map([['ann', 20], ['bob', 20], ['cyd', 10]]) })
  expectAllClose([fair.misplaced, fair.worstToBest], [0, 1])
  expect(fair.authors.map(({ ratio }) => ratio)).toEqual([1, 1, 1])
  const unseen = exposureFairness(lists, authorOf, { ...uniform, merit: new Map([['ann', 1], ['dee', 1]]) })
  expect(unseen.authors.map(({ author, ratio }) => [author, ratio])).toEqual([['ann', 0.8], ['bob', Infinity], ['cyd', Infinity], ['dee', 0]])
  expectAllClose([unseen.misplaced, unseen.worstToBest], [(0.1 + 0.4 + 0.2 + 0.5) / 2, 0])
  const nobody = exposureFairness(lists, authorOf, { merit: new Map([['dee', 1]]) })
  expectAllClose([nobody.misplaced, nobody.worstToBest], [1, 0])
})

test('does not depend on who is called what, nor on the unit of merit', () => {
  for (let seed = 0; seed < 20; seed++) {
    const random = seededRandom(seed)
    const names = ['__proto__', 'constructor', 'ünï', 'a', 'b']
    const some = Array.from({ length: 8 }, () => Array.from({ length: random.integer(9) }, () => `${names[random.integer(5)]}/${random.integer(9)}`))
    some.push(['a/1'])
    const merit = new Map(names.map((name) => [name, 1 + random.integer(5)]))
    const found = exposureFairness(some, authorOf, { merit })
    const scaled = exposureFairness(some, authorOf, { merit: new Map([...merit].map(([name, value]) => [name, 7 * value])) })
    expectAllClose([scaled.misplaced, scaled.worstToBest, scaled.gini], [found.misplaced, found.worstToBest, found.gini])
    expectClose(found.authors.reduce((sum, { share }) => sum + share, 0), 1)
    expectClose(found.authors.reduce((sum, { deserved }) => sum + deserved, 0), 1)
    for (const value of [found.gini, found.misplaced, found.worstToBest]) {
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThanOrEqual(1 + 1e-12)
    }
  }
})

test.each<[string, () => unknown, RegExp]>([
  ['no lists', () => exposureFairness('x' as unknown as string[][], authorOf), /`lists`/],
  ['no function', () => exposureFairness(lists, 'ann' as unknown as typeof authorOf), /`authorOf`/],
  ['an item without an author', () => exposureFairness(lists, () => undefined as unknown as string), /`authorOf\(ann\/1\)` to be a string or a number/],
  ['a negative merit', () => exposureFairness(lists, authorOf, { merit: new Map([['ann', -1]]) }), /merit of ann/],
  ['merit that is no map', () => exposureFairness(lists, authorOf, { merit: { ann: 1 } as unknown as Map<string, number> }), /`merit` to be a Map/],
  ['an unknown attention', () => exposureFairness(lists, authorOf, { attention: 'constructor' as 'uniform' }), /`attention`/],
  ['attention that is none', () => exposureFairness(lists, authorOf, { attention: () => NaN }), /attention\(1\)/],
  ['nothing shown', () => exposureFairness([[], []], authorOf), /undefined without exposure/],
  ['no merit', () => exposureFairness(lists, authorOf, { merit: new Map([['ann', 0]]) }), /undefined without an author of merit/],
])('refuses %s', (_name, call, text) => {
  expect(call).toThrow(text)
  expect(call).toThrow(ArgumentError)
})

test('nothing shown is what it was told to be', () => {
  expect(exposureFairness([], authorOf, { whenUndefined: NaN })).toEqual({ authors: [], gini: NaN, misplaced: NaN, worstToBest: NaN })
})
