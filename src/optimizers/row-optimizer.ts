import { ArgumentError, DataError, ShapeError, checkInteger, checkNumber, expected, show } from '../errors'

/** The part of an embedding table that an optimizer needs: `values` of shape `[rows, dim]`. */
export interface RowTable {
  readonly name: string
  readonly rows: number
  readonly dim: number
  readonly values: Float32Array
}

/** Rows of a table and their gradient: `rows` are unique, shape `[count]`; `values` has shape `[count, dim]`. */
export interface TouchedRows {
  readonly rows: Int32Array
  readonly values: Float32Array
  readonly count: number
}

/**
 * How an embedding table follows the gradient of the rows a batch touched: a description without state.
 *
 * The state belongs to whoever trains: one array a slot, with one number a row (`'scalar'`) or `dim` (`'vector'`), all
 * zeros before the first step and for rows added later (see {@link createRowSlots} and {@link growRowSlots}). Rows that
 * were not touched keep their values and their state.
 */
export interface RowOptimizer {
  readonly name: string
  readonly slots: readonly ('scalar' | 'vector')[]
  /**
   * One step, in place; `step` counts from 1. Gradients are taken to be finite: `globalNorm` and `clipByGlobalNorm`
   * check that and name the table that is not.
   *
   * @throws DataError when a row is not one of the table.
   */
  readonly update: RowOptimizerUpdate
}

/** The update of a {@link RowOptimizer}. */
export interface RowOptimizerUpdate {
  (table: RowTable, gradient: TouchedRows, slots: readonly Float32Array[], step: number, learningRate: number): void
  /**
   * What the function computes, where training knows how to compute that faster: it then need not call the function.
   * An update of your own goes without.
   */
  readonly kernel?: RowOptimizerKernel
}

/** The equations of `rowSgd`, `rowAdagrad` and `lazyAdam` with their constants. */
export type RowOptimizerKernel =
  | { readonly kind: 'rowSgd'; readonly l2: number }
  | { readonly kind: 'rowAdagrad'; readonly l2: number; readonly epsilon: number; readonly initialAccumulator: number }
  | { readonly kind: 'lazyAdam'; readonly l2: number; readonly beta1: number; readonly beta2: number; readonly epsilon: number }

/** The description stands on the function, not beside it, so that a copy of the optimizer with another update is without. */
export function withRowKernel(kernel: RowOptimizerKernel, update: RowOptimizerUpdate): RowOptimizerUpdate {
  return Object.assign(update, { kernel })
}

/** What every row optimizer can be told. */
export interface RowOptimizerOptions {
  /** Adds l2·w to the gradient of the rows touched, and of those alone. @defaultValue 0 */
  readonly l2?: number
}

/** The state of `optimizer` for a table before the first step. */
export function createRowSlots(optimizer: Pick<RowOptimizer, 'slots'>, table: Pick<RowTable, 'rows' | 'dim'>): Float32Array[] {
  const rows = checkInteger('createRowSlots', 'rows', table.rows, 0)
  const dim = checkInteger('createRowSlots', 'dim', table.dim)
  return optimizer.slots.map((width) => new Float32Array(width === 'scalar' ? rows : rows * dim))
}

/** The same state for a table that has grown: the new rows start from zeros. */
export function growRowSlots(
  optimizer: Pick<RowOptimizer, 'slots'>,
  slots: readonly Float32Array[],
  table: Pick<RowTable, 'rows' | 'dim'>,
): Float32Array[] {
  const grown = createRowSlots(optimizer, table)
  if (slots.length !== grown.length) throw new ArgumentError(expected('growRowSlots', 'slots', `${grown.length} arrays`, slots))
  grown.forEach((slot, i) => {
    if (slots[i].length > slot.length)
      throw new ArgumentError(expected('growRowSlots', `slots[${i}]`, `at most the ${slot.length} values of the grown table`, slots[i]))
    slot.set(slots[i])
  })
  return grown
}

/** Throws unless the arguments of a row update fit one another, and every row is one of the table. */
export function checkRowUpdate(
  optimizer: Pick<RowOptimizer, 'name' | 'slots'>,
  table: RowTable,
  gradient: TouchedRows,
  slots: readonly Float32Array[],
  step: number,
  learningRate: number,
): void {
  const where = optimizer.name
  const named = show(table.name)
  if (table.values.length !== table.rows * table.dim)
    throw new ShapeError(`feedrank/${where}: expected table ${named} to hold [${table.rows}, ${table.dim}] values, got ${table.values.length}`)
  if (gradient.rows.length < gradient.count || gradient.values.length < gradient.count * table.dim)
    throw new ShapeError(
      `feedrank/${where}: expected a gradient of table ${named} for ${gradient.count} rows of ${table.dim} values, got ${gradient.rows.length} rows and ${gradient.values.length} values`,
    )
  if (slots.length !== optimizer.slots.length) throw new ArgumentError(expected(where, 'slots', `${optimizer.slots.length} arrays`, slots))
  optimizer.slots.forEach((width, i) => {
    const wanted = width === 'scalar' ? table.rows : table.rows * table.dim
    if (slots[i].length !== wanted)
      throw new ShapeError(`feedrank/${where}: expected slot ${i} of table ${named} to hold ${wanted} values, got ${slots[i].length}`)
  })
  checkInteger(where, 'step', step)
  checkNumber(where, 'learningRate', learningRate, { min: 0 })
  const { rows } = gradient
  for (let i = 0; i < gradient.count; i++)
    if (rows[i] >>> 0 >= table.rows)
      throw new DataError(`feedrank/${where}: expected rows of table ${named} to be in [0, ${table.rows}), got ${rows[i]} at position ${i}`)
}
