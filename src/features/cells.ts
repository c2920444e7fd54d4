import type { Column, NumberArray } from '../data/table'
import { cellReader } from '../data/table'
import { sliceCells } from '../data/table-rows'
import { idKey, idKinds, isIdNumber, isMissing } from '../data/values'
import type { DataError } from '../errors'
import { badValue } from './values'

/** One column of a batch of rows, and where it comes from, for messages. */
export interface Cells {
  /** The function that is reading, for messages. */
  readonly where: string
  /** The column's name, for messages. */
  readonly name: string
  readonly length: number
  readonly column: Column
  /** The number of the row that a cell stands in. */
  readonly row: (cell: number) => number
}

/** The error about one cell. */
export const badCell = (cells: Cells, cell: number, expectation: string, value: unknown): DataError =>
  badValue(cells.where, cells.name, cells.row(cell), expectation, value)

const number = 'a finite number'
const zeroOrOne = 'true, false, 1 or 0'

/**
 * The cells as finite numbers, NaN where there is none; not to be written to. A bigint is a number where that is exact.
 *
 * @throws DataError for anything else, and for a missing value unless `optional`
 */
export function numbersOf(cells: Cells, optional: boolean): Float64Array {
  const { column, length } = cells
  const { valid } = column
  if (column.kind === 'number') {
    const { values } = column
    const numbers = values.BYTES_PER_ELEMENT === 8 && valid === undefined ? (values as Float64Array) : new Float64Array(values)
    for (let i = 0; i < length; i++) {
      if (valid !== undefined && valid[i] === 0) {
        if (!optional) throw badCell(cells, i, number, null)
        numbers[i] = NaN
      } else if (!(Math.abs(numbers[i]) < Infinity)) throw badCell(cells, i, number, numbers[i])
    }
    return numbers
  }
  const numbers = new Float64Array(length)
  if (column.kind === 'mixed' && valid === undefined) {
    const { values } = column
    for (let i = 0; i < length; i++) {
      const value = values[i]
      numbers[i] = typeof value === 'number' && Math.abs(value) < Infinity ? value : oddNumber(cells, i, value, optional)
    }
    return numbers
  }
  const read = cellReader(column)
  for (let i = 0; i < length; i++) numbers[i] = oddNumber(cells, i, read(i), optional)
  return numbers
}

/** A cell that is no plain number: missing, a bigint, or wrong. */
function oddNumber(cells: Cells, cell: number, value: unknown, optional: boolean): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (optional && isMissing(value)) return NaN
  if (typeof value === 'bigint' && BigInt(Number(value)) === value) return Number(value)
  throw badCell(cells, cell, typeof value === 'bigint' ? 'an integer that a number holds exactly' : number, value)
}

/** In {@link booleansOf}: a cell without a value. */
export const absent = 2

/**
 * The cells as 0 and 1, and {@link absent} where there is none.
 *
 * @throws DataError for anything but booleans, 0 and 1, and for a missing value unless `optional`
 */
export function booleansOf(cells: Cells, optional: boolean): Uint8Array {
  const { column, length } = cells
  const bits = new Uint8Array(length)
  if ((column.kind === 'boolean' || column.kind === 'number') && column.valid === undefined) {
    const { values } = column
    for (let i = 0; i < length; i++) {
      const value = values[i]
      if (value === 1) bits[i] = 1
      else if (value !== 0 && column.kind === 'number') throw badCell(cells, i, zeroOrOne, value)
    }
    return bits
  }
  const read = cellReader(column)
  for (let i = 0; i < length; i++) {
    const value = read(i)
    if (value === true || value === 1 || value === 1n) bits[i] = 1
    else if (value !== false && value !== 0 && value !== 0n) {
      if (!optional || !isMissing(value)) throw badCell(cells, i, zeroOrOne, value)
      bits[i] = absent
    }
  }
  return bits
}

/** What gives ids to names. A number and its decimal string must get the same one. */
export interface IdMap {
  readonly ofText: (text: string) => number
  readonly ofNumber: (value: number) => number
  /** The ids of whole numbers by their place, where they are known at once; negative where `ofNumber` has to be asked. */
  readonly places?: Int32Array
}

/**
 * The ids of the cells. `missing` is the id of a cell without a value, or null where that is an error. The texts of a
 * dictionary are looked up once each.
 *
 * @throws DataError for what names nothing: {@link idKinds} says what does
 */
export function idsOf(cells: Cells, map: IdMap, missing: number | null): Int32Array {
  const { column, length } = cells
  const { valid } = column
  const { places = nowhere } = map
  const ids = new Int32Array(length)
  if (column.kind === 'text') {
    const { codes, dictionary } = column
    // A short slice of a long dictionary looks up its own texts only.
    const known = dictionary.length <= 4 * length ? new Int32Array(dictionary.length).fill(-1) : null
    for (let i = 0; i < length; i++) {
      if (valid !== undefined && valid[i] === 0) ids[i] = idWithout(cells, i, missing)
      else if (known === null) ids[i] = map.ofText(dictionary[codes[i]])
      else {
        const code = codes[i]
        if (known[code] < 0) known[code] = map.ofText(dictionary[code])
        ids[i] = known[code]
      }
    }
    return ids
  }
  if (column.kind === 'number') {
    if (valid === undefined && isInt32(column.values)) return wholeIds(column.values, map, ids)
    // One kind of array makes one fast loop; converting takes less time than reading all kinds.
    const values = new Float64Array(column.values)
    for (let i = 0; i < length; i++) {
      const value = values[i]
      if (valid !== undefined && valid[i] === 0) ids[i] = idWithout(cells, i, missing)
      else if (places[value] >= 0) ids[i] = places[value] // beyond its ends an array has undefined, which is not >= 0
      else if (isIdNumber(value)) ids[i] = map.ofNumber(value)
      else throw badCell(cells, i, idKinds, value)
    }
    return ids
  }
  const read = cellReader(column)
  for (let i = 0; i < length; i++) {
    const value = read(i)
    if (typeof value === 'number' && isIdNumber(value)) ids[i] = places[value] >= 0 ? places[value] : map.ofNumber(value)
    else if (typeof value === 'string') ids[i] = map.ofText(value)
    else if (isMissing(value)) ids[i] = idWithout(cells, i, missing)
    else {
      const key = idKey(value)
      if (key === undefined) throw badCell(cells, i, idKinds, value)
      ids[i] = map.ofText(key)
    }
  }
  return ids
}

const nowhere = new Int32Array(0)

const isInt32 = (values: NumberArray): values is Int32Array => Object.prototype.toString.call(values) === '[object Int32Array]'

/** The ids of whole numbers, all of which are names. */
function wholeIds(values: Int32Array, { places = nowhere, ofNumber }: IdMap, ids: Int32Array): Int32Array {
  for (let i = 0; i < ids.length; i++) {
    const value = values[i]
    const id = value >= 0 && value < places.length ? places[value] : -1
    ids[i] = id >= 0 ? id : ofNumber(value)
  }
  return ids
}

function idWithout(cells: Cells, cell: number, missing: number | null): number {
  if (missing !== null) return missing
  throw badCell(cells, cell, 'a string or a number', null)
}

/** Lists, taken apart: row `r` owns the elements `offsets[r] .. offsets[r + 1])`; `offsets` begins at 0. */
export interface Lists {
  readonly offsets: Int32Array
  readonly elements: Cells
}

/**
 * The cells as lists; one that is missing is empty.
 *
 * @throws DataError for what is no list (`expectation` says of what), and for a missing one unless `optional`
 */
export function listsOf(cells: Cells, optional: boolean, expectation = 'an array of strings or numbers'): Lists {
  const { column, length } = cells
  if (column.kind === 'list' && column.valid === undefined) {
    const begin = column.offsets[0]
    const offsets = begin === 0 ? column.offsets : column.offsets.map((offset) => offset - begin)
    return { offsets, elements: elementsOf(cells, offsets, sliceCells(column.values, begin, column.offsets[length])) }
  }
  const read = cellReader(column)
  const offsets = new Int32Array(length + 1)
  const values: unknown[] = []
  for (let i = 0; i < length; i++) {
    const list = read(i)
    if (isList(list)) for (let k = 0; k < list.length; k++) values.push(list[k])
    else if (!optional || !isMissing(list)) throw badCell(cells, i, expectation, list)
    offsets[i + 1] = values.length
  }
  return { offsets, elements: elementsOf(cells, offsets, { kind: 'mixed', values }) }
}

const isList = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value)

/** The elements of lists as cells of their own, each in the row of its list. */
const elementsOf = (cells: Cells, offsets: Int32Array, column: Column): Cells => ({
  where: cells.where,
  name: cells.name,
  length: offsets[offsets.length - 1],
  column,
  row: (element) => {
    let cell = 0
    while (cell + 1 < offsets.length && offsets[cell + 1] <= element) cell++
    return cells.row(cell)
  },
})
