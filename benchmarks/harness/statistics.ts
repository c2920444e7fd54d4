/** The `q`-quantile, 0 <= q <= 1, interpolated linearly between the two nearest values. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new Error('a quantile needs at least one value')
  const sorted = values.toSorted((a, b) => a - b)
  const position = q * (sorted.length - 1)
  const below = Math.floor(position)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below)
}

/** `value` to `digits` significant digits. */
export const significant = (value: number, digits = 4): number => Number(value.toPrecision(digits))
