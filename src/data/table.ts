import { ArgumentError, DataError, ShapeError, checkInteger, expected, show } from '../errors'

/** Arrays that a column of numbers may rest on. */
export type NumberArray =
  | Float64Array | Float32Array | Int32Array | Uint32Array | Int16Array | Uint16Array | Int8Array | Uint8Array

/** What all columns share: `valid[row]` is 0 where the row has no value (null) and 1 where it has; absent means all have. */
interface Nullable {
  readonly valid?: Uint8Array
}

/** Numbers as they are, NaN included (NaN is a value, not a null). */
export interface NumericColumn extends Nullable {
  readonly kind: 'number'
  readonly values: NumberArray
}

/** Integers of 64 bits. */
export interface BigintColumn extends Nullable {
  readonly kind: 'bigint'
  readonly values: BigInt64Array
}

/** 1 is true, 0 is false. */
export interface BooleanColumn extends Nullable {
  readonly kind: 'boolean'
  readonly values: Uint8Array
}

/** Moments, in ms since 1970. */
export interface DateColumn extends Nullable {
  readonly kind: 'date'
  readonly values: Float64Array
}

/** Texts by their place in a dictionary: row `r` is `dictionary[codes[r]]`. A text may stand in the dictionary twice. */
export interface TextColumn extends Nullable {
  readonly kind: 'text'
  readonly codes: Int32Array
  readonly dictionary: readonly string[]
}

/** Lists: row `r` owns `values[offsets[r] .. offsets[r + 1])`; `offsets` has `rows + 1` entries, and need not begin at 0. */
export interface ListColumn extends Nullable {
  readonly kind: 'list'
  readonly offsets: Int32Array
  readonly values: Column
}

/** Values of several kinds, or of none of the others; null and undefined are null. */
export interface MixedColumn extends Nullable {
  readonly kind: 'mixed'
  readonly values: readonly unknown[]
}

/** One typed column. What stands at a row that is null has no meaning. */
export type Column = NumericColumn | BigintColumn | BooleanColumn | DateColumn | TextColumn | ListColumn | MixedColumn

/** Rows as typed columns, in order. Names are map keys, so a column called `__proto__` is a column like any other. */
export interface Table {
  readonly rows: number
  readonly columns: ReadonlyMap<string, Column>
}

/** True for what has the shape of a {@link Table}. */
export function isTable(value: unknown): value is Table {
  const { rows, columns } = (value ?? {}) as Partial<Table>
  return typeof value === 'object' && !Array.isArray(value) && typeof rows === 'number' && typeof columns?.get === 'function' && typeof columns.keys === 'function'
}

/** The number of rows of a column. */
export const lengthOf = (column: Column): number =>
  column.kind === 'text' ? column.codes.length : column.kind === 'list' ? column.offsets.length - 1 : column.values.length

/** True where the row has no value. */
export const isNull = (column: Column, row: number): boolean =>
  column.valid?.[row] === 0 || (column.kind === 'mixed' && (column.values[row] === null || column.values[row] === undefined))

/** The column of a table by that name. @throws ArgumentError, which names those there are, when there is none */
export function tableColumn(where: string, table: Table, name: string): Column {
  const column = table.columns.get(name)
  if (column !== undefined) return column
  const names = [...table.columns.keys()]
  const listed = names.length === 0 ? 'a table without columns' : names.slice(0, 20).map(show).join(', ') + (names.length > 20 ? ', ...' : '')
  throw new ArgumentError(`feedrank/${where}: expected a column ${show(name)}, got ${listed}`)
}

/** Reads the values of a column: strings, numbers, Dates, arrays and so on, and null where there is none. */
export function cellReader(column: Column): (row: number) => unknown {
  const read = valueReader(column)
  const { valid } = column
  return valid === undefined ? read : (row) => (valid[row] === 0 ? null : read(row))
}

function valueReader(column: Column): (row: number) => unknown {
  switch (column.kind) {
    case 'text': {
      const { codes, dictionary } = column
      return (row) => dictionary[codes[row]]
    }
    case 'boolean': return (row) => column.values[row] === 1
    case 'date': return (row) => new Date(column.values[row])
    case 'mixed': return (row) => column.values[row] ?? null
    case 'list': {
      const { offsets } = column
      const read = cellReader(column.values)
      return (row) => Array.from({ length: offsets[row + 1] - offsets[row] }, (_, i) => read(offsets[row] + i))
    }
    default: {
      const { values } = column
      return (row) => values[row]
    }
  }
}

/**
 * `table` if its columns are what they should be and all as long as it says.
 *
 * @throws ArgumentError when it is no table; ShapeError when a length does not fit; DataError when a code is outside its
 * dictionary or the offsets of lists go back
 */
export function checkTable(where: string, table: Table, name = 'table'): Table {
  if (!isTable(table)) throw new ArgumentError(expected(where, name, 'a table, as `tableOf` makes it', table))
  checkInteger(where, `${name}.rows`, table.rows, 0)
  for (const [column, held] of table.columns) checkHeld(where, `${name} column ${show(column)}`, held, table.rows)
  return table
}

function checkHeld(where: string, what: string, column: Column, rows: number): void {
  const wrong = (expectation: string, got: unknown) => new ShapeError(`feedrank/${where}: expected ${what} to be ${expectation}, got ${show(got)}`)
  if (!kinds.has(column?.kind)) throw new ArgumentError(`feedrank/${where}: expected ${what} to be of kind ${[...kinds].join(', ')}, got ${show(column?.kind)}`)
  if (lengthOf(column) !== rows) throw wrong(`${rows} rows`, lengthOf(column))
  if (column.valid !== undefined && column.valid.length !== rows) throw wrong(`valid at ${rows} rows`, column.valid.length)
  const { valid } = column
  if (column.kind === 'text') {
    const size = column.dictionary.length
    const { codes } = column
    let at = 0
    while (at < rows && ((codes[at] >= 0 && codes[at] < size) || valid?.[at] === 0)) at++
    if (at < rows) throw new DataError(`feedrank/${where}: expected ${what} to have codes in [0, ${size}), got ${column.codes[at]} at row ${at}`)
  }
  if (column.kind !== 'list') return
  const { offsets, values } = column
  const back = offsets.findIndex((offset, row) => offset < (row === 0 ? 0 : offsets[row - 1]))
  if (back >= 0) throw new DataError(`feedrank/${where}: expected ${what} to have offsets that go up from 0, got ${offsets[back]} at ${back}`)
  if (offsets[rows] > lengthOf(values)) throw wrong(`lists within ${lengthOf(values)} values`, offsets[rows])
  checkHeld(where, `the values of ${what}`, values, lengthOf(values))
}

const kinds: ReadonlySet<unknown> = new Set<Column['kind']>(['number', 'bigint', 'boolean', 'date', 'text', 'list', 'mixed'])
