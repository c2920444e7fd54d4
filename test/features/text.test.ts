import { describe, expect, it } from 'vitest'
import { ArgumentError, DataError } from '../../src/errors'
import { defineFeatures, text, type Analyzer, type TextOptions } from '../../src/features'
import { ngramsOf } from '../../src/features/ngrams'
import { murmur3 } from '../../src/hash'
import golden from '../golden/features.json'
import { caught } from '../models/caught'

const rules = (analyzer: Analyzer, ngrams: readonly [number, number], more: object = {}) =>
  ({ analyzer, ngrams, minWordLength: 1, lowercase: true, nfkc: true, ...more })
const encode = (options: Omit<TextOptions<'item', never, 'error'>, 'scope' | 'buckets'>, ...titles: string[]) => {
  const spec = defineFeatures({ features: { title: text({ scope: 'item', buckets: 1000, ...options }) } })
  const column = spec.fit([{ title: 'x' }]).encode(titles.map((title) => ({ title }))).columns.get('title')!
  if (column.kind !== 'bags') throw new Error(column.kind)
  return titles.map((_, row) => [...column.ids.subarray(column.offsets[row], column.offsets[row + 1])])
}

describe('n-grams', () => {
  describe.each(golden.ngrams.map((rule) => [`${rule.analyzer} ${rule.ngrams.join(' to ')}`, rule] as const))(`%s are those of ${golden.source}`, (_, rule) => {
    it.each(golden.texts.map((one, i) => [one, rule.of[i]] as const))('%j', (one, { grams, ids }) => {
      const like = rules(rule.analyzer as Analyzer, rule.ngrams as [number, number], { minWordLength: 2, nfkc: false })
      expect(ngramsOf(one, like)).toEqual(grams)
      expect(grams.map((gram) => murmur3(gram, golden.seed) % golden.buckets)).toEqual(ids)
      const spec = defineFeatures({ features: { title: text({ scope: 'item', buckets: golden.buckets, seed: golden.seed, ...like }) } })
      expect(spec.fit([{ title: one }]).encode([{ title: one }]).columns.get('title')).toMatchObject({ ids: Int32Array.from(ids) })
    })
  })

  it('are of texts made alike by NFKC and lower case, unless told not to', () => {
    const [a, b, c] = ['ﬁne Café Ａ', 'fine cafe\u0301 a', 'FINE CAFÉ a']
    expect(encode({}, a)).toEqual(encode({}, b))
    expect(encode({}, a)).toEqual(encode({}, c))
    expect(encode({ nfkc: false }, a)).not.toEqual(encode({ nfkc: false }, b))
    expect(encode({ lowercase: false }, a)).not.toEqual(encode({ lowercase: false }, c))
  })

  it('take marks for parts of words, and characters whole', () => {
    expect(ngramsOf('हिन्दी में', rules('word', [1, 1]))).toEqual(['हिन्दी', 'में'])
    expect(ngramsOf('🏄a', rules('char', [1, 2]))).toEqual(['🏄', 'a', '🏄a'])
    expect(ngramsOf('𝒳 ab', rules('word', [1, 1], { minWordLength: 2, nfkc: false }))).toEqual(['ab'])
  })

  it('count as often as they come, and no words are an empty bag', () => {
    const [twice, none, blank] = encode({}, 'sea Sea sun', '', '!?')
    expect([twice.length, twice[0] === twice[1], none, blank]).toEqual([3, true, [], []])
  })
})

describe('the rule of hashing', () => {
  it('depends on the seed and stays below the buckets', () => {
    const words = Array.from({ length: 500 }, (_, i) => `word${i}`).join(' ')
    const [a, b] = [encode({ seed: 1 }, words)[0], encode({ seed: 2 }, words)[0]]
    expect(a).not.toEqual(b)
    expect(Math.max(...a)).toBeLessThan(1000)
    expect(Math.min(...a)).toBeGreaterThanOrEqual(0)
  })
})

describe('bad input', () => {
  const spec = defineFeatures({ features: { title: text({ scope: 'item', buckets: 9 }) } }).fit([{ title: 'x' }])
  it.each([7, null, undefined, ['x'], {}, true])('a text that is %j is an error with its row', (title) => {
    const error = caught(() => spec.encode([{ title: 'x' }, { title } as never]))
    expect(String(error)).toMatch(/encode: expected `rows\[1\].title` to be (a text|there)/)
    expect(DataError.isInstance(error)).toBe(true)
  })

  it('a missing text may be an empty bag', () => {
    const optional = defineFeatures({ features: { title: text({ scope: 'item', buckets: 9, missing: 'empty' }) } }).fit([{ title: 'x' }, {}])
    expect(optional.encode([{ title: null }, {}]).columns.get('title')).toMatchObject({ offsets: Int32Array.of(0, 0, 0) })
  })

  it.each<[object, RegExp]>([
    [{ buckets: 0 }, /`buckets` to be a positive integer/],
    [{ buckets: 8, ngrams: [2, 1] }, /`ngrams\[1\]` to be an integer of at least 2, got 1/],
    [{ buckets: 8, ngrams: [0, 1] }, /`ngrams\[0\]`/],
    [{ buckets: 8, ngrams: 2 }, /`ngrams` to be \[shortest, longest\], got 2/],
    [{ buckets: 8, analyzer: 'words' }, /`analyzer` to be 'word' or 'char' or 'char_wb', got "words"/],
    [{ buckets: 8, lowercase: 1 }, /`lowercase` to be true or false/],
    [{ buckets: 8, nfkc: 'NFC' }, /`nfkc` to be true or false/],
    [{ buckets: 8, seed: -1 }, /`seed`/],
    [{ buckets: 8, minWordLength: 0 }, /`minWordLength`/],
    [{ buckets: 8, combiner: 'max' }, /`combiner`/],
    [{ buckets: 8, missing: 'zero' }, /`missing`/],
  ])('%j is refused', (options, message) => {
    const error = caught(() => text({ scope: 'item', ...options } as never))
    expect(String(error)).toMatch(message)
    expect(ArgumentError.isInstance(error)).toBe(true)
  })
})
