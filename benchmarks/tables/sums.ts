import { rowsOf, selectColumns, type Table } from 'feedrank'

/** Of each column a sum, and one that notices an order; texts count by their length and first letter. */
export type Sums = Map<string, readonly [sum: number, ordered: number, rows: number]>

const numberOf = (value: unknown): number =>
  value === null || value === undefined ? 7 : typeof value === 'string' ? value.length * 31 + (value.codePointAt(0) ?? 0) : Number(value)

/** Adds some rows of a column to its sums. */
export function addCells(sums: Sums, name: string, count: number, valueAt: (row: number) => unknown): void {
  let [sum, ordered, rows] = sums.get(name) ?? [0, 0, 0]
  for (let r = 0; r < count; r++, rows++) {
    const value = numberOf(valueAt(r))
    sum += value
    ordered += value * (rows % 1009)
  }
  sums.set(name, [sum, ordered, rows])
}

export function addTable(sums: Sums, table: Table): void {
  for (const name of table.columns.keys()) {
    const values = Array.from(rowsOf(selectColumns(table, [name])), (row) => row[name])
    addCells(sums, name, table.rows, (r) => values[r])
  }
}
