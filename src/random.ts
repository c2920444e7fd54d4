import alea from 'seedrandom/lib/alea.js'
import { ArgumentError, checkInteger, expected } from './errors'

/** What seeds a generator: equal seeds give equal sequences on every platform. */
export type Seed = string | number

/**
 * A seeded stream of random numbers.
 *
 * `fork(label)` gives an independent stream that depends only on the parent's seed and the label, so adding a
 * consumer never shifts what the others see.
 */
export interface Random {
  /** Uniform in [0, 1). */
  readonly next: () => number
  /** Uniform integer in [0, n). */
  readonly integer: (n: number) => number
  /** A standard normal variate (Marsaglia's polar method). */
  readonly normal: () => number
  /** Permutes `items` in place (Fisher and Yates) and returns it. */
  readonly shuffle: <T extends { [index: number]: unknown; readonly length: number }>(items: T) => T
  /** An independent stream named `label`. */
  readonly fork: (label: Seed) => Random
}

/**
 * A seeded random stream (Baagøe's Alea, 53-bit doubles).
 *
 * @throws ArgumentError when `seed` is neither a string nor a finite number.
 * @example
 * ```ts
 * import { seededRandom } from 'feedrank'
 *
 * const random = seededRandom(7)
 * console.log(random.next() === seededRandom(7).next()) // true
 * ```
 */
export function seededRandom(seed: Seed): Random {
  if (typeof seed !== 'string' && !(typeof seed === 'number' && Number.isFinite(seed)))
    throw new ArgumentError(expected('seededRandom', 'seed', 'a string or a finite number', seed))
  const path = String(seed)
  const generator = alea(path)
  const next = () => generator.double()
  let spare: number | undefined
  return {
    next,
    integer: (n) => Math.floor(next() * checkInteger('random.integer', 'n', n)),
    normal() {
      if (spare !== undefined) {
        const value = spare
        spare = undefined
        return value
      }
      let u: number, v: number, s: number
      do {
        u = 2 * next() - 1
        v = 2 * next() - 1
        s = u * u + v * v
      } while (s >= 1 || s === 0)
      const scale = Math.sqrt((-2 * Math.log(s)) / s)
      spare = v * scale
      return u * scale
    },
    shuffle(items) {
      const a = items as { [index: number]: unknown; readonly length: number }
      for (let i = a.length - 1; i > 0; i--) {
        const j = Math.floor(next() * (i + 1))
        const held = a[i]
        a[i] = a[j]
        a[j] = held
      }
      return items
    },
    fork: (label) => seededRandom(`${path}/${label}`),
  }
}
