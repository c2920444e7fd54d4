import { ArgumentError, DataError, expected, show } from '../errors'
import type { BagColumn } from '../features/encoded'
import { checkIds } from './table'

/**
 * How the vectors of a bag become one, `w` being their weights (1 where a bag has none):
 * `sum` is Σ w·v, `mean` is Σ w·v / Σ w, `sqrtn` is Σ w·v / √(Σ w²). An empty bag, or one whose divisor is 0, gives zeros.
 */
export type Combiner = 'sum' | 'mean' | 'sqrtn'

/** What a bag column holds, without its tag, so that plain arrays will do. */
export type Bags = Omit<BagColumn, 'kind'>

/** Throws unless the offsets are those of some bags over `ids`. Costs a pass over the offsets. */
export function checkBags(where: string, table: string, bags: Bags, combiner: Combiner): void {
  if (combiner !== 'sum' && combiner !== 'mean' && combiner !== 'sqrtn')
    throw new ArgumentError(expected(where, 'combiner', '"sum", "mean" or "sqrtn"', combiner))
  checkIds(where, 'bags.ids', bags.ids)
  checkIds(where, 'bags.offsets', bags.offsets)
  const { ids, offsets, weights } = bags
  let last = offsets.length === 0 ? -1 : 0
  for (let r = 0; r < offsets.length; r++) {
    if (offsets[r] < last || offsets[r] > ids.length)
      throw new DataError(`feedrank/${where}: expected the offsets of table ${show(table)} to rise within [0, ${ids.length}], got ${offsets[r]} at row ${r}`)
    last = offsets[r]
  }
  if (last < 0) throw new DataError(`feedrank/${where}: expected the offsets of table ${show(table)} to have one entry more than rows, got none`)
  if (weights !== undefined && weights.length !== ids.length)
    throw new DataError(`feedrank/${where}: expected one weight per id of table ${show(table)}, got ${weights.length} weights for ${ids.length} ids`)
}

/** The factor that turns a weight of the bag `[start, end)` into its coefficient. */
export function bagScale(where: string, table: string, weights: Float32Array | undefined, start: number, end: number, combiner: Combiner): number {
  if (weights === undefined) return combiner === 'sum' || end === start ? 1 : combiner === 'mean' ? 1 / (end - start) : 1 / Math.sqrt(end - start)
  let total = 0
  let squares = 0
  for (let i = start; i < end; i++) {
    total += weights[i]
    squares += weights[i] * weights[i]
  }
  if (!Number.isFinite(squares)) throw new DataError(`feedrank/${where}: expected finite weights for table ${show(table)}, got one that is not in ids [${start}, ${end})`)
  if (combiner === 'sum') return 1
  const divisor = combiner === 'mean' ? total : Math.sqrt(squares)
  return divisor === 0 ? 0 : 1 / divisor
}
