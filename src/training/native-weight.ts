import { weightInput } from '../models'
import type { OptimizerKernel } from '../optimizers'
import type { Arena } from './arena'
import type { Learner } from './learner'
import type { NamedWeight } from './plain-learners'

/** A dense weight in an arena, with the state of its optimizer beside it. */
export function nativeWeight(arena: Arena, { name, values, shape }: NamedWeight, kernel: OptimizerKernel): Learner {
  const { kernels } = arena
  const size = values.length
  const input = weightInput(name)
  const [weights, gradient, ...slots] = Array.from({ length: 2 + slotsOf(kernel) }, () => arena.take(4 * size))
  const numbers = () => arena.floats(weights, size)
  const slope = () => arena.floats(gradient, size)
  const load = () => numbers().set(values)
  load()

  return {
    name,
    prepare: () => {},
    feeds: () => [{ input, data: numbers(), shape, gradient: slope() }],
    receive: (gradientOf) => receive(slope(), gradientOf(input)),
    squares: () => kernels.squaresOf(gradient, size),
    gradient: slope,
    update(step, learningRate, scale) {
      if (kernel.kind === 'adam') {
        const { beta1, beta2, epsilon, weightDecay } = kernel
        const rate = single(learningRate / (1 - beta1 ** step))
        const correction = 1 / Math.sqrt(1 - beta2 ** step)
        kernels.adam(weights, gradient, slots[0], slots[1], size, 1 - beta1, 1 - beta2, epsilon, 1 - learningRate * weightDecay, rate, correction, scale)
      } else if (kernel.momentum === 0) kernels.sgd(weights, gradient, size, single(learningRate), scale)
      else kernels.momentum(weights, gradient, slots[0], size, kernel.momentum, single(learningRate), scale)
    },
    store: () => values.set(numbers()),
    load,
  }
}

/** Bytes of {@link nativeWeight} for a weight of `size` numbers. */
export const weightBytes = (size: number, kernel: OptimizerKernel): number => 4 * size * (2 + slotsOf(kernel))

const slotsOf = (kernel: OptimizerKernel): number => (kernel.kind === 'adam' ? 2 : kernel.momentum === 0 ? 0 : 1)

/** A rate that float32 can hold: what overflows a weight must not turn a gradient of 0 into NaN. */
export const single = (rate: number): number => Math.min(rate, 3.4028234663852886e38)

/** Copies a gradient, unless the backend wrote it where it belongs. */
export function receive(into: Float32Array, gradient: Float32Array): void {
  if (gradient.buffer !== into.buffer || gradient.byteOffset !== into.byteOffset) into.set(gradient)
}
