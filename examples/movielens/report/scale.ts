/** A straight line from a domain of values to a range of places. */
export interface Scale {
  (value: number): number
  readonly domain: readonly [low: number, high: number]
  readonly range: readonly [from: number, to: number]
}

/** A linear scale; a domain of one value is widened, so that the value stands in the middle. */
export function linearScale([low, high]: readonly [number, number], range: readonly [number, number]): Scale {
  const pad = high > low ? 0 : Math.max(Math.abs(low) / 2, 0.5)
  const domain = [low - pad, high + pad] as const
  const slope = (range[1] - range[0]) / (domain[1] - domain[0])
  return Object.assign((value: number) => range[0] + (value - domain[0]) * slope, { domain, range })
}

/** A step of 1, 2 or 5 times a power of ten that gives about `wanted` steps. */
function niceStep(span: number, wanted: number): number {
  const rough = span / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find((one) => one * power >= rough * 0.999) ?? 10
  return factor * power
}

/** Round values within a domain, and the decimal places it takes to write them. */
interface Ticks {
  readonly values: readonly number[]
  readonly places: number
}

/** About `wanted` round values within `[low, high]`, each one written the same way. */
export function ticks([low, high]: readonly [number, number], wanted = 4, least = 0): Ticks {
  const step = Math.max(niceStep(high - low || 1, wanted), least)
  const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  const values = Array.from({ length: Math.max(last - first + 1, 0) }, (_, i) => Number(((first + i) * step).toFixed(places)))
  return { values, places }
}

/** The smallest domain with round ends around the values. */
export function niceDomain(values: readonly number[], wanted = 4): readonly [number, number] {
  if (values.length === 0) return [0, 1]
  const low = Math.min(...values)
  const high = Math.max(...values)
  if (low === high) return linearScale([low, high], [0, 1]).domain
  const step = niceStep(high - low, wanted)
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step]
}
