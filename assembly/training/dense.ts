/* The optimizers of dense weights, one step in place. `by` scales the gradient, as clipping asks. */
import { squares } from './vectors'

/** Σ g². */
export function squaresOf(gradient: usize, size: u32): f64 {
  return squares(gradient, <usize>size << 2)
}

/** w ← w − η·g. */
export function sgd(weights: usize, gradient: usize, size: u32, rate: f32, by: f32): void {
  const step = rate * by
  const steps = f32x4.splat(step)
  const end = weights + (<usize>size << 2)
  for (const last = weights + (<usize>(size & ~3) << 2); weights < last; weights += 16, gradient += 16)
    v128.store(weights, f32x4.sub(v128.load(weights), f32x4.mul(v128.load(gradient), steps)))
  for (; weights < end; weights += 4, gradient += 4) store<f32>(weights, load<f32>(weights) - load<f32>(gradient) * step)
}

/** v ← μ·v + g, w ← w − η·v. */
export function momentum(weights: usize, gradient: usize, velocity: usize, size: u32, mu: f32, rate: f32, by: f32): void {
  const mus = f32x4.splat(mu)
  const rates = f32x4.splat(rate)
  const bys = f32x4.splat(by)
  const end = weights + (<usize>size << 2)
  for (const last = weights + (<usize>(size & ~3) << 2); weights < last; weights += 16, gradient += 16, velocity += 16) {
    const v = f32x4.add(f32x4.mul(mus, v128.load(velocity)), f32x4.mul(bys, v128.load(gradient)))
    v128.store(velocity, v)
    v128.store(weights, f32x4.sub(v128.load(weights), f32x4.mul(rates, v)))
  }
  for (; weights < end; weights += 4, gradient += 4, velocity += 4) {
    const v = mu * load<f32>(velocity) + by * load<f32>(gradient)
    store<f32>(velocity, v)
    store<f32>(weights, load<f32>(weights) - rate * v)
  }
}

/**
 * m ← m + c₁·(g − m), v ← v + c₂·(g² − v), w ← keep·w − rate·m / (√v·correction + ε): the shares c = 1 − β come as
 * such, since 1 − β taken in float32 would be off in the fifth digit.
 */
export function adam(
  weights: usize, gradient: usize, mean: usize, square: usize, size: u32,
  share1: f32, share2: f32, epsilon: f32, keep: f32, rate: f32, correction: f32, by: f32,
): void {
  const c1 = f32x4.splat(share1)
  const c2 = f32x4.splat(share2)
  const epsilons = f32x4.splat(epsilon)
  const keeps = f32x4.splat(keep)
  const rates = f32x4.splat(rate)
  const corrections = f32x4.splat(correction)
  const bys = f32x4.splat(by)
  const end = weights + (<usize>size << 2)
  for (const last = weights + (<usize>(size & ~3) << 2); weights < last; weights += 16, gradient += 16, mean += 16, square += 16) {
    const g = f32x4.mul(bys, v128.load(gradient))
    let m = v128.load(mean)
    m = f32x4.add(m, f32x4.mul(c1, f32x4.sub(g, m)))
    let v = v128.load(square)
    v = f32x4.add(v, f32x4.sub(f32x4.mul(f32x4.mul(c2, g), g), f32x4.mul(c2, v)))
    v128.store(mean, m)
    v128.store(square, v)
    const step = f32x4.div(f32x4.mul(rates, m), f32x4.add(f32x4.mul(f32x4.sqrt(v), corrections), epsilons))
    v128.store(weights, f32x4.sub(f32x4.mul(keeps, v128.load(weights)), step))
  }
  for (; weights < end; weights += 4, gradient += 4, mean += 4, square += 4) {
    const g = by * load<f32>(gradient)
    let m = load<f32>(mean)
    m = m + share1 * (g - m)
    let v = load<f32>(square)
    v = v + (share2 * g * g - share2 * v)
    store<f32>(mean, m)
    store<f32>(square, v)
    store<f32>(weights, keep * load<f32>(weights) - (rate * m) / (sqrt(v) * correction + epsilon))
  }
}
