import type { ColumnChunk, Compressors } from 'hyparquet'
import type { ByteSource } from '../byte-source'
import type { Column } from '../table'
import { columnBuilder } from './column-builder'
import type { DataPage, Unpacker } from './page'
import { checkSum, readDataPage, readDictionary } from './page'
import type { PageHeader } from './page-header'
import { readPageHeader } from './page-header'
import type { Dense } from './plain'
import type { ColumnPlan } from './plan'
import { rangeOf } from './plan'

/** Reads a part of a column from its first row to its last, some rows at a time. */
export interface ColumnCursor {
  /** The next `rows` rows. */
  readonly read: (rows: number) => Promise<Column>
  /** Throws unless all was read, to the last byte. */
  readonly finish: () => Promise<void>
}

/** Bytes that are read at once, at least. */
const readAhead = 1 << 18

/** A cursor on the pages of a part of a column: what it holds at once is a page. */
export function columnCursor(source: ByteSource, chunk: ColumnChunk, plan: ColumnPlan, compressors: Compressors): ColumnCursor {
  const meta = chunk.meta_data!
  const { start, end } = rangeOf(meta)
  const unpacker: Unpacker = { codec: meta.codec, compressors }
  let held: Uint8Array = new Uint8Array(0)
  let heldFrom = start
  let position = start
  let dictionary: Dense | undefined
  let left = Number(meta.num_values)
  // What a page may take in memory: a header that was altered must not take it all.
  const largest = Math.max(Number(meta.total_uncompressed_size), 1 << 26)
  let nulls = 0
  let page: DataPage | undefined
  /** The next entry of the page, and the next value that is there. */
  let entry = 0
  let value = 0

  /** At least `length` bytes from `position` on, if the part has as many. */
  const bytesOf = async (length: number): Promise<Uint8Array> => {
    const upTo = Math.min(end, position + length)
    if (upTo > heldFrom + held.length) {
      const [from, to] = [position, Math.min(end, Math.max(upTo, position + readAhead))]
      held = await source.read(from, to)
      if (held.length !== to - from) throw new Error('the file was cut while it was read')
      heldFrom = from
    }
    return held.subarray(position - heldFrom)
  }

  const nextHeader = async (): Promise<PageHeader> => {
    for (let length = 1 << 12; ; length *= 8) {
      const bytes = await bytesOf(length)
      try {
        const header = readPageHeader(bytes, 0)
        position += header.end
        return header
      } catch (error) {
        if ((error as Error).name !== 'RangeError' || bytes.length >= end - position) throw error
      }
    }
  }

  const bodyOf = async (header: PageHeader): Promise<Uint8Array> => {
    if (header.compressedSize > end - position) throw new Error('a page past the end of its column')
    if (header.uncompressedSize > largest) throw new Error('a page larger than its column')
    const bytes = (await bytesOf(header.compressedSize)).subarray(0, header.compressedSize)
    checkSum(header, bytes)
    position += header.compressedSize
    return bytes
  }

  const nextPage = async (): Promise<DataPage | undefined> => {
    while (left > 0) {
      if (position >= end) throw new Error(`${left} values short`)
      const header = await nextHeader()
      const bytes = await bodyOf(header)
      if (header.type === 'index') continue
      if (header.type === 'dictionary') {
        if (dictionary !== undefined) throw new Error('two dictionaries')
        dictionary = readDictionary(plan, header, bytes, unpacker)
        continue
      }
      if (header.values > left) throw new Error('more values than it says')
      left -= header.values
      page = readDataPage(plan, header, bytes, unpacker, dictionary)
      entry = 0
      value = 0
      if (header.values > 0) return page
    }
    return undefined
  }

  const current = async (): Promise<DataPage | undefined> => (page !== undefined && entry < page.entries ? page : nextPage())

  const readFlat = async (rows: number): Promise<Column> => {
    const builder = columnBuilder(plan.into, rows)
    for (let row = 0; row < rows;) {
      const from = await current()
      if (from === undefined) throw new Error(`${rows - row} rows short`)
      const count = Math.min(rows - row, from.entries - entry)
      const before = value
      if (from.definitions === undefined) value += count
      else for (let i = entry; i < entry + count; i++) if (from.definitions[i] === 1) value++; else { builder.setNull(row + i - entry); nulls++ }
      builder.add(from.decoded, before, value, row, count)
      entry += count
      row += count
    }
    return builder.build()
  }

  const readLists = async (rows: number): Promise<Column> => {
    const offsets = new Int32Array(rows + 1)
    let valid: Uint8Array | undefined
    const pieces: { readonly page: DataPage; readonly from: number; readonly to: number; readonly missing: readonly number[]; readonly entries: number }[] = []
    let row = -1
    let size = 0
    reading: for (let from = await current(); from !== undefined; from = await current()) {
      const first = value
      const sizeBefore = size
      const missing: number[] = []
      while (entry < from.entries) {
        const begins = from.repetitions === undefined || from.repetitions[entry] === 0
        if (begins && row + 1 === rows) {
          pieces.push({ page: from, from: first, to: value, missing, entries: size - sizeBefore })
          break reading
        }
        if (begins) offsets[++row] = size
        else if (row < 0) throw new Error('a list that begins within another row group')
        const definition = from.definitions === undefined ? plan.maxDefinition : from.definitions[entry]
        if (definition < plan.emptyDefinition) (valid ??= new Uint8Array(rows).fill(1))[row] = 0
        else if (definition > plan.emptyDefinition) {
          if (definition === plan.maxDefinition) value++
          else missing.push(size - sizeBefore)
          size++
        }
        entry++
      }
      pieces.push({ page: from, from: first, to: value, missing, entries: size - sizeBefore })
    }
    if (row + 1 !== rows) throw new Error(`${rows - row - 1} rows short`)
    offsets[rows] = size
    const builder = columnBuilder(plan.into, size)
    let at = 0
    for (const piece of pieces) {
      for (const place of piece.missing) builder.setNull(at + place)
      builder.add(piece.page.decoded, piece.from, piece.to, at, piece.entries)
      at += piece.entries
    }
    return { kind: 'list', offsets, values: builder.build(), ...(valid && { valid }) }
  }

  return {
    read: plan.list ? readLists : readFlat,
    async finish() {
      if (left > 0 || (page !== undefined && entry < page.entries)) throw new Error('more values than rows')
      const counted = meta.statistics?.null_count
      if (!plan.list && counted !== undefined && Number(counted) !== nulls) throw new Error(`${nulls} nulls where ${counted} were to come`)
    },
  }
}
