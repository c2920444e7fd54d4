import { idKey } from '../values'
import type { RowsView } from '../rows-view'
import type { ColumnLeak } from './find-leaks'
import { correlation, ranksOf, type LeakColumn } from './leak-columns'
import { rankAuc } from './by-target'

/** Numbers of rows (all different) that are in the order of the label, or of time. */
export function leakByRowId({ name, numbers, codes, distinct, missing }: LeakColumn, labels: Int8Array, times: Float64Array | undefined): ColumnLeak[] {
  // Whole numbers alone: a measurement that is different in every row is no number of a row.
  if (numbers === undefined || missing > 0 || distinct < codes.length || codes.length < 50 || numbers.some((value) => !Number.isInteger(value))) return []
  const rows = Int32Array.from({ length: labels.length }, (_, r) => r).filter((r) => labels[r] >= 0)
  const auc = rankAuc(rows.map((r) => labels[r]), Float64Array.from(rows, (r) => numbers[r])) ?? 0.5
  const folded = Math.max(auc, 1 - auc)
  if (folded >= 0.75) return [{
    column: name, kind: 'id', evidence: { auc: folded, rows: codes.length },
    message: `${name} is different in every row and in the order of the label, with an AUC of ${folded.toFixed(3)}: the rows were numbered by it`,
  }]
  if (times === undefined || times.some(Number.isNaN)) return []
  const rank = correlation(ranksOf(numbers), ranksOf(times))
  if (!(Math.abs(rank) > 0.99)) return []
  return [{
    column: name, kind: 'id', evidence: { rankCorrelation: rank, rows: codes.length },
    message: `${name} is different in every row and in the order of time (rank correlation ${rank.toFixed(3)}): it is the time by another name, and no value of a later row was ever seen`,
  }]
}

/** Values that stand in train and in test, of columns whose values should be in one of them alone. */
export function leakByOverlap(train: RowsView, test: RowsView, column: string): ColumnLeak[] {
  const keyOf = (value: unknown) => (value === null || value === undefined ? undefined : idKey(value) ?? String(value))
  const known = new Set<string>()
  const [readTrain, readTest] = [train.column(column), test.column(column)]
  for (let r = 0; r < train.rows; r++) {
    const key = keyOf(readTrain(r))
    if (key !== undefined) known.add(key)
  }
  const shared = new Set<string>()
  let rows = 0
  for (let r = 0; r < test.rows; r++) {
    const key = keyOf(readTest(r))
    if (key === undefined || !known.has(key)) continue
    shared.add(key)
    rows++
  }
  if (rows === 0) return []
  return [{
    column, kind: 'overlap', evidence: { values: shared.size, rows, testRows: test.rows },
    message: `${shared.size} values of ${column} (${[...shared].slice(0, 3).join(', ')}${shared.size > 3 ? ', ...' : ''}) stand in train and in test, in ${rows} of ${test.rows} test rows`,
  }]
}
