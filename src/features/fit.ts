import { ArgumentError, DataError, expected } from '../errors'
import type { LabelStatistics } from './fitted-spec'
import { fitterOf } from './kinds'
import { labelReader } from './label-reader'
import type { Plan } from './plan'
import { checkColumn, checkRow, columnReader } from '../data/rows'
import { moments } from './statistics'
import type { ColumnEncoder } from './feature'

/** What training rows taught: an encoder per feature and the statistics of each label. */
export interface Learnt {
  readonly encoders: readonly ColumnEncoder[]
  readonly labels: readonly LabelStatistics[]
}

/** Learns from rows one at a time. */
function learner(plan: Plan) {
  const features = plan.features.map(({ column, feature }) => ({
    column,
    read: columnReader(column),
    required: feature.missing === 'error',
    fitter: fitterOf(column, feature, { cap: plan.maxEmbeddingDim }),
  }))
  const readLabels = labelReader('fit', plan)
  const values = new Float64Array(plan.labels.length)
  const counts = new Uint8Array(plan.labels.length)
  const statistics = plan.labels.map(moments)
  let rows = 0
  return {
    add(row: unknown) {
      checkRow('fit', row, rows)
      for (const { column, read, required, fitter } of features) {
        const value = read(row)
        if (value === undefined && required) checkColumn('fit', column, row, rows)
        fitter.observe(value, rows)
      }
      readLabels(row, rows, values, counts)
      for (let i = 0; i < counts.length; i++) if (counts[i] === 1) statistics[i].add(values[i])
      rows++
    },
    finish(): Learnt {
      if (rows === 0) throw new DataError('feedrank/fit: expected `rows` to be at least one row, got none')
      const labels = statistics.map((label, i) => {
        if (label.count() === 0)
          throw new DataError(`feedrank/fit: expected label \`${plan.labels[i].name}\` to count in some row, it is masked in all ${rows}`)
        return { mean: label.mean(), deviation: label.deviation(), count: label.count() }
      })
      return { encoders: features.map(({ fitter }) => fitter.finish()), labels }
    },
  }
}

export function fit(plan: Plan, rows: Iterable<unknown>): Learnt {
  if (typeof rows !== 'object' || rows === null || !(Symbol.iterator in rows))
    throw new ArgumentError(expected('fit', 'rows', 'an iterable of rows', rows))
  const { add, finish } = learner(plan)
  for (const row of rows) add(row)
  return finish()
}

export async function fitAsync(plan: Plan, rows: AsyncIterable<unknown> | Iterable<unknown>): Promise<Learnt> {
  if (typeof rows !== 'object' || rows === null || !(Symbol.asyncIterator in rows || Symbol.iterator in rows))
    throw new ArgumentError(expected('fitAsync', 'rows', 'an iterable or async iterable of rows', rows))
  const { add, finish } = learner(plan)
  for await (const row of rows) add(row)
  return finish()
}
