import type { Table } from '../data/table'
import { checkTable, isTable } from '../data/table'
import { sliceCells } from '../data/table-rows'
import { ArgumentError, DataError, expected } from '../errors'
import type { Batch } from './batch'
import { batchOfRows, batchOfTable } from './batch'
import type { ColumnEncoder, ColumnFitter } from './feature'
import type { LabelStatistics } from './fitted-spec'
import { kindOf } from './kinds'
import { readLabels } from './label-reader'
import type { Plan } from './plan'
import { columnsOf } from './plan'
import { moments } from './statistics'

/** What training rows taught: an encoder per feature and the statistics of each label. */
export interface Learnt {
  readonly encoders: readonly ColumnEncoder[]
  readonly labels: readonly LabelStatistics[]
}

/** Rows are looked at so many at a time, which bounds the memory of a fit. */
const rowsAtOnce = 1 << 14

/** Learns from rows, one at a time or whole tables of them. */
function learner(plan: Plan) {
  const fitters = fittersOf(plan)
  const statistics = plan.labels.map(moments)
  const names = columnsOf(plan, new Set(plan.features.keys()), true)
  let rows = 0
  let waiting: object[] = []
  const learn = (batch: Batch) => {
    plan.features.forEach(({ column, reads, feature }, i) => {
      const required = feature.missing === 'error'
      fitters[i].observe(batch.cells(column, required), ...reads.map((other) => batch.cells(other, required)))
    })
    const { values, counts } = readLabels(plan, batch)
    statistics.forEach((label, i) => {
      for (let row = 0; row < batch.rows; row++) if (counts[i][row] === 1) label.add(values[i][row])
    })
    rows += batch.rows
  }
  const learnWaiting = () => {
    if (waiting.length === 0) return
    const rest = waiting
    waiting = []
    learn(batchOfRows('fit', rest, names, rows))
  }
  const learnTable = (table: Table) => {
    learnWaiting()
    checkTable('fit', table, 'rows')
    for (let start = 0; start < table.rows; start += rowsAtOnce) {
      const end = Math.min(table.rows, start + rowsAtOnce)
      const columns = new Map(Array.from(table.columns, ([name, column]) => [name, sliceCells(column, start, end)]))
      learn(batchOfTable('fit', { rows: end - start, columns }, rows))
    }
  }
  const learnRow = (row: unknown) => {
    if (waiting.push(row as object) === rowsAtOnce) learnWaiting()
  }
  return {
    /** A row, or an array or table of them. */
    add(piece: unknown) {
      if (isTable(piece)) learnTable(piece)
      else if (Array.isArray(piece)) piece.forEach(learnRow)
      else learnRow(piece)
    },
    finish(): Learnt {
      learnWaiting()
      if (rows === 0) throw new DataError('feedrank/fit: expected `rows` to be at least one row, got none')
      const labels = statistics.map((label, i) => {
        if (label.count() === 0)
          throw new DataError(`feedrank/fit: expected label \`${plan.labels[i].name}\` to count in some row, it is masked in all ${rows}`)
        return { mean: label.mean(), deviation: label.deviation(), count: label.count() }
      })
      return { encoders: inOrderOfOwners(plan, (i, owner: ColumnEncoder | undefined) => fitters[i].finish(owner?.vocabulary)), labels }
    },
  }
}

const fittersOf = (plan: Plan): readonly ColumnFitter[] =>
  inOrderOfOwners(plan, (i, owner: ColumnFitter | undefined) => {
    const { column, feature } = plan.features[i]
    return kindOf(feature).fitter(feature, { column, cap: plan.maxEmbeddingDim, ...(owner?.counter && { shared: owner.counter }) })
  })

/** Something for each feature, made after that of the feature whose vocabulary it shares. */
export function inOrderOfOwners<T>({ features, owners }: Plan, make: (index: number, owner: T | undefined) => T): T[] {
  const made = features.map((_, i) => (owners[i] === undefined ? make(i, undefined) : undefined))
  return features.map((_, i) => {
    const owner = owners[i]
    return owner === undefined ? (made[i] as T) : make(i, made[owner])
  })
}

export function fit(plan: Plan, rows: Iterable<unknown> | Table): Learnt {
  const { add, finish } = learner(plan)
  if (isTable(rows)) add(rows)
  else if (typeof rows === 'object' && rows !== null && Symbol.iterator in rows) for (const row of rows) add(row)
  else throw new ArgumentError(expected('fit', 'rows', 'rows: an array of objects, a table, or an iterable of either', rows))
  return finish()
}

export async function fitAsync(plan: Plan, rows: AsyncIterable<unknown> | Iterable<unknown> | Table): Promise<Learnt> {
  if (isTable(rows)) return fit(plan, rows)
  if (typeof rows !== 'object' || rows === null || !(Symbol.asyncIterator in rows || Symbol.iterator in rows))
    throw new ArgumentError(expected('fitAsync', 'rows', 'rows: an array of objects, a table, or an iterable or async iterable of either', rows))
  const { add, finish } = learner(plan)
  for await (const row of rows) add(row)
  return finish()
}
