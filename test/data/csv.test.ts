import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { DataError, concatTables, readCsv, rowsOf, seededRandom } from '../../src'
import { lengthOf } from '../../src/data/table'
import type { CsvSource, ReadCsvOptions, Table } from '../../src'

const folder = mkdtempSync(join(tmpdir(), 'feedrank-csv-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function tablesOf(from: CsvSource, options?: ReadCsvOptions): Promise<Table[]> {
  const tables: Table[] = []
  for await (const table of readCsv(from, options)) tables.push(table)
  return tables
}
const rowsIn = async (from: CsvSource, options?: ReadCsvOptions) => (await tablesOf(from, options)).flatMap((table) => [...rowsOf(table)])
const kindsIn = async (text: string, options?: ReadCsvOptions) => Array.from((await tablesOf(text, options))[0].columns.values(), ({ kind }) => kind)

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

describe('readCsv', () => {
  it('gives back what was written, however it comes in pieces', async () => {
    const alphabet = ['a', 'Ü', '😀', '"', ',', '\n', ' ', '""', ';', 'x,y']
    for (let seed = 0; seed < 40; seed++) {
      const random = seededRandom(seed)
      const cell = () => Array.from({ length: random.integer(5) }, () => alphabet[random.integer(alphabet.length)]).join('')
      const names = ['first', '__proto__', 'constructor', 'größe']
      const records = Array.from({ length: 1 + random.integer(30) }, () => names.map(cell)).filter((record) => record.some((text) => text !== ''))
      const end = ['\n', '\r\n'][random.integer(2)]
      const text = (random.next() < 0.5 ? '\ufeff' : '') + [names, ...records].map((record) => record.map(quoted).join(',')).join(end) + (random.next() < 0.5 ? end : '')
      const types = Object.fromEntries(names.map((name) => [name, 'text' as const]))
      const bytes = new TextEncoder().encode(text)
      const pieces: Uint8Array[] = []
      for (let at = 0; at < bytes.length;) pieces.push(bytes.slice(at, (at += 1 + random.integer(9))))
      const wanted = records.map((record) => names.map((_, i) => (record[i] === '' ? null : record[i])))
      for (const from of [text, bytes, pieces, new Blob([bytes])] as CsvSource[]) {
        const rows = await rowsIn(from, { types: new Map(Object.entries(types)), rowsPerBatch: 1 + random.integer(40) })
        expect(rows.map((row) => Object.values(Object.getOwnPropertyDescriptors(row)).map(({ value }) => value as unknown)), `seed ${seed}`).toEqual(wanted)
        if (rows.length > 0) expect(Object.getOwnPropertyNames(rows[0])).toEqual(names)
      }
    }
  })

  it('reads files, streams of Node and of the web, and quotes that reach over pieces', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i},"name ${i},\n""x"""`)
    const text = ['id,name', ...lines].join('\n')
    const path = join(folder, 'some.csv')
    writeFileSync(path, text)
    for (const from of [path, Readable.from([text.slice(0, 777), text.slice(777)]), new Blob([text]).stream() as unknown as CsvSource]) {
      const tables = await tablesOf(from, { rowsPerBatch: 3000 })
      expect(tables.map((table) => table.rows)).toEqual([3000, 3000, 3000, 3000, 3000, 3000, 2000])
      const rows = [...rowsOf(concatTables(tables))]
      expect(rows[19_999]).toEqual({ id: 19_999, name: 'name 19999,\n"x"' })
    }
    const again = readCsv(path)
    for (let i = 0; i < 2; i++) for await (const table of again) expect(table.rows).toBe(20_000)
    const once = readCsv(Readable.from([text]))
    for await (const table of once) expect(table.rows).toBe(20_000)
    expect(() => once[Symbol.asyncIterator]()).toThrow('a stream to be read once')
  })

  it('finds the types of columns', async () => {
    expect(await kindsIn('a,b,c,d,e,f,g,h\n1,1.5e3,true,2026-01-01,0042,9007199254740993,99999999999999999999,\n2,,FALSE,2026-01-01T10:00:00.5Z,1,1,1,'))
      .toEqual(['number', 'number', 'boolean', 'date', 'text', 'bigint', 'text', 'text'])
    expect(await rowsIn('a,at,n,big\nx,2026-03-01T12:00:00+01:30,-.5,-9223372036854775808\n,2026-03-01 12:00,+2.,9223372036854775807')).toEqual([
      { a: 'x', at: new Date('2026-03-01T10:30:00Z'), n: -0.5, big: -(2n ** 63n) }, { a: null, at: new Date('2026-03-01T12:00:00Z'), n: 2, big: 2n ** 63n - 1n },
    ])
    expect(await kindsIn('a\n2026-02-30')).toEqual(['text'])
    expect(await kindsIn('a,b\n2026-01-01T00:00:00+99:00,2026-01-01T00:00:00+01:60')).toEqual(['text', 'text'])
    expect(await rowsIn('a,b\n0050-03-01,2026-01-01T00:00:00-2359')).toEqual([{ a: new Date('0050-03-01'), b: new Date('2026-01-01T23:59:00Z') }])
    expect(await kindsIn('a\n1.5\n9007199254740993')).toEqual(['text'])
    expect(await kindsIn('a,b\n1,0', { types: { a: 'text', b: 'boolean' } })).toEqual(['text', 'boolean'])
    expect(await kindsIn('a\nNaN\nnan')).toEqual(['text'])
    expect(await rowsIn('a\nNULL\n2\n', { nulls: ['NULL', ''] })).toEqual([{ a: null }, { a: 2 }])
  })

  it('keeps the columns that are asked for, names those without a header, and parts cells as told', async () => {
    expect(await rowsIn('a;b;c\n1;2;3\r\n\r\n4;5;6', { delimiter: ';', columns: ['c', 'a'] })).toEqual([{ c: 3, a: 1 }, { c: 6, a: 4 }])
    expect(await rowsIn('1,2\n3,4', { header: ['x', 'y'] })).toEqual([{ x: 1, y: 2 }, { x: 3, y: 4 }])
    expect(await rowsIn('a,b\r1,2\r3,4\r')).toEqual([{ a: 1, b: 2 }, { a: 3, b: 4 }])
    const [none] = await tablesOf('a,b\n')
    expect([none.rows, [...none.columns.keys()]]).toEqual([0, ['a', 'b']])
    expect(await rowsIn('a\n1\n\n2\n')).toEqual([{ a: 1 }, { a: null }, { a: 2 }])
  })

  it('names the record and the column of what is wrong', async () => {
    const wrong = async (from: CsvSource, options?: ReadCsvOptions) => {
      const error = await rowsIn(from, options).then(() => undefined, (cause: unknown) => cause as Error & { readonly code: string })
      return `${error?.code}: ${error?.message}`
    }
    expect(await wrong('')).toBe('data: feedrank/readCsv: expected a header, got a text without any record')
    expect(await wrong('a,b\n1,2\n"3,4\n5,6\n')).toBe('data: feedrank/readCsv: expected the quotes of record 3 to be closed, got the end of the text')
    expect(await wrong('a,b\n1,2\n"3"x,4\n5,6\n')).toContain('the quotes of record 3 to be closed, got text after a closing quote')
    expect(await wrong('a,b\n1,2\n3\n')).toContain('expected 2 cells in every record, got 1 in record 3')
    expect(await wrong('a,b\n1,2,3\n')).toContain('got 3 in record 2; a cell with a delimiter in it stands in quotes')
    expect(await wrong('a,b,a\n1,2,3\n')).toContain('expected columns of different names, got "a" for columns 1 and 3')
    expect(await wrong('a,,b\n1,2,3\n')).toContain('got none for column 2 of 3 in record 1')
    expect(await wrong('a\n1\n2\nx\n', { rowsPerBatch: 2 })).toContain('expected column "a" to hold finite numbers, as the rows before it are; say what it is in `types` if it is not, got "x" in record 4')
    expect(await wrong('a\n1\nInfinity\n')).toContain('expected finite numbers in column "a", got "Infinity" in record 3; name it in `nulls`')
    expect(await wrong('a\n1\n1e999\n')).toContain('expected finite numbers in column "a", got "1e999" in record 3; name it in `nulls`')
    expect(await wrong('a\n1e999', { types: { a: 'number' } })).toContain('to hold finite numbers, got "1e999" in record 2')
    expect(await wrong('a\n9007199254740993', { types: { a: 'number' } })).toContain("integers below 2^53 (above, 'bigint' or 'text'), got")
    expect(await wrong('a\n9223372036854775808', { types: { a: 'bigint' } })).toContain('integers of 64 bits, got')
    expect(await wrong('a\n1.2.2026', { types: { a: 'date' } })).toContain('dates in ISO 8601, got "1.2.2026" in record 2')
    expect(await wrong('a\nyes', { types: { a: 'boolean' } })).toContain('true or false, got "yes"')
    expect(await wrong(Uint8Array.of(97, 10, 0xff, 0xfe))).toContain('expected text in UTF-8, got other bytes at 0 to 4')
    expect(await wrong(join(folder, 'nothing.csv'))).toContain('cannot be opened: ENOENT')
    expect(await wrong('a\n1', { columns: ['b'] })).toContain('`columns` to name columns of the text ("a"), got "b"')
    expect(await wrong('a\n1', { types: { b: 'text' } })).toContain('`types` to name columns')
    expect(() => readCsv('a\n1', { types: { a: 'float' as 'text' } })).toThrow('`types.a`')
    expect(() => readCsv('a\n1', { delimiter: '"' })).toThrow('`delimiter`')
  })

  it('gives an error of its own or a table of the same columns, whatever is altered or cut', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => `${i},${quoted(`name, ${i}`)},${quoted(`say "${i}"`)},${i % 2 === 0},2026-01-${String(1 + (i % 28)).padStart(2, '0')}`)
    const bytes = new TextEncoder().encode(['id,name,said,flag,day', ...lines].join('\r\n'))
    let caught = 0
    for (let seed = 0; seed < 300; seed++) {
      const random = seededRandom(`altered ${seed}`)
      const altered = bytes.slice(0, random.next() < 0.3 ? random.integer(bytes.length) : bytes.length)
      for (let k = 0; k < 2; k++) if (altered.length > 0) altered[random.integer(altered.length)] = random.integer(256)
      try {
        for (const table of await tablesOf(altered, { rowsPerBatch: 20 })) for (const column of table.columns.values()) expect(lengthOf(column)).toBe(table.rows)
      } catch (error) {
        if (!DataError.isInstance(error)) throw error
        caught++
      }
    }
    expect(caught).toBeGreaterThan(100)
  })

  it('does not look for ever at a quote that is never closed', async () => {
    const pieces = function* () {
      yield 'a,b\n1,"'
      for (let i = 0; i < 400; i++) yield 'x,y\n'.repeat(16_384)
    }
    await expect(rowsIn(pieces())).rejects.toThrow(/expected record 2 to end, got more than 16777216 characters/)
  })
})
