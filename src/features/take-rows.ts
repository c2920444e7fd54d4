import { ArgumentError, checkInteger, expected } from '../errors'
import type { BagColumn, EncodedColumn, EncodedLabel, EncodedRows } from './encoded'

/**
 * The rows at `indices`, in that order and as often as they are named: a batch.
 *
 * @throws ArgumentError when an index is not a row.
 * @example
 * ```ts
 * import { categorical, defineFeatures, takeRows } from 'feedrank'
 *
 * const fitted = defineFeatures({ features: { a: categorical({ scope: 'user' }) } }).fit([{ a: 'x' }, { a: 'y' }])
 * const batch = takeRows(fitted.encode([{ a: 'x' }, { a: 'y' }]), [1, 1, 0])
 * console.log(batch.columns.get('a')) // { kind: 'ids', ids: Int32Array(3) [ 2, 2, 1 ] }
 * ```
 */
export function takeRows(encoded: EncodedRows, indices: ArrayLike<number>): EncodedRows {
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]
    if (!(Number.isInteger(index) && index >= 0 && index < encoded.rows))
      throw new ArgumentError(expected('takeRows', `indices[${i}]`, `a row, 0 to ${encoded.rows - 1}`, index))
  }
  return {
    rows: indices.length,
    columns: mapColumns(encoded.columns, (column) => takeColumn(column, indices)),
    labels: mapColumns(encoded.labels, ({ values, mask }) => label(gather(values, indices), mask && gather(mask, indices))),
    ...specOf(encoded),
  }
}

/**
 * The rows from `start` to before `end`. Arrays are views of the same memory, but for the offsets of bags.
 *
 * @throws ArgumentError when the range does not lie within the rows.
 */
export function sliceRows(encoded: EncodedRows, start: number, end = encoded.rows): EncodedRows {
  checkInteger('sliceRows', 'start', start, 0)
  checkInteger('sliceRows', 'end', end, start)
  if (end > encoded.rows) throw new ArgumentError(expected('sliceRows', 'end', `at most the number of rows, ${encoded.rows}`, end))
  return {
    rows: end - start,
    columns: mapColumns(encoded.columns, (column) => sliceColumn(column, start, end)),
    labels: mapColumns(encoded.labels, ({ values, mask }) => label(values.subarray(start, end), mask?.subarray(start, end))),
    ...specOf(encoded),
  }
}

const specOf = ({ specHash }: EncodedRows) => (specHash === undefined ? {} : { specHash })

/** The same names with other values. */
function mapColumns<T, U>(columns: ReadonlyMap<string, T>, change: (column: T) => U): ReadonlyMap<string, U> {
  const changed = new Map<string, U>()
  for (const [name, column] of columns) changed.set(name, change(column))
  return changed
}

const label = (values: Float32Array, mask: Float32Array | undefined): EncodedLabel => ({ values, ...(mask && { mask }) })

function gather<T extends Float32Array | Int32Array>(values: T, indices: ArrayLike<number>): T {
  const taken = new (values.constructor as new (length: number) => T)(indices.length)
  for (let i = 0; i < taken.length; i++) taken[i] = values[indices[i]]
  return taken
}

function takeColumn(column: EncodedColumn, indices: ArrayLike<number>): EncodedColumn {
  if (column.kind === 'ids') return { kind: 'ids', ids: gather(column.ids, indices) }
  if (column.kind === 'bags') return takeBags(column, indices)
  const { values, width } = column
  if (width === 1) return { kind: 'dense', values: gather(values, indices), width }
  const taken = new Float32Array(indices.length * width)
  for (let i = 0, to = 0; i < indices.length; i++) for (let k = 0, from = indices[i] * width; k < width; k++) taken[to++] = values[from++]
  return { kind: 'dense', values: taken, width }
}

function takeBags({ ids, offsets, weights }: BagColumn, indices: ArrayLike<number>): BagColumn {
  const rows = indices.length
  const takenOffsets = new Int32Array(rows + 1)
  for (let i = 0; i < rows; i++) takenOffsets[i + 1] = takenOffsets[i] + offsets[indices[i] + 1] - offsets[indices[i]]
  const takenIds = new Int32Array(takenOffsets[rows])
  const takenWeights = weights && new Float32Array(takenIds.length)
  for (let i = 0, to = 0; i < rows; i++) {
    for (let from = offsets[indices[i]], end = offsets[indices[i] + 1]; from < end; from++, to++) {
      takenIds[to] = ids[from]
      if (takenWeights && weights) takenWeights[to] = weights[from]
    }
  }
  return { kind: 'bags', ids: takenIds, offsets: takenOffsets, ...(takenWeights && { weights: takenWeights }) }
}

function sliceColumn(column: EncodedColumn, start: number, end: number): EncodedColumn {
  if (column.kind === 'ids') return { kind: 'ids', ids: column.ids.subarray(start, end) }
  if (column.kind === 'dense') return { ...column, values: column.values.subarray(start * column.width, end * column.width) }
  const { ids, offsets, weights } = column
  const first = offsets[start]
  return {
    kind: 'bags',
    ids: ids.subarray(first, offsets[end]),
    offsets: offsets.slice(start, end + 1).map((offset) => offset - first),
    ...(weights && { weights: weights.subarray(first, offsets[end]) }),
  }
}
