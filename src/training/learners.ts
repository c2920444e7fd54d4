import type { EmbeddingTable } from '../embeddings'
import { BackendError } from '../errors'
import type { RowsInput } from '../models'
import type { Optimizer, RowOptimizer } from '../optimizers'
import { createArena } from './arena'
import type { Learner } from './learner'
import { nativeRows, tableBytes } from './native-rows'
import { nativeWeight, weightBytes } from './native-weight'
import { plainRows, plainWeight, type NamedWeight } from './plain-learners'

/** A table and the inputs that are made of its rows. */
export interface LearningTable {
  readonly table: EmbeddingTable
  readonly inputs: readonly RowsInput[]
}

/** Bytes of tables and weights that an arena takes at most; the rest of its 4 GiB is for batches. */
const arenaLimit = 3 * 2 ** 30

/**
 * All that learns, dense weights first.
 *
 * Where optimizers say what they compute, weights and tables live in an arena and are worked on by kernels, the smallest
 * tables first where not all find room. The others, and all where there is no WebAssembly with SIMD, are updated in
 * JavaScript where the model has them; both ways compute the same up to the rounding of float32.
 */
export async function createLearners(
  weights: readonly NamedWeight[], tables: readonly LearningTable[], optimizer: Optimizer, rowOptimizer: RowOptimizer,
): Promise<Learner[]> {
  const { kernel } = optimizer.update
  const { kernel: rowKernel } = rowOptimizer.update
  const plain = { weight: (one: NamedWeight) => plainWeight(one, optimizer), table: ({ table, inputs }: LearningTable) => plainRows(table, inputs, rowOptimizer) }
  const arena = kernel || rowKernel ? await createArena() : undefined
  if (arena === undefined) return [...weights.map(plain.weight), ...tables.map(plain.table)]

  const admit = admission()
  const dense = weights.map((one) => (kernel && admit(weightBytes(one.values.length, kernel), () => nativeWeight(arena, one, kernel))) ?? plain.weight(one))
  const rows = new Map<LearningTable, Learner>()
  for (const one of tables.toSorted((a, b) => a.table.values.length - b.table.values.length))
    rows.set(one, (rowKernel && admit(tableBytes(one.table, rowKernel), () => nativeRows(arena, one.table, one.inputs, rowKernel))) ?? plain.table(one))
  return [...dense, ...tables.map((one) => rows.get(one)!)]
}

/** Makes what fits into the rest of the limit, and into the memory there is; gives nothing for what does not. */
function admission() {
  let left = arenaLimit
  return (bytes: number, make: () => Learner): Learner | undefined => {
    if (bytes > left) return undefined
    try {
      const made = make()
      left -= bytes
      return made
    } catch (error) {
      if (BackendError.isInstance(error)) return undefined
      throw error
    }
  }
}
