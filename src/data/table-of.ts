import { ArgumentError, checkSameLength, expected, show } from '../errors'
import { columnFrom } from './columns'
import { checkRow, pluck, setOwn } from './rows'
import type { Column, Table } from './table'
import { cellReader, checkTable, isTable } from './table'

/**
 * The table of an array of objects, or of an object (or Map) of columns.
 *
 * The kind of a column follows from its values: text, number, boolean, bigint (within 64 bits), date or list; `mixed` where
 * kinds differ, and where there is nothing but null. null and undefined, and a column that an object lacks, are null.
 * Typed arrays are kept, not copied. Columns stand in the order in which they first come. A table is returned as it is.
 *
 * @throws ArgumentError when columns differ in length; DataError when a row is no object or a date is invalid
 * @example
 * ```ts
 * import { tableOf } from 'feedrank'
 *
 * const table = tableOf([{ user: 'a', age: 31 }, { user: 'b', age: null }])
 * console.log(table.rows, table.columns.get('age')?.valid) // 2 Uint8Array(2) [ 1, 0 ]
 * ```
 */
export function tableOf(
  data: readonly object[] | Table | ReadonlyMap<string, ArrayLike<unknown>> | Readonly<Record<string, ArrayLike<unknown>>>,
): Table {
  if (isTable(data)) return checkTable('tableOf', data)
  if (Array.isArray(data)) return ofObjects(data)
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data) || isUnread(data))
    throw new ArgumentError(expected('tableOf', 'data', 'an array of objects, or an object of columns', data))
  const entries: [string, ArrayLike<unknown>][] = data instanceof Map ? [...data] : Object.entries(data)
  const columns = new Map<string, Column>()
  for (const [name, values] of entries) {
    if (!Array.isArray(values) && !ArrayBuffer.isView(values))
      throw new ArgumentError(expected('tableOf', name, 'an array of values', values))
    checkSameLength('tableOf', entries[0][0], entries[0][1].length, name, values.length)
    columns.set(name, columnFrom('tableOf', name, values))
  }
  return { rows: entries.length === 0 ? 0 : entries[0][1].length, columns }
}

/** A promise, a Set, a reader: their own properties are no columns, and would make a table without any. */
const isUnread = (data: object): boolean => 'then' in data && typeof data.then === 'function' || Symbol.asyncIterator in data || (Symbol.iterator in data && !(data instanceof Map))

function ofObjects(rows: readonly object[]): Table {
  const names = new Set<string>()
  rows.forEach((row, r) => {
    checkRow('tableOf', row, r)
    for (const name in row) if (Object.hasOwn(row, name)) names.add(name)
  })
  return { rows: rows.length, columns: new Map(Array.from(names, (name) => [name, columnFrom('tableOf', name, pluck('tableOf', rows, name, false))])) }
}

/**
 * The rows of a table as objects, made one at a time; null where there is no value.
 *
 * @example
 * ```ts
 * import { rowsOf, tableOf } from 'feedrank'
 *
 * console.log([...rowsOf(tableOf({ user: ['a', 'b'], age: Int8Array.of(31, 28) }))]) // [{ user: 'a', age: 31 }, { user: 'b', age: 28 }]
 * ```
 */
export function* rowsOf(table: Table): Generator<Record<string, unknown>, void> {
  checkTable('rowsOf', table)
  const readers = Array.from(table.columns, ([name, column]) => ({ name, read: cellReader(column) }))
  for (let r = 0; r < table.rows; r++) {
    const row = {}
    for (const { name, read } of readers) setOwn(row, name, read(r))
    yield row
  }
}

/**
 * A table in text: a line a column, with its kind, how many nulls it has, and its first values.
 *
 * @example
 * ```ts
 * import { describeTable, tableOf } from 'feedrank'
 *
 * console.log(describeTable(tableOf({ user: ['a', 'b'], age: [31, null] })))
 * // 2 rows, 2 columns
 * //   user  text of 2      no nulls  "a", "b"
 * //   age   Float64Array   1 null    31, null
 * ```
 */
export function describeTable(table: Table): string {
  checkTable('describeTable', table)
  const lines = Array.from(table.columns, ([name, column]) => {
    const read = cellReader(column)
    const shown = Array.from({ length: Math.min(3, table.rows) }, (_, r) => valueText(read(r))).join(', ')
    return [name, kindText(column), nullsText(column, table.rows), shown + (table.rows > 3 ? ', ...' : '')]
  })
  const widths = [0, 1, 2].map((i) => Math.max(0, ...lines.map((line) => line[i].length)))
  const text = lines.map((line) => `  ${line.map((part, i) => part.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd())
  return [`${count(table.rows, 'row')}, ${count(table.columns.size, 'column')}`, ...text].join('\n')
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`

function kindText(column: Column): string {
  if (column.kind === 'text') return `text of ${column.dictionary.length}`
  if (column.kind === 'number') return Object.prototype.toString.call(column.values).slice(8, -1)
  return column.kind === 'list' ? `list of ${kindText(column.values)}` : column.kind
}

function nullsText(column: Column, rows: number): string {
  const read = cellReader(column)
  let nulls = 0
  if (column.valid !== undefined || column.kind === 'mixed') for (let r = 0; r < rows; r++) if (read(r) === null) nulls++
  return nulls === 0 ? 'no nulls' : count(nulls, 'null')
}

function valueText(value: unknown): string {
  if (Object.prototype.toString.call(value) === '[object Date]') return (value as Date).toISOString()
  return Array.isArray(value) ? `[${value.slice(0, 3).map(valueText).join(', ')}${value.length > 3 ? ', ...' : ''}]` : show(value)
}
