import { ShapeError, expected } from '../errors'

/** The size of one axis: a positive integer, or the name of a size that is known only at run time, such as `'batch'`. */
export type Dimension = number | string

/** Sizes of all axes, outermost first; `[]` is a scalar. Values are laid out row-major. */
export type Shape = readonly Dimension[]

export const showShape = (shape: Shape): string => `[${shape.join(', ')}]`

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((d, i) => d === b[i])

/** `shape` itself, after checking that each axis is a positive integer or a name. */
export function checkShape(where: string, shape: Shape): Shape {
  if (!Array.isArray(shape)) throw new ShapeError(expected(where, 'shape', 'an array of sizes and names', shape))
  for (const d of shape as Shape)
    if (typeof d === 'number' ? !(Number.isSafeInteger(d) && d > 0) : typeof d !== 'string' || d === '')
      throw new ShapeError(`feedrank/${where}: expected every axis to be a positive integer or a name, got ${showShape(shape)}`)
  return shape
}

/**
 * The shape two operands share after broadcasting: axes are aligned at the right, and an axis of size 1 stretches to
 * meet the other's. A named size meets itself and 1, nothing else.
 */
export function broadcastShapes(where: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, i) => {
    const p = a[i - rank + a.length] ?? 1
    const q = b[i - rank + b.length] ?? 1
    if (p === q || q === 1) return p
    if (p === 1) return q
    throw new ShapeError(`feedrank/${where}: cannot broadcast ${showShape(a)} with ${showShape(b)}: axis ${i} is ${p} and ${q}`)
  })
}

/** Whether a tensor of shape `from` may be stretched to shape `to`. */
export function broadcastsTo(from: Shape, to: Shape): boolean {
  if (from.length > to.length) return false
  return from.every((d, i) => d === 1 || d === to[i + to.length - from.length])
}

/** Axes as sorted, distinct, non-negative integers; negative ones count from the end; `undefined` means all. */
export function normalizeAxes(where: string, shape: Shape, axes: number | readonly number[] | undefined): readonly number[] {
  const given = axes === undefined ? shape.map((_, i) => i) : typeof axes === 'number' ? [axes] : axes
  const sorted = given.map((a) => normalizeAxis(where, shape, a)).sort((a, b) => a - b)
  if (new Set(sorted).size !== sorted.length)
    throw new ShapeError(`feedrank/${where}: expected distinct axes, got [${given.join(', ')}] for ${showShape(shape)}`)
  return sorted
}

export function normalizeAxis(where: string, shape: Shape, axis: number): number {
  const at = axis < 0 ? axis + shape.length : axis
  if (!Number.isInteger(at) || at < 0 || at >= shape.length)
    throw new ShapeError(`feedrank/${where}: expected an axis of ${showShape(shape)}, got ${axis}`)
  return at
}

/** Equal for two shapes exactly when they hold the same number of elements whatever the named sizes turn out to be. */
export function elementsKey(shape: Shape): string {
  const names = shape.filter((d) => typeof d === 'string').sort()
  const product = shape.reduce<number>((n, d) => (typeof d === 'number' ? n * d : n), 1)
  return JSON.stringify([product, ...names])
}

/** Sizes of the named axes in one run. */
export type Bindings = ReadonlyMap<string, number>

/** `shape` with every name replaced by its size. */
export function resolveShape(shape: Shape, bindings: Bindings): number[] {
  return shape.map((d) => {
    if (typeof d === 'number') return d
    const size = bindings.get(d)
    if (size === undefined) throw new ShapeError(`feedrank/shape: the size of axis '${d}' in ${showShape(shape)} is not known`)
    return size
  })
}

export const elements = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1)
