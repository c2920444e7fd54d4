import { add, inverseDeviation, matmul, moments, multiply, relu, standardize, subtract, type Tensor } from '../../tensor'
import { filled, glorotUniform, heUniform, type Initializer } from './initializers'
import type { GraphScope } from './scope'

export interface MlpOptions {
  /** Units of each hidden layer, first to last. */
  readonly hidden: readonly number[]
  /** Share of units silenced after each hidden layer while training, in [0, 1). */
  readonly dropout: number
  /** Standardise after each hidden layer's ReLU but the last. */
  readonly batchNorm: boolean
}

/** `x·W + b`: `[batch, n] → [batch, units]`. */
export function dense(scope: GraphScope, name: string, x: Tensor, units: number, options: { readonly kernel?: Initializer; readonly bias?: Initializer } = {}): Tensor {
  const width = x.shape[1] as number
  const kernel = scope.weight(`${name}/kernel`, [width, units], options.kernel ?? glorotUniform)
  return add(matmul(x, kernel), scope.weight(`${name}/bias`, [units], options.bias ?? filled(0)))
}

/**
 * Batch normalisation over a batch `[batch, n]`: `γ·(x − mean) / √(variance + ε) + β`, ε = 1e-5.
 *
 * Training uses the batch's own mean and (biased) variance and reports both; inference uses their running averages.
 * Ioffe and Szegedy 2015, algorithms 1 and 2.
 */
export function batchNorm(scope: GraphScope, name: string, x: Tensor): Tensor {
  const width = x.shape[1] as number
  const scale = scope.weight(`${name}/scale`, [width], filled(1))
  const shift = scope.weight(`${name}/shift`, [width], filled(0))
  const running = {
    mean: scope.statistic(`${name}/mean`, [1, width], 0),
    variance: scope.statistic(`${name}/variance`, [1, width], 1),
  }
  if (!scope.training) return add(multiply(multiply(subtract(x, running.mean), inverseDeviation(running.variance, epsilon)), scale), shift)
  const batch = moments(x, 0)
  scope.observe(`${name}/mean`, batch.mean)
  scope.observe(`${name}/variance`, batch.variance)
  return add(multiply(standardize(x, batch.mean, inverseDeviation(batch.variance, epsilon), 0), scale), shift)
}

const epsilon = 1e-5

/** Hidden layers one after the other: dense, ReLU, batch norm (not after the last), dropout. */
export function mlp(scope: GraphScope, name: string, x: Tensor, { hidden, dropout, batchNorm: normalized }: MlpOptions): Tensor {
  return hidden.reduce((h, units, i) => {
    const at = `${name}/${i}`
    const active = relu(dense(scope, at, h, units, { kernel: heUniform }))
    const steady = normalized && i < hidden.length - 1 ? batchNorm(scope, `${at}/norm`, active) : active
    return scope.dropout(at, steady, dropout)
  }, x)
}
