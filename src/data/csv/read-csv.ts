import { ArgumentError, DataError, checkInteger, checkObject, expected, show } from '../../errors'
import type { Column, Table } from '../table'
import { columnOfCells, csvTypes, inferType, type CsvType } from './cells'
import { recordsOf } from './records'
import { textChunks, type CsvSource } from './text-chunks'

export interface ReadCsvOptions {
  /** Whether the first record names the columns; otherwise their names. @defaultValue true */
  readonly header?: true | readonly string[]
  /** The columns that are kept, in this order. @defaultValue all */
  readonly columns?: readonly string[]
  /** The types of some columns; the others' are inferred from the first batch. */
  readonly types?: Readonly<Record<string, CsvType>> | ReadonlyMap<string, CsvType>
  /** Cells that say that there is no value. @defaultValue the empty cell */
  readonly nulls?: readonly string[]
  /** @defaultValue ',' */
  readonly delimiter?: string
  /** Most rows of a batch. @defaultValue 65536 */
  readonly rowsPerBatch?: number
}

/**
 * The tables of a CSV text, batch by batch: from a file, bytes, a Blob, a stream, or the text itself (a string with a line
 * break; one without is a path). A file, text, bytes or Blob is read anew by every loop; a stream once.
 *
 * The type of a column is what all its cells in the first batch can be read as: finite numbers, `true` and `false`, dates in
 * ISO 8601 (UTC where they name no zone), and text for all else. Integers past 2^53 make it `bigint`, past 64 bits text;
 * leading zeros make it text; a column that is empty throughout is text. The type then holds for all batches: a
 * cell that is not of it is an error, and `types` settles it. Lines end in `\n`, `\r\n` (also within quotes, where
 * it is read as `\n`) or `\r`. Columns with an empty cell have nulls; records are numbered from 1, the header included.
 *
 * @throws DataError, while reading, that names record and column at a quote that is not closed, a record with more or fewer
 * cells than the header, a column named twice or not at all, and a cell that is not of its column's type;
 * ArgumentError when an option is not what it should be
 * @example
 * ```ts
 * import { readCsv, rowsOf } from 'feedrank'
 *
 * for await (const table of readCsv('user,age,at\na,31,2026-01-01\nb,,2026-01-02')) console.log([...rowsOf(table)][1])
 * // { user: 'b', age: null, at: 2026-01-02T00:00:00.000Z }
 * ```
 */
export function readCsv(from: CsvSource, options: ReadCsvOptions = {}): AsyncIterable<Table> {
  const where = 'readCsv'
  checkObject(where, 'options', options)
  const { header = true, columns, types, nulls = [''], delimiter = ',', rowsPerBatch = 65_536 } = options
  checkInteger(where, 'rowsPerBatch', rowsPerBatch)
  if (header !== true && (!Array.isArray(header) || header.length === 0)) throw new ArgumentError(expected(where, 'header', 'true, or the names of the columns', header))
  if (columns !== undefined && !Array.isArray(columns)) throw new ArgumentError(expected(where, 'columns', 'names of columns', columns))
  if (!Array.isArray(nulls)) throw new ArgumentError(expected(where, 'nulls', 'an array of cells', nulls))
  if (typeof delimiter !== 'string' || delimiter.length !== 1 || ['\r', '\n', '"', '\ufeff'].includes(delimiter))
    throw new ArgumentError(expected(where, 'delimiter', 'one character', delimiter))
  const typed: ReadonlyMap<string, CsvType> = types === undefined ? new Map() : typeof (types as ReadonlyMap<string, CsvType>).get === 'function' ? types as ReadonlyMap<string, CsvType> : new Map(Object.entries(types))
  for (const [name, type] of typed) if (!csvTypes.includes(type)) throw new ArgumentError(expected(where, `types.${name}`, csvTypes.join(', '), type))
  const settings = { header, columns, typed, nulls: new Set<string>(nulls), delimiter, rowsPerBatch }
  let started = false
  return {
    [Symbol.asyncIterator]() {
      const once = typeof from === 'object' && from !== null && ('getReader' in from || 'next' in from || 'pipe' in from)
      if (once && started) throw new ArgumentError(`feedrank/${where}: expected a stream to be read once, got a second loop over it`)
      started = true
      return batches(from, settings)
    },
  }
}

interface Settings {
  readonly header: true | readonly string[]
  readonly columns: readonly string[] | undefined
  readonly typed: ReadonlyMap<string, CsvType>
  readonly nulls: ReadonlySet<string>
  readonly delimiter: string
  readonly rowsPerBatch: number
}

/** A column that is kept: where it stands in a record, and its type, once it is known. */
interface Kept {
  readonly name: string
  readonly at: number
  readonly inferred: boolean
  type: CsvType | undefined
}

async function* batches(from: CsvSource, settings: Settings): AsyncGenerator<Table, void> {
  const { rowsPerBatch, nulls } = settings
  let kept: Kept[] | undefined
  let width = 0
  let held: (readonly string[])[] = []
  let numbers: number[] = []
  let yielded = false

  const start = (names: readonly string[], record: number) => {
    width = names.length
    kept = keptColumns(settings, names, record)
  }
  const flush = (): Table => {
    const cells: (string | undefined)[] = Array.from({ length: held.length })
    const columns = new Map<string, Column>()
    const recordOf = (row: number) => numbers[row]
    for (const column of kept ?? []) {
      for (let r = 0; r < held.length; r++) {
        const cell = held[r][column.at]
        cells[r] = nulls.has(cell) ? undefined : cell
      }
      column.type ??= inferType('readCsv', column.name, cells, recordOf)
      columns.set(column.name, columnOfCells('readCsv', column.name, column.type, cells, recordOf, column.inferred))
    }
    const table = { rows: held.length, columns }
    held = []
    numbers = []
    yielded = true
    return table
  }

  if (settings.header !== true) start(settings.header, 0)
  for await (const { first, fields } of recordsOf('readCsv', textChunks('readCsv', from), settings.delimiter)) {
    for (let i = 0; i < fields.length; i++) {
      const record = fields[i]
      if (kept === undefined) {
        start(record, first)
        continue
      }
      // Lines with nothing on them say nothing, but where there is one column, they are its nulls.
      if (record.length === 1 && record[0] === '' && width > 1) continue
      if (record.length !== width)
        throw new DataError(`feedrank/readCsv: expected ${width} cells in every record, got ${record.length} in record ${first + i}${hint(settings.delimiter, width, record)}`)
      held.push(record)
      numbers.push(first + i)
      if (held.length === rowsPerBatch) yield flush()
    }
  }
  if (kept === undefined) throw new DataError('feedrank/readCsv: expected a header, got a text without any record')
  if (held.length > 0 || !yielded) yield flush()
}

const hint = (delimiter: string, width: number, record: readonly string[]) =>
  width === 1 ? `; is ${show(delimiter)} what parts the cells?` : record.length > width ? '; a cell with a delimiter in it stands in quotes' : ''

function keptColumns({ columns, typed }: Settings, names: readonly string[], record: number): Kept[] {
  const where = 'readCsv'
  const at = new Map<string, number>()
  names.forEach((name, i) => {
    if (name === '') throw new DataError(`feedrank/${where}: expected every column to have a name, got none for column ${i + 1} of ${names.length} in record ${record}`)
    if (at.has(name)) throw new DataError(`feedrank/${where}: expected columns of different names, got ${show(name)} for columns ${at.get(name)! + 1} and ${i + 1}`)
    at.set(name, i)
  })
  const known = (name: string, what: string): number => {
    const place = at.get(name)
    if (place === undefined) throw new ArgumentError(`feedrank/${where}: expected \`${what}\` to name columns of the text (${names.map(show).join(', ')}), got ${show(name)}`)
    return place
  }
  for (const name of typed.keys()) known(name, 'types')
  return (columns ?? names).map((name) => ({ name, at: known(name, 'columns'), type: typed.get(name), inferred: !typed.has(name) }))
}
