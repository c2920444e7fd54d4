/** Strides of a row-major array of these sizes; an axis of size 1 has stride 0, so it stretches for free. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = shape.map(() => 0)
  for (let i = shape.length - 1, step = 1; i >= 0; step *= shape[i--]) strides[i] = shape[i] === 1 ? 0 : step
  return strides
}

/** Strides of an array of shape `from`, read as if it were broadcast to `rank` axes. */
export const broadcastStrides = (from: readonly number[], rank: number): number[] =>
  [...Array.from({ length: rank - from.length }, () => 0), ...stridesOf(from)]

/** Loops over several strided arrays at once: sizes outermost first, and for each array its stride per axis. */
export interface LoopNest {
  readonly sizes: readonly number[]
  readonly strides: readonly (readonly number[])[]
}

/** The same walk with as few loops as possible: axes of size 1 are gone, and axes all arrays step through evenly are one. */
export function collapse(sizes: readonly number[], strides: readonly (readonly number[])[]): LoopNest {
  const kept: number[] = []
  const steps: number[][] = strides.map(() => [])
  for (let axis = 0; axis < sizes.length; axis++) {
    if (sizes[axis] === 1) continue
    const last = kept.length - 1
    if (last >= 0 && strides.every((s, a) => steps[a][last] === s[axis] * sizes[axis])) {
      kept[last] *= sizes[axis]
      strides.forEach((s, a) => (steps[a][last] = s[axis]))
    } else {
      kept.push(sizes[axis])
      strides.forEach((s, a) => steps[a].push(s[axis]))
    }
  }
  return kept.length > 0 ? { sizes: kept, strides: steps } : { sizes: [1], strides: strides.map(() => [0]) }
}

/** Calls `visit` with the arrays' offsets at each start of the innermost loop, in order. */
export function walk({ sizes, strides }: LoopNest, visit: (a: number, b: number, c: number, d: number) => void): void {
  if (sizes.includes(0)) return
  const outer = sizes.length - 1
  const at = new Int32Array(outer)
  const offset = [0, 0, 0, 0]
  for (;;) {
    visit(offset[0], offset[1], offset[2], offset[3])
    let axis = outer - 1
    for (; axis >= 0; axis--) {
      const done = ++at[axis] === sizes[axis]
      for (let a = 0; a < strides.length; a++) offset[a] += done ? -strides[a][axis] * (sizes[axis] - 1) : strides[a][axis]
      if (!done) break
      at[axis] = 0
    }
    if (axis < 0) return
  }
}

/** How many steps the innermost loop takes, and each array's stride in it. */
export const innermost = ({ sizes, strides }: LoopNest): readonly [count: number, ...strides: number[]] =>
  [sizes[sizes.length - 1], ...strides.map((s) => s[s.length - 1])]
