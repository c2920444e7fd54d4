import { DataError, show } from '../../errors'
import { encodeText } from '../columns'
import type { Column } from '../table'

/** What a column of a CSV may hold. */
export type CsvType = 'text' | 'number' | 'bigint' | 'boolean' | 'date'

export const csvTypes: readonly CsvType[] = ['text', 'number', 'bigint', 'boolean', 'date']

const numberText = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/
const integerText = /^[+-]?\d+$/
/** A house number, a postcode, an id: not a number, which would lose its zeros. */
const leadingZeros = /^[+-]?0\d/
const dateText = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/
const notFinite = /^[+-]?(nan|inf|infinity)$/i

const isSafeInteger = (text: string) => Number.isSafeInteger(Number(text))
const is64 = (text: string) => { const value = BigInt(text.replace('+', '')); return BigInt.asIntN(64, value) === value }

/** What a cell could be read as. */
function typeOf(text: string): CsvType | 'huge' | 'not finite' {
  if (numberText.test(text)) {
    if (leadingZeros.test(text)) return 'text'
    if (!integerText.test(text)) return Number.isFinite(Number(text)) ? 'number' : 'not finite'
    return isSafeInteger(text) ? 'number' : is64(text) ? 'bigint' : 'huge'
  }
  if (/^(true|false)$/i.test(text)) return 'boolean'
  if (notFinite.test(text)) return 'not finite'
  return momentOf(text) === undefined ? 'text' : 'date'
}

/**
 * The type of a column by its cells (undefined where there is none): what all of them can be read as. Integers past 2^53 make
 * it `bigint`, past 64 bits text; so does whatever else is mixed.
 *
 * @throws DataError where NaN or an infinity stands among numbers: whoever wrote it has to say what is meant
 */
export function inferType(where: string, name: string, cells: ArrayLike<string | undefined>, recordOf: (row: number) => number): CsvType {
  const seen = new Map<CsvType | 'huge' | 'not finite', number>()
  let fraction = false
  for (let r = 0; r < cells.length; r++) {
    const cell = cells[r]
    if (cell === undefined) continue
    const type = typeOf(cell)
    if (!seen.has(type)) seen.set(type, r)
    if (type === 'text') return 'text'
    if (type === 'number' && !integerText.test(cell)) fraction = true
  }
  const strange = seen.get('not finite')
  if (strange !== undefined && seen.size > 1 && [...seen.keys()].every((type) => type === 'not finite' || type === 'number' || type === 'bigint'))
    throw new DataError(`feedrank/${where}: expected finite numbers in column ${show(name)}, got ${show(cells[strange])} in record ${recordOf(strange)}; name it in \`nulls\`, or the column's type`)
  const [only] = seen.keys()
  if (seen.size === 1) return only === 'huge' || only === 'not finite' ? 'text' : only
  return seen.size === 2 && seen.has('number') && seen.has('bigint') && !fraction ? 'bigint' : 'text'
}

/** A moment in ms since 1970, of a date in ISO 8601; without a zone it is UTC. Undefined where it is none. */
export function momentOf(text: string): number | undefined {
  const match = dateText.exec(text)
  if (match === null) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0))
  // Date.UTC would take the year 50 for 1950.
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  // 31 February would become 3 March.
  if (date.getUTCDate() !== day || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined
  const ms = date.setUTCHours(hour, minute, second)
  const fraction = match[7] === undefined ? 0 : Number(`0.${match[7]}`) * 1000
  const zone = match[8]
  if (zone === undefined || zone === 'Z') return ms + fraction
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))]
  if (hours > 23 || minutes > 59) return undefined
  return ms + fraction - (zone.startsWith('-') ? -1 : 1) * (60 * hours + minutes) * 60_000
}

/**
 * A column of cells as `type`; undefined is null.
 *
 * @throws DataError, with record and column, at a cell that is not of the type
 */
export function columnOfCells(where: string, name: string, type: CsvType, cells: ArrayLike<string | undefined>, recordOf: (row: number) => number, inferred: boolean): Column {
  const { length } = cells
  let valid: Uint8Array | undefined
  for (let r = 0; r < length; r++) if (cells[r] === undefined) (valid ??= new Uint8Array(length).fill(1))[r] = 0
  const nulls = valid && { valid }
  if (type === 'text') return { kind: 'text', ...encodeText(length, (r) => cells[r]), ...nulls }
  const wrong = (r: number, what: string) => {
    const why = inferred ? `, as the rows before it are; say what it is in \`types\` if it is not` : ''
    return new DataError(`feedrank/${where}: expected column ${show(name)} to hold ${what}${why}, got ${show(cells[r])} in record ${recordOf(r)}`)
  }
  switch (type) {
    case 'number': {
      const values = new Float64Array(length)
      for (let r = 0; r < length; r++) {
        const cell = cells[r]
        if (cell === undefined) continue
        const value = Number(cell)
        if (!numberText.test(cell) || !Number.isFinite(value)) throw wrong(r, 'finite numbers')
        if (!Number.isSafeInteger(value) && integerText.test(cell)) throw wrong(r, "integers below 2^53 (above, 'bigint' or 'text')")
        values[r] = value
      }
      return { kind: 'number', values, ...nulls }
    }
    case 'bigint': {
      const values = new BigInt64Array(length)
      for (let r = 0; r < length; r++) {
        const cell = cells[r]
        if (cell === undefined) continue
        if (!integerText.test(cell) || !is64(cell)) throw wrong(r, 'integers of 64 bits')
        values[r] = BigInt(cell.replace('+', ''))
      }
      return { kind: 'bigint', values, ...nulls }
    }
    case 'boolean': {
      const values = new Uint8Array(length)
      for (let r = 0; r < length; r++) {
        const cell = cells[r]
        if (cell === undefined) continue
        if (!/^(true|false)$/i.test(cell) && (inferred || !/^[01]$/.test(cell))) throw wrong(r, 'true or false')
        values[r] = cell === '1' || cell.toLowerCase() === 'true' ? 1 : 0
      }
      return { kind: 'boolean', values, ...nulls }
    }
    case 'date': {
      const values = new Float64Array(length)
      for (let r = 0; r < length; r++) {
        const cell = cells[r]
        if (cell === undefined) continue
        const ms = momentOf(cell)
        if (ms === undefined) throw wrong(r, 'dates in ISO 8601')
        values[r] = ms
      }
      return { kind: 'date', values, ...nulls }
    }
  }
}
