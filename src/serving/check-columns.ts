import { ShapeError, show } from '../errors'
import type { EncodedColumn, EncodedRows } from '../features'
import { checkEncoded } from '../models/check-rows'

/** How many rows a column has; NaN where its arrays do not fit together. */
export function rowsOfColumn(column: EncodedColumn): number {
  if (column.kind === 'ids') return column.ids.length
  if (column.kind === 'dense') return column.values.length / column.width
  const { ids, offsets, weights } = column
  const fits = offsets.every((offset, i) => offset >= (i === 0 ? 0 : offsets[i - 1]) && offset <= ids.length) && (weights === undefined || weights.length === ids.length)
  return fits ? offsets.length - 1 : NaN
}

/**
 * Throws unless every column of encoded rows has as many rows as they say: what is taken from a column that is cut short reads
 * as id 0, and scores.
 *
 * @throws ArgumentError for anything but encoded rows; ShapeError for a column of another length
 */
export function checkColumns(where: string, name: string, rows: EncodedRows): void {
  checkEncoded(where, name, rows)
  for (const [feature, column] of rows.columns)
    if (rowsOfColumn(column) !== rows.rows)
      throw new ShapeError(`feedrank/${where}: expected feature ${show(feature)} of \`${name}\` to have ${rows.rows} rows, got ${rowsOfColumn(column)}`)
}
