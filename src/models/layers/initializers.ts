import type { Random } from '../../random'

/** Makes the first values of a weight. */
export type Initializer = (shape: readonly number[], random: Random) => Float32Array

const fill = (draw: (random: Random) => number): Initializer => (shape, random) =>
  Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, () => draw(random))

/** Uniform in ±√(6 / fanIn), which keeps the variance of a ReLU network's activations (He et al. 2015, eq. 10). */
export const heUniform: Initializer = (shape, random) => uniform(Math.sqrt(6 / shape[0]))(shape, random)

/** Uniform in ±√(6 / (fanIn + fanOut)) (Glorot and Bengio 2010, eq. 16), for layers without a ReLU behind them. */
export const glorotUniform: Initializer = (shape, random) => uniform(Math.sqrt(6 / (shape[0] + shape[1])))(shape, random)

export const uniform = (limit: number): Initializer => fill((random) => (2 * random.next() - 1) * limit)

export const filled = (value: number): Initializer => fill(() => value)

/** Given values, in order. */
export const values = (numbers: readonly number[]): Initializer => () => Float32Array.from(numbers)
