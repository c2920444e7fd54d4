import type { Random } from '../../random'
import { input, multiply, type Shape, type Tensor } from '../../tensor'
import type { Initializer } from './initializers'

/** A dense weight of a model: its numbers live on the host and are fed to each run. */
export interface Weight {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** The numbers of a model that are not embedding rows, by name. */
export interface WeightStore {
  /** Learnt by gradient. */
  readonly trained: Map<string, Weight>
  /** Measured on batches while training, such as the means of batch norm. */
  readonly statistics: Map<string, Weight>
}

export const emptyWeights = (): WeightStore => ({ trained: new Map(), statistics: new Map() })

/** A dropout mask a training run must be fed: values 0 or `1 / (1 − rate)`. */
export interface DropoutMask {
  readonly input: string
  readonly shape: Shape
  readonly rate: number
}

/**
 * Where layers find their weights while a graph is built, for training or for inference. The same forward function
 * builds both graphs; the first one built also creates the numbers.
 */
export interface GraphScope {
  readonly training: boolean
  readonly weight: (name: string, shape: readonly number[], initializer: Initializer) => Tensor
  /** A measured number: fed at inference; in training, the batch's own value is used and {@link observe}d. */
  readonly statistic: (name: string, shape: readonly number[], initial: number) => Tensor
  readonly observe: (name: string, value: Tensor) => void
  readonly dropout: (name: string, x: Tensor, rate: number) => Tensor
}

/** A scope that also tells what the graph turned out to need. */
export interface RecordingScope extends GraphScope {
  readonly observed: ReadonlyMap<string, Tensor>
  readonly masks: readonly DropoutMask[]
}

export const weightInput = (name: string) => `weight:${name}`
export const statisticInput = (name: string) => `statistic:${name}`

/** A scope over `store`; weights that are not there yet are made, each from its own stream of `random`. */
export function graphScope(store: WeightStore, random: Random, training: boolean): RecordingScope {
  const observed = new Map<string, Tensor>()
  const masks: DropoutMask[] = []
  const size = (shape: readonly number[]) => shape.reduce((n, d) => n * d, 1)
  return {
    training, observed, masks,
    weight(name, shape, initializer) {
      if (!store.trained.has(name)) store.trained.set(name, { shape, values: initializer(shape, random.fork(`weight ${name}`)) })
      return input(weightInput(name), shape, { rate: 'constant' })
    },
    statistic(name, shape, initial) {
      if (!store.statistics.has(name)) store.statistics.set(name, { shape, values: new Float32Array(size(shape)).fill(initial) })
      return input(statisticInput(name), shape, { rate: 'constant' })
    },
    observe: (name, value) => void observed.set(name, value),
    dropout(name, x, rate) {
      if (!training || rate === 0) return x
      const mask = input(`dropout:${name}`, x.shape)
      masks.push({ input: `dropout:${name}`, shape: x.shape, rate })
      return multiply(x, mask)
    },
  }
}
