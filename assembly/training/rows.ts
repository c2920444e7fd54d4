/*
 * The optimizers of embedding rows, one step in place on the `count` rows that a batch named. A row's record of `stride`
 * bytes holds its `dim` weights and, right behind them, what the optimizer remembers of it: one miss fetches all.
 */
import { ahead, squares, touch } from './vectors'

@inline
function recordOf(table: usize, stride: usize, rows: usize, i: u32): usize {
  return table + <usize>load<u32>(rows + (<usize>i << 2)) * stride
}

@inline
function touchAhead(table: usize, stride: usize, rows: usize, start: u32, count: u32, bytes: usize): u32 {
  const end = min(start + ahead, count)
  for (let i = start; i < end; i++) touch(recordOf(table, stride, rows, i), bytes)
  return end
}

/** w ← keep·w − step·g. */
@inline
function stepRow(weights: usize, gradient: usize, bytes: usize, keep: f32, step: f32): void {
  const keeps = f32x4.splat(keep)
  const steps = f32x4.splat(step)
  const end = weights + bytes
  for (const last = weights + (bytes & ~15); weights < last; weights += 16, gradient += 16)
    v128.store(weights, f32x4.sub(f32x4.mul(keeps, v128.load(weights)), f32x4.mul(steps, v128.load(gradient))))
  for (; weights < end; weights += 4, gradient += 4) store<f32>(weights, keep * load<f32>(weights) - step * load<f32>(gradient))
}

/** w ← keep·w − η·g. */
export function rowSgd(table: usize, stride: usize, dim: u32, rows: usize, sums: usize, count: u32, keep: f32, rate: f32, by: f32): void {
  const bytes = <usize>dim << 2
  for (let start: u32 = 0; start < count; start += ahead) {
    const end = touchAhead(table, stride, rows, start, count, bytes)
    for (let i = start; i < end; i++) stepRow(recordOf(table, stride, rows, i), load<u32>(sums + (<usize>i << 2)), bytes, keep, rate * by)
  }
}

/** Σ (by·g + l2·w)². */
@inline
function decayedSquares(weights: usize, gradient: usize, bytes: usize, l2: f64, by: f64): f64 {
  let sum: f64 = 0
  for (let at: usize = 0; at < bytes; at += 4) {
    const g = by * <f64>load<f32>(gradient + at) + l2 * <f64>load<f32>(weights + at)
    sum += g * g
  }
  return sum
}

/** a ← a + Σ g² / dim, w ← w − η·g / (√(initial + a) + ε), with g + l2·w for g; the record is w, a. */
export function rowAdagrad(
  table: usize, stride: usize, dim: u32, rows: usize, sums: usize, count: u32, l2: f64, epsilon: f64, initial: f64, rate: f64, by: f64,
): void {
  const bytes = <usize>dim << 2
  for (let start: u32 = 0; start < count; start += ahead) {
    const end = touchAhead(table, stride, rows, start, count, bytes + 4)
    for (let i = start; i < end; i++) {
      const weights = recordOf(table, stride, rows, i)
      const gradient = <usize>load<u32>(sums + (<usize>i << 2))
      const square = l2 == 0 ? by * by * squares(gradient, bytes) : decayedSquares(weights, gradient, bytes, l2, by)
      const accumulated = <f64>load<f32>(weights + bytes) + square / <f64>dim
      store<f32>(weights + bytes, <f32>accumulated)
      const step = rate / (sqrt(initial + accumulated) + epsilon)
      stepRow(weights, gradient, bytes, <f32>(1 - step * l2), <f32>(step * by))
    }
  }
}

/** m ← m + c₁·(g − m), v ← v + c₂·(g² − v), w ← w − rate·m / (√v + ε), with g + l2·w for g; the record is w, m, v. */
export function lazyAdam(
  table: usize, stride: usize, dim: u32, rows: usize, sums: usize, count: u32,
  share1: f32, share2: f32, l2: f32, epsilon: f32, rate: f32, by: f32,
): void {
  const bytes = <usize>dim << 2
  const c1 = f32x4.splat(share1)
  const c2 = f32x4.splat(share2)
  const decay = f32x4.splat(l2)
  const epsilons = f32x4.splat(epsilon)
  const rates = f32x4.splat(rate)
  const bys = f32x4.splat(by)
  for (let start: u32 = 0; start < count; start += ahead) {
    const end = touchAhead(table, stride, rows, start, count, 3 * bytes)
    for (let i = start; i < end; i++) {
      let weights = recordOf(table, stride, rows, i)
      let gradient = <usize>load<u32>(sums + (<usize>i << 2))
      const rowEnd = weights + bytes
      for (const last = weights + (bytes & ~15); weights < last; weights += 16, gradient += 16) {
        const mean = weights + bytes
        const square = mean + bytes
        const w = v128.load(weights)
        const g = f32x4.add(f32x4.mul(bys, v128.load(gradient)), f32x4.mul(decay, w))
        let m = v128.load(mean)
        m = f32x4.add(m, f32x4.mul(c1, f32x4.sub(g, m)))
        let v = v128.load(square)
        v = f32x4.add(v, f32x4.sub(f32x4.mul(f32x4.mul(c2, g), g), f32x4.mul(c2, v)))
        v128.store(mean, m)
        v128.store(square, v)
        v128.store(weights, f32x4.sub(w, f32x4.div(f32x4.mul(rates, m), f32x4.add(f32x4.sqrt(v), epsilons))))
      }
      for (; weights < rowEnd; weights += 4, gradient += 4) {
        const mean = weights + bytes
        const square = mean + bytes
        const w = load<f32>(weights)
        const g = by * load<f32>(gradient) + l2 * w
        let m = load<f32>(mean)
        m = m + share1 * (g - m)
        let v = load<f32>(square)
        v = v + (share2 * g * g - share2 * v)
        store<f32>(mean, m)
        store<f32>(square, v)
        store<f32>(weights, w - (rate * m) / (sqrt(v) + epsilon))
      }
    }
  }
}
