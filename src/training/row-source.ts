import type { EmbeddingTable } from '../embeddings'
import { bagScale, checkBags, type Bags, type Combiner } from '../embeddings/combiner'
import { checkIds, outOfTable } from '../embeddings/table'
import { columnOf, encodedFor, type RowsInput, type TrainingBatch } from '../models'
import type { Arena } from './arena'
import type { LearnerFeed } from './learner'
import { receive } from './native-weight'

/** Where the rows of a table lie. */
export interface Records {
  readonly address: number
  /** Bytes from one to the next. */
  readonly stride: number
}

/** An input of the graph made of a table's rows: what a batch gathers for it, and the gradient that comes back. */
export interface RowSource {
  readonly input: string
  /** Gathers for a batch and gives how many ids it named. */
  readonly gather: (batch: TrainingBatch) => number
  readonly feed: () => LearnerFeed
  /** Adds its gradient to the sums of the rows touched, `known` so far; gives how many there are then. */
  readonly collect: (gradient: Float32Array, rows: number, sums: number, known: number, places: number, shift: number) => number
}

export function rowSource(arena: Arena, table: EmbeddingTable, records: Records, { input, axis, feature, combiner }: RowsInput): RowSource {
  const { kernels } = arena
  const { rows, dim } = table
  const ids = arena.block()
  const data = arena.block()
  const gradient = arena.block()
  const bagged = combiner === undefined ? undefined : { offsets: arena.block(), coefficients: arena.block(), room: arena.block() }
  let count = 0

  const reserve = (named: Int32Array, vectors: number): void => {
    count = vectors
    ids.reserve(4 * named.length)
    data.reserve(4 * vectors * dim)
    gradient.reserve(4 * vectors * dim)
    arena.integers(ids.address(), named.length).set(named)
  }
  const slope = () => arena.floats(gradient.address(), count * dim)

  const feed = () => ({ input, data: arena.floats(data.address(), count * dim), shape: [count, dim], gradient: slope() })

  if (combiner === undefined || bagged === undefined)
    return {
      input,
      feed,
      gather(batch) {
        const named = columnOf(encodedFor(batch.rows, axis).columns, feature, 'ids').ids
        checkIds('gatherRows', 'ids', named)
        reserve(named, named.length)
        const failed = kernels.gatherRows(records.address, records.stride, rows, dim, ids.address(), count, data.address())
        if (failed >= 0) throw outOfTable('gatherRows', table, named[failed], failed)
        return named.length
      },
      collect(slopes, touched, sums, known, places, shift) {
        receive(slope(), slopes)
        return kernels.collectRows(ids.address(), count, dim, gradient.address(), touched, sums, known, places, shift)
      },
    }

  const { offsets, coefficients, room } = bagged
  return {
    input,
    feed,
    gather(batch) {
      const bags = columnOf(encodedFor(batch.rows, axis).columns, feature, 'bags')
      checkBags('gatherBags', table.name, bags, combiner)
      const named = bags.ids.length
      reserve(bags.ids, bags.offsets.length - 1)
      offsets.reserve(4 * bags.offsets.length)
      coefficients.reserve(4 * named)
      room.reserve(4 * named * dim)
      arena.integers(offsets.address(), bags.offsets.length).set(bags.offsets)
      writeCoefficients(table.name, bags, combiner, arena.floats(coefficients.address(), named))
      const failed = kernels.gatherBags(
        records.address, records.stride, rows, dim, ids.address(), offsets.address(), coefficients.address(), count, data.address(),
      )
      if (failed >= 0) throw outOfTable('gatherBags', table, bags.ids[failed], failed)
      return named
    },
    collect(slopes, touched, sums, known, places, shift) {
      receive(slope(), slopes)
      return kernels.collectBags(
        ids.address(), offsets.address(), coefficients.address(), count, dim, gradient.address(), room.address(), touched, sums, known, places, shift,
      )
    },
  }
}

/** What each id of a bag counts for. */
function writeCoefficients(table: string, { offsets, weights }: Bags, combiner: Combiner, out: Float32Array): void {
  for (let r = 0; r + 1 < offsets.length; r++) {
    const scale = bagScale('gatherBags', table, weights, offsets[r], offsets[r + 1], combiner)
    for (let i = offsets[r]; i < offsets[r + 1]; i++) out[i] = weights === undefined ? scale : weights[i] * scale
  }
}
