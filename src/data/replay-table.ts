import { DataError, expected } from '../errors'
import type { AggregatePlan, EventColumn } from './aggregate'
import type { AggregateMemory } from './aggregate-events'
import { checkOrder, checkTime, joinTexts, valueOf } from './aggregate-events'
import type { Column, NumericColumn, Table } from './table'
import { cellReader, checkTable, isNull, lengthOf, tableColumn } from './table'
import { cell, idKey, idKinds, isMissing } from './values'

/** What running aggregates are, as far as a table has to know. */
export interface Replayed {
  readonly where: string
  readonly keyColumns: readonly string[]
  readonly timeColumn: string
  readonly plan: AggregatePlan
  readonly memory: AggregateMemory
}

/**
 * Takes in the rows of a table, and gives what was known before each: O(rows · aggregates). All columns are read and checked
 * before the first row is taken in.
 */
export function replayTable(to: Replayed, table: Table): ReadonlyMap<string, NumericColumn> {
  const { where, plan: { parts, columns }, memory } = to
  checkTable(where, table)
  const { rows } = table
  const times = timesOf(to, table)
  const depth = columns.length
  const values = new Float64Array(rows * depth)
  columns.forEach((column, c) => readValues(where, tableColumn(where, table, column.name), column, memory.ids[c], values, c, depth, rows))
  const keys = keysOf(to, table)

  const out = parts.map(() => new Float64Array(rows))
  for (let r = 0; r < rows; r++) {
    const now = times[r]
    const { cells, start, last } = memory.state.known(keys[r], now, now)
    for (let p = 0; p < parts.length; p++) out[p][r] = parts[p].read(cells, start, last, now)
    memory.state.append(keys[r], now, values, r * depth)
  }
  if (rows > 0) memory.newest = times[rows - 1]
  return new Map(parts.map(({ name }, p) => [name, withNulls(out[p])]))
}

/** NaN is what is not known. */
function withNulls(values: Float64Array): NumericColumn {
  let valid: Uint8Array | undefined
  for (let r = 0; r < values.length; r++) {
    if (values[r] === values[r]) continue
    valid ??= new Uint8Array(values.length).fill(1)
    valid[r] = 0
  }
  return { kind: 'number', values, ...(valid && { valid }) }
}

function timesOf({ where, timeColumn, memory }: Replayed, table: Table): Float64Array {
  const column = tableColumn(where, table, timeColumn)
  const times = new Float64Array(table.rows)
  const read = column.kind === 'date' ? (row: number) => column.values[row] : cellReader(column)
  let newest = memory.newest
  for (let r = 0; r < times.length; r++) {
    const value = isNull(column, r) ? null : read(r)
    // A bigint past 2^53 (ns since 1970) would be rounded, and events of a moment do not see each other.
    const time = typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value
    if (typeof time === 'number' && time >= newest && time <= 100 * newest) newest = times[r] = time
    else newest = times[r] = checkOrder(where, cell(r, timeColumn), checkTime(where, cell(r, timeColumn), time, newest), newest)
  }
  return times
}

/** The index of the key of each row; keys that are new get theirs once all are known to be keys. */
function keysOf({ where, keyColumns, memory: { state, keys } }: Replayed, table: Table): Int32Array {
  const sides = keyColumns.map((name) => codesOf(where, name, tableColumn(where, table, name)))
  const indices = new Int32Array(table.rows)
  // Rows are told apart by numbers; a key is put into words once.
  const indexOf = (r: number): number => {
    const text = joinTexts(sides.map((side) => side.textOf(side.codes[r])))
    let index = keys.get(text)
    if (index === undefined) keys.set(text, (index = state.insert()))
    return index
  }
  const [{ codes }] = sides
  const most = largest(codes)
  if (sides.length === 1 && most < 4 * table.rows + 1000) {
    const known = new Int32Array(most + 1).fill(-1)
    for (let r = 0; r < indices.length; r++) {
      const code = codes[r]
      if (known[code] < 0) known[code] = indexOf(r)
      indices[r] = known[code]
    }
    return indices
  }
  const codeAt = rowCodes(sides.map((side) => side.codes))
  const known = new Map<number | string, number>()
  for (let r = 0; r < indices.length; r++) {
    const code = codeAt(r)
    let index = known.get(code)
    if (index === undefined) known.set(code, (index = indexOf(r)))
    indices[r] = index
  }
  return indices
}

function largest(codes: ArrayLike<number>): number {
  let most = 0
  for (let r = 0; r < codes.length; r++) most = Math.max(most, codes[r])
  return most
}

/** One number for the codes of a row, or one text where the numbers would be too large. */
function rowCodes(sides: readonly ArrayLike<number>[]): (row: number) => number | string {
  if (sides.length === 1) return (row) => sides[0][row]
  const [left, right] = sides
  const width = largest(right ?? left) + 1
  if (sides.length === 2 && (largest(left) + 1) * width < Number.MAX_SAFE_INTEGER) return (row) => left[row] * width + right[row]
  return (row) => sides.map((codes) => codes[row]).join(' ')
}

/** A number for each value of a column, and the text of each number; equal values have equal numbers. */
function codesOf(where: string, name: string, column: Column): { readonly codes: ArrayLike<number>; readonly textOf: (code: number) => string } {
  const { valid } = column
  const at = valid?.indexOf(0) ?? -1
  if (at >= 0) throw new DataError(expected(where, cell(at, name), idKinds, null))
  if (column.kind === 'text') return { codes: column.codes, textOf: (code) => column.dictionary[code] }
  if (column.kind === 'number' && column.values.every((value) => value >= 0 && value === Math.floor(value) && value < 2 ** 31)) return { codes: column.values, textOf: String }
  const read = cellReader(column)
  const known = new Map<unknown, number>()
  const texts: string[] = []
  const codes = new Int32Array(lengthOf(column))
  for (let r = 0; r < codes.length; r++) {
    const value = read(r)
    let code = known.get(value)
    if (code === undefined) {
      const text = idKey(value)
      if (text === undefined) throw new DataError(expected(where, cell(r, name), idKinds, value))
      code = texts.push(text) - 1
      known.set(value, code)
    }
    codes[r] = code
  }
  return { codes, textOf: (code) => texts[code] }
}

function readValues(
  where: string, column: Column, wanted: EventColumn, ids: Map<string, number>, into: Float64Array, c: number, depth: number, rows: number,
): void {
  const { valid } = column
  const check = (r: number, value: unknown): number => {
    try {
      return isMissing(value) ? NaN : valueOf(where, wanted, value, ids)
    } catch (error) {
      throw DataError.isInstance(error) ? new DataError(error.message.replace('`event.', `\`rows[${r}].`), { cause: error }) : error
    }
  }
  if (column.kind === 'boolean' && wanted.kind !== 'id') {
    for (let r = 0; r < rows; r++) into[r * depth + c] = valid?.[r] === 0 ? NaN : column.values[r]
    return
  }
  const read = cellReader(column)
  if (wanted.kind === 'id') {
    // Most ids come often: each is put into words once.
    const known = new Map<unknown, number>()
    for (let r = 0; r < rows; r++) {
      const value = read(r)
      let id = known.get(value)
      if (id === undefined) known.set(value, (id = check(r, value)))
      into[r * depth + c] = id
    }
    return
  }
  for (let r = 0; r < rows; r++) into[r * depth + c] = check(r, read(r))
}
