import { rename, rm } from 'node:fs/promises'
import { fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import { rowsOf, selectColumns, type Column, type Table } from 'feedrank'

type Data = Parameters<typeof schemaFromColumnData>[0]['columnData'][number]

/** Whole numbers as INT32, times in ms as INT64, others as DOUBLE. */
function columnData(name: string, column: Column, table: Table): Data {
  const nullable = column.valid !== undefined
  const cells = () => Array.from(rowsOf(selectColumns(table, [name])), (row) => row[name])
  switch (column.kind) {
    case 'text': return { name, nullable, type: 'STRING', data: nullable ? cells() : Array.from(column.codes, (code) => column.dictionary[code]) }
    case 'boolean': return { name, nullable, type: 'BOOLEAN', data: nullable ? cells() : Array.from(column.values, (value) => value === 1) }
    case 'number': {
      const { values } = column
      if (name === 'timestamp' || name.endsWith('_at')) return { name, nullable, type: 'INT64', data: BigInt64Array.from(Array.from(values, BigInt)) }
      if (nullable) return { name, nullable, type: 'INT32', data: cells() }
      if (values.BYTES_PER_ELEMENT === 8) return { name, nullable, type: 'DOUBLE', encoding: 'PLAIN', data: Float64Array.from(values) }
      return { name, nullable, type: 'INT32', data: Int32Array.from(values) }
    }
    default: throw new Error(`${name}: columns of kind ${column.kind} are not written here`)
  }
}

/**
 * Files of tables with the same columns, a row group for each table; they stand under their names once all are whole, and not
 * at all when writing one of them fails.
 */
export async function withParquetFiles(paths: readonly string[], write: (...add: readonly ((table: Table) => Promise<void>)[]) => Promise<void>): Promise<void> {
  const files = paths.map((path) => ({ path, beside: `${path}.part`, file: undefined as ParquetWriter | undefined }))
  try {
    await write(...files.map((one) => async (table: Table) => {
      const data = Array.from(table.columns, ([name, column]) => columnData(name, column, table))
      one.file ??= new ParquetWriter({ writer: fileWriter(one.beside), schema: schemaFromColumnData({ columnData: data }) })
      await one.file.write({ columnData: data, rowGroupSize: Math.max(1, table.rows) })
    }))
    for (const { file } of files) await file?.finish()
    for (const { file, path, beside } of files) if (file !== undefined) await rename(beside, path)
  } catch (error) {
    for (const { beside } of files) await rm(beside, { force: true })
    throw error
  }
}
