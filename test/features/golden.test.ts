import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { bucketized, categorical, defineFeatures, hashed, numeric, quantileOf } from '../../src/features'
import type { Feature } from '../../src/features'
import { tableOf } from '../../src/data'
import { murmur3 } from '../../src/hash'

interface Numbers {
  readonly values: readonly number[]
  readonly 'z-score': readonly number[]
  readonly 'min-max': readonly number[]
  readonly log1p: readonly number[]
  readonly clipped: readonly number[]
  readonly quantiles: readonly number[]
  readonly bins: readonly number[]
}

/** Made by test/golden/make_encodings.py. */
const golden: {
  readonly train: number
  readonly numbers: Readonly<Record<string, Numbers>>
  readonly discretized: readonly number[]
  readonly hashes: readonly { readonly text: string; readonly seed: number; readonly hash: number }[]
  readonly hashed: readonly { readonly text: string; readonly column: number; readonly sign: number }[]
} = JSON.parse(readFileSync(new URL('../golden/encodings.json', import.meta.url), 'utf8'))

/** Fitted on the first values, as the peers were, and all values encoded. */
function encode(feature: Feature, values: readonly number[]) {
  const spec = defineFeatures({ features: { x: feature } }).fit(tableOf({ x: values.slice(0, golden.train) }))
  const column = spec.encode(tableOf({ x: values })).columns.get('x')!
  if (column.kind === 'bags') throw new Error('expected one number a row')
  return [...(column.kind === 'dense' ? column.values : column.ids)]
}

/** Equal as 32-bit floats, up to the rounding of a different order of sums. */
function close(ours: readonly number[], theirs: readonly number[]) {
  expect(ours).toHaveLength(theirs.length)
  ours.forEach((value, i) => expect(Math.abs(value - theirs[i]), `${i}: ${value} and ${theirs[i]}`).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(theirs[i]))))
}

describe.each(Object.entries(golden.numbers))('scikit-learn and NumPy: %s', (_, expected) => {
  const { values } = expected

  test('min-max equals MinMaxScaler', () => close(encode(numeric({ scope: 'item', scale: 'min-max' }), values), expected['min-max']))

  test('log1p equals StandardScaler of np.log1p', () => close(encode(numeric({ scope: 'item', transform: 'log1p' }), values.map(Math.abs)), expected.log1p))

  test('quantiles equal np.quantile, and bins np.digitize', () => {
    const sorted = values.slice(0, golden.train).toSorted((a, b) => a - b)
    expected.quantiles.forEach((quantile, i) => expect(quantileOf(sorted, (i + 1) / 10)).toBeCloseTo(quantile, 9))
    expect(encode(bucketized({ scope: 'item', quantiles: 10 }), values)).toEqual(expected.bins)
  })

  test('z-score equals StandardScaler, clipped at quantiles or not', () => {
    close(encode(numeric({ scope: 'item' }), values), expected['z-score'])
    close(encode(numeric({ scope: 'item', clip: { quantiles: [0.05, 0.95] } }), values), expected.clipped)
  })
})

test('quantile bins equal KBinsDiscretizer, edges included', () => {
  expect(encode(bucketized({ scope: 'item', quantiles: 10 }), golden.numbers['normal'].values)).toEqual(golden.discretized)
})

test('murmur3 of UTF-8 under any seed equals scikit-learn', () => {
  for (const { text, seed, hash } of golden.hashes) expect(murmur3(text, seed), `${text.slice(0, 20)} ${seed}`).toBe(hash)
})

// The verification vectors published with MurmurHash3 implementations: https://en.wikipedia.org/wiki/MurmurHash#Algorithm
test.each([
  ['', 0x00000000, 0x00000000], ['', 0x00000001, 0x514e28b7], ['', 0xffffffff, 0x81f16f39],
  ['test', 0x00000000, 0xba6bd213], ['test', 0x9747b28c, 0x704b81dc],
  ['Hello, world!', 0x00000000, 0xc0363e43], ['Hello, world!', 0x9747b28c, 0x24884cba],
  ['The quick brown fox jumps over the lazy dog', 0x00000000, 0x2e4ff723], ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
])('murmur3 of %j under seed %i', (text, seed, hash) => expect(murmur3(text, seed)).toBe(hash))

test('the hash is the one of FeatureHasher, which takes its sign for a sign and the rest for the column', () => {
  for (const { text, column, sign } of golden.hashed) {
    const signed = murmur3(text) | 0
    expect([Math.abs(signed) % 1000, signed < 0 ? -1 : 1]).toEqual([column, sign])
  }
})

test('hashed ids are the hash mod buckets, whether a text, a number or a dictionary brings it', () => {
  const seeded = golden.hashes.filter(({ seed }) => seed === 42)
  const spec = defineFeatures({ features: { x: hashed({ scope: 'item', buckets: 997, seed: 42 }) } }).fit([{ x: '' }])
  const expected = Int32Array.from(seeded, ({ hash }) => hash % 997)
  const texts = seeded.map(({ text }) => text)
  expect(spec.encode(texts.map((x) => ({ x }))).columns.get('x')).toEqual({ kind: 'ids', ids: expected })
  expect(spec.encode(tableOf({ x: texts })).columns.get('x')).toEqual({ kind: 'ids', ids: expected })
  const at = (text: string) => expected[texts.indexOf(text)]
  const numbers = [[0, '0'], [-1, '-1'], [1.5, '1.5'], [18446744073709551615n, '18446744073709551615']] as const
  for (const [x, text] of numbers) expect(spec.encode([{ x }]).columns.get('x')).toEqual({ kind: 'ids', ids: Int32Array.of(at(text)) })
})

test('ids of any form of a name are one: as text, number, bigint and in typed columns', () => {
  const spec = defineFeatures({ features: { x: categorical({ scope: 'item' }) } }).fit([{ x: '7' }, { x: 8 }, { x: 9n }, { x: '9007199254740993' }])
  const forms = [['7', '8', '9', '10'], [7, 8, 9, 10], [7n, 8n, 9n, 10n], Int32Array.of(7, 8, 9, 10), Uint8Array.of(7, 8, 9, 10), Float32Array.of(7, 8, 9, 10), BigInt64Array.of(7n, 8n, 9n, 10n), ['7', 8, 9n, '10']]
  const ids = forms.map((x) => spec.encode(tableOf({ x })).columns.get('x'))
  for (const column of ids) expect(column).toEqual(ids[0])
  expect(spec.encode([{ x: 9007199254740993n }]).columns.get('x')).toEqual(spec.encode([{ x: '9007199254740993' }]).columns.get('x'))
})
