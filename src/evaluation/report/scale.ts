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
