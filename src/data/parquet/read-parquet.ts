import type { AsyncBuffer, Compressors, FileMetaData, SchemaTree } from 'hyparquet'
import { ArgumentError, DataError, FeedrankError, checkInteger, checkObject, expected, show } from '../../errors'
import { openBytes, type ByteSource, type Bytes } from '../byte-source'
import type { Column, Table } from '../table'
import { columnOfValues } from './column-builder'
import { columnCursor, type ColumnCursor } from './column-cursor'
import type { ColumnPlan, WideIntegers } from './plan'
import { checkLayout, planColumn } from './plan'

export interface ReadParquetOptions {
  /** The columns that are read, in this order; the others are never touched. @defaultValue all */
  readonly columns?: readonly string[]
  /** Most rows of a batch; a batch never spans two row groups. @defaultValue 65536 */
  readonly rowsPerBatch?: number
  /**
   * What integers of 64 bits become: `number` (one past 2^53 is an error), `bigint`, or `auto`: `bigint` where the file's
   * statistics say that a column holds integers past 2^53, and `number` elsewhere. Either way it is the same in all batches.
   *
   * @defaultValue 'auto'
   */
  readonly int64?: WideIntegers
}

/**
 * The tables of a Parquet file, batch by batch, from memory or from disk; every loop over it reads it anew. A file without
 * rows gives one table without rows.
 *
 * Pages go straight into typed arrays, one page of each column at a time, so memory follows the batch and not the file or
 * its row groups. Texts keep the dictionary of the file; moments become dates in ms (with a fraction where the file is finer),
 * decimals numbers, lists of these become lists. Structs, maps, nested lists, and rarer types and encodings are read by
 * row group, as hyparquet gives them. Snappy, gzip, zstd, brotli and lz4 are opened.
 *
 * What the file says of itself is checked: sizes, counts of rows, values and nulls, codes, UTF-8 and, where the writer put them there,
 * the checksums of pages. A format without checksums cannot tell an altered number from a true one.
 *
 * @throws DataError, while reading, that names column and rows when the file is cut short, altered or no Parquet;
 * ArgumentError when an option is out of range or a column is not there
 * @example
 * ```ts no-run
 * import { describeTable, readParquet } from 'feedrank'
 *
 * for await (const table of readParquet('impressions.parquet', { columns: ['user_id', 'clicked'] })) console.log(describeTable(table))
 * ```
 */
export function readParquet(from: Bytes, options: ReadParquetOptions = {}): AsyncIterable<Table> {
  checkObject('readParquet', 'options', options)
  const { columns, rowsPerBatch = 65_536, int64 = 'auto' } = options
  checkInteger('readParquet', 'rowsPerBatch', rowsPerBatch)
  if (columns !== undefined && (!Array.isArray(columns) || columns.length === 0)) throw new ArgumentError(expected('readParquet', 'columns', 'names of columns', columns))
  if (!['auto', 'number', 'bigint'].includes(int64)) throw new ArgumentError(expected('readParquet', 'int64', "'auto', 'number' or 'bigint'", int64))
  if (columns !== undefined && new Set(columns).size !== columns.length) throw new ArgumentError(expected('readParquet', 'columns', 'different names', columns.join(', ')))
  return { [Symbol.asyncIterator]: () => batches(from, { columns, rowsPerBatch, int64 }) }
}

interface Settings {
  readonly columns: readonly string[] | undefined
  readonly rowsPerBatch: number
  readonly int64: WideIntegers
}

async function* batches(from: Bytes, settings: Settings): AsyncGenerator<Table, void> {
  const { compressors } = await import('hyparquet-compressors')
  const source = await openBytes('readParquet', from)
  try {
    const { metadata, plans } = await open(source, settings)
    let row = 0
    for (const [g, group] of metadata.row_groups.entries()) {
      const rows = Number(group.num_rows)
      const at = (name: string, from = row, to = row + rows) => `column ${show(name)}, rows ${from} to ${to - 1}`
      const cursors: { readonly name: string; readonly cursor: ColumnCursor }[] = []
      for (const { plan, first } of plans) {
        const cursor = plan.physical === undefined
          ? await attempt(at(plan.name), () => nestedCursor(source, metadata, compressors, plan, row, rows))
          : columnCursor(source, metadata.row_groups[g].columns[first], plan, compressors)
        cursors.push({ name: plan.name, cursor })
      }
      for (let done = 0; done < rows; done += settings.rowsPerBatch) {
        const count = Math.min(settings.rowsPerBatch, rows - done)
        const columns = new Map<string, Column>()
        for (const { name, cursor } of cursors) columns.set(name, await attempt(at(name, row + done, row + done + count), () => cursor.read(count)))
        // Before the last rows are given out, the whole row group was found to be what it says.
        if (done + count === rows) for (const { name, cursor } of cursors) await attempt(at(name), cursor.finish)
        yield { rows: count, columns }
      }
      row += rows
    }
    if (row === 0) yield { rows: 0, columns: new Map(plans.map(({ plan }) => [plan.name, columnOfValues(plan.into, plan.list, plan.nullable, [])])) }
  } finally {
    await source.close()
  }
}

async function attempt<T>(at: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    if (FeedrankError.isInstance(cause)) throw cause
    throw new DataError(`feedrank/readParquet: expected a whole Parquet file, got one cut short, altered or not supported at ${at}: ${(cause as Error).message}`, { cause })
  }
}

async function open(source: ByteSource, { columns, int64 }: Settings) {
  const { metadata, tree } = await attempt('its end, where it says what it holds', () => readFooter(source))
  const names = tree.children.map((child) => child.element.name)
  if (new Set(names).size !== names.length) throw new DataError(`feedrank/readParquet: expected columns of different names, got ${names.map(show).join(', ')}`)
  const strange = columns?.find((name) => !names.includes(name))
  if (strange !== undefined) throw new ArgumentError(`feedrank/readParquet: expected a column ${show(strange)}, got ${names.map(show).join(', ')}`)
  let leaf = 0
  const all = tree.children.map((child) => {
    const first = leaf
    leaf += leavesOf(child)
    return { first, plan: planColumn(child, metadata.row_groups.map((group) => group.columns[first]), int64) }
  })
  return { metadata, plans: columns === undefined ? all : columns.map((name) => all[names.indexOf(name)]) }
}

const leavesOf = ({ children }: SchemaTree): number => (children.length === 0 ? 1 : children.reduce((sum, child) => sum + leavesOf(child), 0))

async function readFooter(source: ByteSource) {
  if (source.size < 12) throw new Error(`${source.size} bytes`)
  const [head, tail] = [await source.read(0, 4), await source.read(source.size - 8, source.size)]
  const magic = (bytes: Uint8Array) => String.fromCharCode(...bytes)
  if (magic(tail.subarray(4)) === 'PARE') throw new Error('the file is encrypted')
  if (magic(head) !== 'PAR1' || magic(tail.subarray(4)) !== 'PAR1') throw new Error('the letters PAR1 are not there')
  const { parquetMetadataAsync, parquetSchema } = await import('hyparquet')
  const metadata = await parquetMetadataAsync(asyncBuffer(source), { geoparquet: false })
  checkLayout(metadata, source.size)
  const tree = parquetSchema(metadata)
  if (tree.children.length === 0) throw new Error('there are no columns')
  return { metadata, tree }
}

const asyncBuffer = (source: ByteSource): AsyncBuffer => ({
  byteLength: source.size,
  slice: async (start, end = source.size) => (await source.read(start, end)).slice().buffer as ArrayBuffer,
})

/** A cursor on what hyparquet makes of a row group. */
async function nestedCursor(source: ByteSource, metadata: FileMetaData, compressors: Compressors, plan: ColumnPlan, start: number, rows: number): Promise<ColumnCursor> {
  const { parquetRead } = await import('hyparquet')
  // Rows as arrays: an object would take a column called `__proto__` for its prototype.
  let values: unknown[] = []
  await parquetRead({
    file: asyncBuffer(source), metadata, compressors, columns: [plan.name], rowStart: start, rowEnd: start + rows, geoparquet: false,
    onComplete: (all) => { values = all.map(([value]) => value as unknown) },
  })
  // Its decimals are multiplied by 0.01, say, and off by a last digit.
  const divisor = Math.round(1 / plan.factor)
  if (plan.factor < 1) values = values.map((value) => (typeof value === 'number' ? Math.round(value * divisor) / divisor : value))
  if (values.length !== rows) throw new Error(`${values.length} rows where ${rows} were to come`)
  let at = 0
  return {
    read: async (count) => columnOfValues(plan.into, plan.list, plan.nullable, values.slice(at, (at += count))),
    finish: async () => {},
  }
}
