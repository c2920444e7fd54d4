import { ArgumentError, ContractError, checkInteger, checkSameLength, expected, show } from '../errors'
import type { Column, ListColumn, MixedColumn, NumberArray, Table } from './table'
import { cellReader, checkTable, isNull, lengthOf, tableColumn } from './table'

/**
 * The rows of a table at `indices`, in that order and as often as they are named.
 *
 * @throws ArgumentError when an index is not a row.
 */
export function takeTable(table: Table, indices: ArrayLike<number>): Table {
  checkTable('takeTable', table)
  for (let i = 0; i < indices.length; i++)
    if (!(Number.isInteger(indices[i]) && indices[i] >= 0 && indices[i] < table.rows))
      throw new ArgumentError(expected('takeTable', `indices[${i}]`, `a row, 0 to ${table.rows - 1}`, indices[i]))
  return changed(table, indices.length, (column) => takeCells(column, indices))
}

/**
 * The rows of a table from `start` to before `end`. Arrays are views of the same memory.
 *
 * @throws ArgumentError when the range does not lie within the rows.
 */
export function sliceTable(table: Table, start: number, end = table.rows): Table {
  checkTable('sliceTable', table)
  checkInteger('sliceTable', 'start', start, 0)
  checkInteger('sliceTable', 'end', end, start)
  if (end > table.rows) throw new ArgumentError(expected('sliceTable', 'end', `at most the number of rows, ${table.rows}`, end))
  return changed(table, end - start, (column) => sliceCells(column, start, end))
}

/**
 * The rows of a table where `mask` is true, or not 0.
 *
 * @throws ArgumentError when the mask has not one value a row, or one that is neither (null, NaN).
 * @example
 * ```ts
 * import { filterTable, rowsOf, tableOf } from 'feedrank'
 *
 * console.log([...rowsOf(filterTable(tableOf({ user: ['a', 'b', 'c'] }), [true, false, true]))]) // [{ user: 'a' }, { user: 'c' }]
 * ```
 */
export function filterTable(table: Table, mask: ArrayLike<boolean | number>): Table {
  checkTable('filterTable', table)
  checkSameLength('filterTable', 'mask', mask?.length, 'table.rows', table.rows)
  for (let r = 0; r < table.rows; r++)
    if (typeof mask[r] !== 'boolean' && (typeof mask[r] !== 'number' || Number.isNaN(mask[r]))) throw new ArgumentError(expected('filterTable', `mask[${r}]`, 'true, false or a number', mask[r]))
  const kept = Int32Array.from({ length: table.rows }, (_, r) => r).filter((r) => mask[r] !== false && mask[r] !== 0)
  return changed(table, kept.length, (column) => takeCells(column, kept))
}

/**
 * The columns of a table by those names, in that order.
 *
 * @throws ArgumentError when there is no such column.
 */
export function selectColumns(table: Table, names: readonly string[]): Table {
  checkTable('selectColumns', table)
  return { rows: table.rows, columns: new Map(names.map((name) => [name, tableColumn('selectColumns', table, name)])) }
}

/**
 * The rows of all tables, one after another.
 *
 * Numbers of different arrays become Float64Array; a column that is null throughout takes the kind of the others, and a
 * mixed one makes all mixed.
 *
 * @throws ArgumentError when there is no table; ContractError when tables differ in columns or their kinds.
 */
export function concatTables(tables: readonly Table[]): Table {
  const where = 'concatTables'
  if (!Array.isArray(tables) || tables.length === 0) throw new ArgumentError(expected(where, 'tables', 'at least one table', tables))
  tables.forEach((table: Table, i) => checkTable(where, table, `tables[${i}]`))
  const first: Table = tables[0]
  if (tables.length === 1) return first
  const names = [...first.columns.keys()]
  tables.forEach((table: Table, i) => {
    if (table.columns.size === names.length && names.every((name) => table.columns.has(name))) return
    const has = [...table.columns.keys()].map(show).join(', ') || 'none'
    throw new ContractError(`feedrank/${where}: expected tables with the same columns (${names.map(show).join(', ')}), tables[${i}] has ${has}`)
  })
  return {
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    columns: new Map(names.map((name) => [name, joinColumns(name, tables.map((table: Table) => tableColumn(where, table, name)))])),
  }
}

const changed = (table: Table, rows: number, change: (column: Column) => Column): Table =>
  ({ rows, columns: new Map(Array.from(table.columns, ([name, column]) => [name, change(column)])) })

type Taken = NumberArray | BigInt64Array

function pick<A extends Taken>(values: A, indices: ArrayLike<number>): A {
  const taken = new (values.constructor as new (length: number) => A)(indices.length)
  for (let i = 0; i < taken.length; i++) taken[i] = values[indices[i]]
  return taken
}

/** The rows of one column at `indices`. */
export function takeCells(column: Column, indices: ArrayLike<number>): Column {
  const nulls = column.valid && { valid: pick(column.valid, indices) }
  switch (column.kind) {
    case 'text': return { ...column, codes: pick(column.codes, indices), ...nulls }
    case 'mixed': return { ...column, values: Array.from(indices, (row) => column.values[row]), ...nulls }
    case 'bigint': return { ...column, values: pick(column.values, indices), ...nulls }
    case 'number': return { ...column, values: pick<NumberArray>(column.values, indices), ...nulls }
    case 'boolean': return { ...column, values: pick(column.values, indices), ...nulls }
    case 'date': return { ...column, values: pick(column.values, indices), ...nulls }
    case 'list': {
      const offsets = new Int32Array(indices.length + 1)
      for (let i = 0; i < indices.length; i++) offsets[i + 1] = offsets[i] + column.offsets[indices[i] + 1] - column.offsets[indices[i]]
      const places = new Int32Array(offsets[indices.length])
      for (let i = 0, at = 0; i < indices.length; i++)
        for (let from = column.offsets[indices[i]]; from < column.offsets[indices[i] + 1]; from++) places[at++] = from
      return { kind: 'list', offsets, values: takeCells(column.values, places), ...nulls }
    }
  }
}

export function sliceCells(column: Column, start: number, end: number): Column {
  const nulls = column.valid && { valid: column.valid.subarray(start, end) }
  switch (column.kind) {
    case 'text': return { ...column, codes: column.codes.subarray(start, end), ...nulls }
    case 'list': return { ...column, offsets: column.offsets.subarray(start, end + 1), ...nulls }
    case 'mixed': return { ...column, values: column.values.slice(start, end), ...nulls }
    case 'bigint': return { ...column, values: column.values.subarray(start, end), ...nulls }
    case 'number': return { ...column, values: column.values.subarray(start, end), ...nulls }
    case 'boolean': return { ...column, values: column.values.subarray(start, end), ...nulls }
    case 'date': return { ...column, values: column.values.subarray(start, end), ...nulls }
  }
}

function joinColumns(name: string, columns: readonly Column[]): Column {
  const known = columns.filter((column) => column.kind !== 'mixed' || !emptyColumn(column))
  const kinds = new Set(known.map(({ kind }) => kind))
  const rows = columns.reduce((sum, column) => sum + lengthOf(column), 0)
  const valid = columns.some((column) => column.valid !== undefined || column.kind === 'mixed') ? joinedNulls(columns, rows) : undefined
  const nulls = valid?.includes(0) ? { valid } : {}
  const [kind] = kinds.size > 1 && kinds.has('mixed') ? ['mixed' as const] : kinds
  if (kinds.size > 1 && kind !== 'mixed')
    throw new ContractError(`feedrank/concatTables: expected column ${show(name)} to be of one kind in all tables, got ${[...kinds].join(', ')}`)
  switch (kind) {
    case undefined:
    case 'mixed': return { kind: 'mixed', values: columns.flatMap((column) => { const read = cellReader(column); return Array.from({ length: lengthOf(column) }, (_, r) => read(r)) }), ...nulls }
    case 'text': return { kind, ...joinTexts(columns, rows), ...nulls }
    case 'list': return { ...joinLists(name, columns, rows), ...nulls }
    case 'bigint': return { kind, values: joinArrays(columns, new BigInt64Array(rows)), ...nulls }
    case 'boolean': return { kind, values: joinArrays(columns, new Uint8Array(rows)), ...nulls }
    case 'date': return { kind, values: joinArrays(columns, new Float64Array(rows)), ...nulls }
    case 'number': {
      const makers = new Set(known.map((column) => (column.kind === 'number' ? column.values.constructor : undefined)))
      const make = makers.size === 1 ? [...makers][0] as new (length: number) => NumberArray : Float64Array
      return { kind, values: joinArrays(columns, new make(rows)), ...nulls }
    }
  }
}

const emptyColumn = (column: MixedColumn) => column.values.every((_, row) => isNull(column, row))

function joinedNulls(columns: readonly Column[], rows: number): Uint8Array {
  const valid = new Uint8Array(rows).fill(1)
  let at = 0
  for (const column of columns) for (let r = 0; r < lengthOf(column); r++, at++) if (isNull(column, r)) valid[at] = 0
  return valid
}

function joinArrays<A extends Taken>(columns: readonly Column[], into: A): A {
  let at = 0
  for (const column of columns) {
    if (column.kind !== 'mixed' && column.kind !== 'text' && column.kind !== 'list') (into as { set: (from: unknown, at: number) => void }).set(column.values, at)
    at += lengthOf(column)
  }
  return into
}

function joinTexts(columns: readonly Column[], rows: number) {
  const codes = new Int32Array(rows)
  const known = new Map<string, number>()
  let at = 0
  for (const column of columns) {
    if (column.kind === 'text') {
      const moved = Int32Array.from(column.dictionary, (text) => {
        const code = known.get(text) ?? known.size
        known.set(text, code)
        return code
      })
      for (let r = 0; r < column.codes.length; r++) codes[at + r] = moved[column.codes[r]] ?? 0
    }
    at += lengthOf(column)
  }
  return { codes, dictionary: [...known.keys()] }
}

function joinLists(name: string, columns: readonly Column[], rows: number): ListColumn {
  const offsets = new Int32Array(rows + 1)
  const parts: Column[] = []
  let row = 0
  for (const column of columns) {
    const length = lengthOf(column)
    for (let r = 0; r < length; r++, row++) offsets[row + 1] = offsets[row] + (column.kind === 'list' ? column.offsets[r + 1] - column.offsets[r] : 0)
    if (column.kind === 'list') parts.push(sliceCells(column.values, column.offsets[0], column.offsets[length]))
  }
  return { kind: 'list', offsets, values: joinColumns(`${name} (values)`, parts) }
}
