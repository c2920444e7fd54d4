import type { EmbeddingTable } from '../embeddings'
import type { RowsInput } from '../models'
import type { RowOptimizerKernel } from '../optimizers'
import type { Arena } from './arena'
import type { Learner } from './learner'
import { single } from './native-weight'
import { rowSource } from './row-source'

/**
 * A table in an arena. The record of a row holds its weights and, right behind them, what the optimizer remembers of it,
 * so that an update meets one stretch of memory and not three.
 */
export function nativeRows(arena: Arena, table: EmbeddingTable, inputs: readonly RowsInput[], kernel: RowOptimizerKernel): Learner {
  const { kernels } = arena
  const { rows, dim } = table
  const width = recordWidth(dim, kernel)
  const records = { address: arena.take(4 * rows * width), stride: 4 * width }
  const sources = inputs.map((to) => rowSource(arena, table, records, to))
  const touched = arena.block()
  const sums = arena.block()
  const places = arena.block()
  let placesBits = 5
  let count = 0
  // The rows that changed since the model was last brought up to date; beyond one a row, all count as changed.
  const changed = new Int32Array(rows)
  let changes = 0

  const numbers = () => arena.floats(records.address, rows * width)
  const load = () => {
    const to = numbers()
    if (width === dim) to.set(table.values)
    else for (let row = 0; row < rows; row++) copyNumbers(table.values, row * dim, to, row * width, dim)
    changes = 0
  }
  load()

  return {
    name: table.name,
    prepare(batch) {
      let ids = 0
      for (const source of sources) ids += source.gather(batch)
      touched.reserve(4 * ids)
      sums.reserve(4 * ids)
      // At least twice as many places as there can be rows.
      while (2 ** placesBits < 2 * ids) placesBits++
      if (places.reserve(4 * 2 ** placesBits)) arena.integers(places.address(), 2 ** placesBits).fill(-1)
    },
    feeds: () => sources.map((source) => source.feed()),
    receive(gradientOf) {
      for (const source of sources)
        count = source.collect(gradientOf(source.input), touched.address(), sums.address(), count, places.address(), 32 - placesBits)
    },
    squares: () => kernels.squaresOfRows(sums.address(), count, dim),
    gradient() {
      const all = new Float32Array(count * dim)
      arena.integers(sums.address(), count).forEach((sum, i) => all.set(arena.floats(sum >>> 0, dim), i * dim))
      return all
    },
    update(step, learningRate, scale) {
      const where = [records.address, records.stride, dim, touched.address(), sums.address(), count] as const
      if (kernel.kind === 'lazyAdam') {
        const { beta1, beta2, l2, epsilon } = kernel
        const rate = single((learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step))
        kernels.lazyAdam(...where, 1 - beta1, 1 - beta2, l2, epsilon, rate, scale)
      } else if (kernel.kind === 'rowAdagrad') kernels.rowAdagrad(...where, kernel.l2, kernel.epsilon, kernel.initialAccumulator, learningRate, scale)
      else kernels.rowSgd(...where, 1 - learningRate * kernel.l2, single(learningRate), scale)
      if (changes + count <= rows) changed.set(arena.integers(touched.address(), count), changes)
      changes += count
      arena.integers(places.address(), 2 ** placesBits).fill(-1)
      count = 0
    },
    store() {
      const from = numbers()
      if (changes <= rows) for (const row of changed.subarray(0, changes)) copyNumbers(from, row * width, table.values, row * dim, dim)
      else if (width === dim) table.values.set(from)
      else for (let row = 0; row < rows; row++) copyNumbers(from, row * width, table.values, row * dim, dim)
      changes = 0
    },
    load,
  }
}

/** Bytes of the records of a table. */
export const tableBytes = ({ rows, dim }: EmbeddingTable, kernel: RowOptimizerKernel): number => 4 * rows * recordWidth(dim, kernel)

/** Numbers in a record; those of some length begin at multiples of 16 bytes. */
function recordWidth(dim: number, { kind }: RowOptimizerKernel): number {
  const width = kind === 'lazyAdam' ? 3 * dim : kind === 'rowAdagrad' ? dim + 1 : dim
  return width < 3 ? width : Math.ceil(width / 4) * 4
}

/** Copies `length` numbers; long rows go faster as a whole. */
function copyNumbers(from: Float32Array, start: number, to: Float32Array, target: number, length: number): void {
  if (length >= 32) to.set(from.subarray(start, start + length), target)
  else for (let i = 0; i < length; i++) to[target + i] = from[start + i]
}
