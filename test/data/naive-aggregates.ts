import type { Aggregate } from '../../src/data'
import { seededRandom } from '../../src/random'

export interface Event {
  readonly user: string | number
  readonly item: number
  readonly at: number
  readonly rating: number | null
  readonly clicked: boolean | null
}

/** Events in order of time, many at the same moment, with values of very different sizes and some missing. */
export function someEvents(seed: number, n: number, steps = 3): Event[] {
  const random = seededRandom(seed)
  let at = 1000
  return Array.from({ length: n }, () => {
    at += random.integer(steps) * (random.next() < 0.1 ? 7.5 : 1)
    return {
      user: random.integer(4), item: random.integer(6), at,
      rating: random.next() < 0.8 ? random.normal() * 10 ** (random.integer(16) - 8) : null,
      clicked: random.next() < 0.9 ? random.next() < 0.3 : null,
    }
  })
}

/** The sum of doubles, rounded once: in units of 2^-1074, as a whole number. */
export function exactSum(values: readonly number[]): number {
  const total = values.reduce((sum, value) => sum + inUnits(value), 0n)
  const size = total < 0n ? -total : total
  const shift = BigInt(Math.max(0, size.toString(2).length - 53))
  let kept = size >> shift
  const rest = size - (kept << shift)
  const half = shift === 0n ? 0n : 1n << (shift - 1n)
  if (shift > 0n && (rest > half || (rest === half && (kept & 1n) === 1n))) kept++
  // In two steps, as 2^-1074 times a large power would pass through infinity.
  const magnitude = Number(kept) * 2 ** (Number(shift) - 537) * 2 ** -537
  return total < 0n ? -magnitude : magnitude
}

function inUnits(value: number): bigint {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0]
  const exponent = (bits >> 52n) & 0x7ffn
  const fraction = bits & 0xfffffffffffffn
  const units = exponent === 0n ? fraction : (fraction | 0x10000000000000n) << (exponent - 1n)
  return value < 0 ? -units : units
}

/** An aggregate of a moment by its definition, looking at every event of the key again. */
export function naive(aggregate: Aggregate, mine: readonly Event[], now: number, delay: number): number | null {
  const seen = mine.filter((event) => event.at < now - delay)
  const recent = 'window' in aggregate && aggregate.window !== undefined ? seen.filter((event) => event.at >= now - (aggregate.window as number)) : seen
  const of = (events: readonly Event[]) => {
    const { of: column } = aggregate as { readonly of?: keyof Event }
    return column === undefined ? events.map(() => 1) : events.flatMap((event) => (event[column] === null ? [] : [Number(event[column])]))
  }
  const ratio = (above: number, below: number) => {
    const { prior, weight } = aggregate as { readonly prior?: number; readonly weight?: number }
    if (prior !== undefined && weight !== undefined) return (above + prior * weight) / (below + weight)
    return below === 0 ? null : above / below
  }
  switch (aggregate.kind) {
    case 'count': return recent.length
    case 'sum': return exactSum(of(recent))
    case 'mean':
    case 'rate': return ratio(exactSum(of(recent)), of(recent).length)
    case 'distinct': return new Set(of(recent)).size
    case 'trending': return ratio(exactSum(of(recent)), exactSum(of(seen)))
    case 'decayed': return seen.reduce((sum, event) => sum + (of([event])[0] ?? 0) * 2 ** ((event.at - now) / aggregate.halfLife), 0)
    case 'last-time': return seen.length === 0 ? null : seen[seen.length - 1].at
    case 'since-last': return seen.length === 0 ? null : now - seen[seen.length - 1].at
  }
}

/** One of each, with windows of several lengths. */
export const everyAggregate = {
  n: { kind: 'count' }, nShort: { kind: 'count', window: 9 }, nLong: { kind: 'count', window: 40 },
  total: { kind: 'sum', of: 'rating' }, totalShort: { kind: 'sum', of: 'rating', window: 9 },
  mean: { kind: 'mean', of: 'rating' }, meanLong: { kind: 'mean', of: 'rating', prior: 0.3, weight: 7, window: 40 },
  rate: { kind: 'rate', of: 'clicked', prior: 0.1, weight: 3 }, rateShort: { kind: 'rate', of: 'clicked', window: 12.5 },
  items: { kind: 'distinct', of: 'item' }, itemsShort: { kind: 'distinct', of: 'item', window: 9 }, itemsLong: { kind: 'distinct', of: 'item', window: 40 },
  trend: { kind: 'trending', window: 9 }, trendOf: { kind: 'trending', of: 'clicked', window: 40, prior: 0.5, weight: 2 },
  fading: { kind: 'decayed', halfLife: 20 }, fadingOf: { kind: 'decayed', of: 'clicked', halfLife: 5 },
  last: { kind: 'last-time' }, idle: { kind: 'since-last' },
} as const satisfies Readonly<Record<string, Aggregate>>
