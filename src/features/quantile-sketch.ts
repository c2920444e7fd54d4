import { ArgumentError, checkInteger, checkNumber, expected } from '../errors'
import { between } from './statistics'

/** Quantiles of a stream of numbers in bounded memory. Made by {@link quantileSketch}. */
export interface QuantileSketch {
  /** @throws ArgumentError for what is no finite number */
  readonly add: (value: number) => void
  /** All of them; NaN stands for a missing value and is passed over. @throws ArgumentError for an infinite one */
  readonly addAll: (values: Float64Array) => void
  /** Takes in all that `other` has seen. `other` stays as it is. */
  readonly merge: (other: QuantileSketch) => void
  readonly count: () => number
  /**
   * The value at position `q · (n − 1)` of the sorted numbers, interpolated linearly between neighbours (NumPy's default).
   *
   * @throws ArgumentError when nothing was added, or `q` is not in [0, 1]
   */
  readonly quantile: (q: number) => number
  /** How many places a quantile's rank may be off, as a share of `count()`; 0 means exact. A bound, not an estimate. */
  readonly rankError: () => number
  /** What is kept, ascending: `values[i]` stands for `weights[i]` numbers. */
  readonly kept: () => { readonly values: Float64Array; readonly weights: Float64Array }
  /** The buffers, for {@link QuantileSketch.merge}: a number of `levels[h]` stands for `2^h`. */
  readonly levels: () => readonly Float64Array[]
}

export interface QuantileSketchOptions {
  /** How many numbers a level holds, an even number: up to so many the sketch is exact. @defaultValue 65536 */
  readonly capacity?: number
}

/**
 * A mergeable sketch of the quantiles of a stream, exact until `capacity` numbers have come.
 *
 * Levels of at most `capacity` numbers each, where one of level `h` stands for `2^h`. A full level is sorted, and every
 * other number goes up (from the first and from the second in turn), which puts any rank off by at most `2^h`. Over `n`
 * numbers that is at most `n · levels / capacity` places, `levels = ⌈log₂(n / capacity)⌉`: with the default 0.01% at ten
 * million, and `rankError` has the sum as it is. Manku, Rajagopalan, Lindsay (SIGMOD 1998); levels as in Karnin, Lang,
 * Liberty (FOCS 2016). No chance is involved: equal streams give equal sketches.
 *
 * @throws ArgumentError when `capacity` is not an even number of at least 2.
 * @example
 * ```ts
 * import { quantileSketch } from 'feedrank'
 *
 * const sketch = quantileSketch()
 * sketch.addAll(Float64Array.from({ length: 101 }, (_, i) => i))
 * console.log(sketch.quantile(0.9), sketch.rankError()) // 90 0
 * ```
 */
export function quantileSketch({ capacity = 1 << 16 }: QuantileSketchOptions = {}): QuantileSketch {
  checkInteger('quantileSketch', 'capacity', capacity, 2)
  if (capacity % 2 !== 0) throw new ArgumentError(expected('quantileSketch', 'capacity', 'even', capacity))
  const levels: Level[] = [{ values: new Float64Array(Math.min(capacity, 1024)), length: 0, odd: false }]
  let count = 0
  let misplaced = 0
  let least = Infinity
  let greatest = -Infinity
  let sorted: ReturnType<QuantileSketch['kept']> | undefined

  const put = (h: number, value: number): void => {
    const level = levels[h]
    if (level.length === level.values.length) {
      if (level.length < capacity) level.values = grown(level.values, capacity)
      else compact(h)
    }
    level.values[level.length++] = value
  }
  const compact = (h: number): void => {
    const level = levels[h]
    if (levels.length === h + 1) levels.push({ values: new Float64Array(capacity), length: 0, odd: false })
    level.values.sort()
    level.length = 0
    misplaced += 2 ** h
    for (let i = level.odd ? 1 : 0; i < capacity; i += 2) put(h + 1, level.values[i])
    level.odd = !level.odd
  }
  const add = (value: number): void => {
    if (!Number.isFinite(value)) throw new ArgumentError(expected('quantileSketch', 'value', 'a finite number', value))
    put(0, value)
    count++
    if (value < least) least = value
    if (value > greatest) greatest = value
    sorted = undefined
  }
  const held = () => levels.map(({ values, length }) => values.subarray(0, length))
  const kept = () => (sorted ??= inOrder(held()))
  return {
    add,
    addAll(values) {
      for (let i = 0; i < values.length; i++) if (values[i] === values[i]) add(values[i])
    },
    merge(other) {
      if (other.count() === 0) return
      const [low, high] = [other.quantile(0), other.quantile(1)]
      const more = other.count()
      misplaced += other.rankError() * more
      other.levels().forEach((values, h) => {
        while (levels.length <= h) levels.push({ values: new Float64Array(capacity), length: 0, odd: false })
        for (const value of values.slice()) put(h, value)
      })
      count += more
      least = Math.min(least, low)
      greatest = Math.max(greatest, high)
      sorted = undefined
    },
    count: () => count,
    quantile(q) {
      checkNumber('quantileSketch', 'q', q, { min: 0, max: 1 })
      if (count === 0) throw new ArgumentError('feedrank/quantileSketch: expected at least one number to be added before a quantile is asked for')
      return q === 0 ? least : q === 1 ? greatest : quantileOfKept(kept(), q * (count - 1))
    },
    rankError: () => (count === 0 ? 0 : misplaced / count),
    kept,
    levels: held,
  }
}

interface Level {
  values: Float64Array
  length: number
  /** Whether the next compaction keeps the second of each pair. */
  odd: boolean
}

function grown(values: Float64Array, capacity: number): Float64Array {
  const larger = new Float64Array(Math.min(capacity, 2 * values.length))
  larger.set(values)
  return larger
}

function inOrder(levels: readonly Float64Array[]): { readonly values: Float64Array; readonly weights: Float64Array } {
  if (levels.length === 1) return { values: levels[0].slice().sort(), weights: new Float64Array(levels[0].length).fill(1) }
  const size = levels.reduce((sum, level) => sum + level.length, 0)
  const all = new Float64Array(size)
  const weightOf = new Float64Array(size)
  let at = 0
  levels.forEach((level, h) => {
    all.set(level, at)
    weightOf.fill(2 ** h, at, at + level.length)
    at += level.length
  })
  const order = Uint32Array.from(all, (_, i) => i).sort((a, b) => all[a] - all[b])
  return { values: Float64Array.from(order, (i) => all[i]), weights: Float64Array.from(order, (i) => weightOf[i]) }
}

/** The value at a position of the numbers that `kept` stands for, between the two nearest. */
function quantileOfKept({ values, weights }: ReturnType<QuantileSketch['kept']>, position: number): number {
  const below = Math.floor(position)
  let i = 0
  let upTo = weights[0]
  while (upTo <= below && i + 1 < values.length) upTo += weights[++i]
  const low = values[i]
  const high = below + 1 < upTo || i + 1 === values.length ? low : values[i + 1]
  return between(low, high, position - below)
}
