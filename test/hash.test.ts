import { describe, expect, it } from 'vitest'
import { mix32, murmur3 } from '../src/hash'

describe('murmur3', () => {
  it.each([
    // MurmurHash3_x86_32 as scikit-learn 1.9.1 computes it: sklearn.utils.murmurhash3_32(key, seed, positive=True).
    ["", 0, 0],
    ["", 1, 1364076727],
    ["a", 0, 1009084850],
    ["ab", 0, 2613040991],
    ["abc", 0, 3017643002],
    ["abcd", 0, 1139631978],
    ["hello", 0, 613153351],
    ["hello", 42, 3806057185],
    ["The quick brown fox jumps over the lazy dog", 2538058380, 799549133],
    ["žluťoučký kůň", 7, 493390076],
    ["日本語", 0, 2779017879],
    ["__proto__", 3, 2507041730],
    ["😀x", 1, 1361292149],
  ] as const)('%j with seed %i is %i', (key, seed, hash) => {
    expect(murmur3(key, seed)).toBe(hash)
  })

  it('hashes keys longer than its scratch space as the bytes they are', () => {
    const long = 'é'.repeat(2000)
    expect(murmur3(long)).toBe(1465385864)
    expect(murmur3(`${long}x`)).not.toBe(murmur3(long))
  })

  it('fills buckets evenly', () => {
    const counts = Array.from({ length: 16 }, () => 0)
    for (let i = 0; i < 16_000; i++) counts[murmur3(`user-${i}`) % 16]++
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(1000 * (15 / 16)))
  })
})

describe('mix32', () => {
  it('is a bijection on a sample, and every input bit moves about half of the output bits', () => {
    const seen = new Set(Array.from({ length: 50_000 }, (_, i) => mix32(i)))
    expect(seen.size).toBe(50_000)
    for (let bit = 0; bit < 32; bit++) {
      let flipped = 0
      for (let i = 1; i <= 500; i++) {
        let difference = mix32(i * 7919) ^ mix32((i * 7919) ^ (1 << bit))
        for (; difference !== 0; difference &= difference - 1) flipped++
      }
      expect(Math.abs(flipped / 500 - 16)).toBeLessThan(1)
    }
  })
})
