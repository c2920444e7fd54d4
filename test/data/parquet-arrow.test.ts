import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { DataError, concatTables, readParquet, rowsOf, seededRandom } from '../../src'
import type { Table } from '../../src'

// Golden values: written by pyarrow, see golden/make_parquet.py.
const pathOf = (name: string) => fileURLToPath(new URL(`golden/${name}`, import.meta.url))
const golden = JSON.parse(readFileSync(pathOf('arrow.json'), 'utf8')) as { readonly forms: readonly string[]; readonly columns: Readonly<Record<string, readonly unknown[]>> }

async function collect(from: string | Uint8Array, rowsPerBatch?: number): Promise<Table> {
  const tables: Table[] = []
  for await (const table of readParquet(from, { ...(rowsPerBatch && { rowsPerBatch }) })) tables.push(table)
  return concatTables(tables)
}

const plain = (value: unknown): unknown =>
  Object.prototype.toString.call(value) === '[object Date]' ? Number(value) : typeof value === 'bigint' ? String(value) : value

describe("readParquet reads what Arrow's writer writes", () => {
  it.each(golden.forms)('%s', async (form) => {
    for (const rowsPerBatch of [37, undefined]) {
      const table = await collect(pathOf(`arrow-${form}.parquet`), rowsPerBatch)
      expect([...table.columns.keys()]).toEqual(Object.keys(golden.columns))
      const rows = [...rowsOf(table)]
      for (const [name, values] of Object.entries(golden.columns)) expect(rows.map((row) => plain(row[name])), name).toEqual(values)
      expect(Array.from(table.columns.values(), ({ kind }) => kind)).toEqual([
        'number', 'number', 'number', 'number', 'bigint', 'number', 'number', 'boolean', 'text', 'text',
        'date', 'date', 'date', 'date', 'number', 'list', 'list', 'mixed', 'text',
      ])
    }
  })
})

describe('a file that was cut or altered', () => {
  const whole = new Uint8Array(readFileSync(pathOf('arrow-sums.parquet')))
  const readable = async (bytes: Uint8Array) => {
    try {
      return [...rowsOf(await collect(bytes))]
    } catch (error) {
      if (!DataError.isInstance(error)) throw error
      return error
    }
  }

  it('is an error wherever it is cut', async () => {
    for (let length = 0; length < whole.length; length += 41) expect(await readable(whole.slice(0, length)), `cut to ${length}`).toBeInstanceOf(Error)
  })

  it('is an error, or the truth, wherever the pages of a file with checksums are altered', async () => {
    const truth = await readable(whole)
    const { parquetMetadata } = await import('hyparquet')
    const metadata = parquetMetadata(whole)
    const pages = whole.length - metadata.metadata_length - 8
    const random = seededRandom(3)
    let caught = 0
    for (let i = 0; i < 600; i++) {
      const altered = whole.slice()
      altered[4 + random.integer(pages - 4)] ^= 1 + random.integer(255)
      const read = await readable(altered)
      if (read instanceof Error) caught++
      else expect(read, `altered ${i}`).toEqual(truth)
    }
    expect(caught).toBeGreaterThan(500)
  })

  it('never is anything but an error or a table of the form that the file says, wherever its end is altered', async () => {
    const random = seededRandom(4)
    const { parquetMetadata } = await import('hyparquet')
    const footer = parquetMetadata(whole).metadata_length + 8
    let caught = 0
    for (let i = 0; i < 600; i++) {
      const altered = whole.slice()
      altered[altered.length - 1 - random.integer(footer)] ^= 1 + random.integer(255)
      const read = await readable(altered)
      if (read instanceof Error) caught++
      else for (const row of read) expect(Object.keys(row).length).toBe(4)
    }
    expect(caught).toBeGreaterThan(60)
  })

  it.each(golden.forms)('holds for %s too: no other kind of error, and no loop without end', async (form) => {
    const bytes = new Uint8Array(readFileSync(pathOf(`arrow-${form}.parquet`)))
    const random = seededRandom(form)
    for (let i = 0; i < 25; i++) {
      const altered = bytes.slice(0, random.next() < 0.2 ? random.integer(bytes.length) : bytes.length)
      for (let k = 0; k < 3; k++) if (altered.length > 0) altered[random.integer(altered.length)] ^= 1 + random.integer(255)
      await readable(altered)
    }
  })
})
