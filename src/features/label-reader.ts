import { cell, isMissing } from '../data/values'
import { DataError, expected } from '../errors'
import type { Condition, Plan, PlannedLabel } from './plan'
import { comparable } from './plan'
import { checkColumn, columnReader } from '../data/rows'
import { badValue, finite, zeroOrOne } from './values'

/** Reads the labels of one row into `values`, and into `counts` 1 where the label counts and 0 where it is masked. */
export type LabelReader = (row: object, r: number, values: Float64Array, counts: Uint8Array) => void

/** Reads labels in the order of their conditions. A value that is masked is not looked at and reads as 0. */
export function labelReader(where: string, { labels, labelOrder }: Plan): LabelReader {
  const readers = labels.map((label) => ({ label, read: columnReader(label.column), holds: conditionReader(where, label.condition) }))
  return (row, r, values, counts) => {
    for (const i of labelOrder) {
      const { label, read, holds } = readers[i]
      values[i] = 0
      counts[i] = 0
      if (!holds(row, r, values)) continue
      const value = read(row)
      if (isMissing(value) && label.label.missing === 'mask') continue
      if (value === undefined) checkColumn(where, label.column, row, r)
      values[i] = labelValue(where, label, r, value)
      counts[i] = 1
    }
  }
}

/** Whether a label counts in a row, given the labels read before it; a masked one reads as 0. */
type ConditionReader = (row: object, r: number, values: Float64Array) => boolean

function conditionReader(where: string, condition: Condition | null): ConditionReader {
  if (condition === null) return () => true
  if (condition.kind === 'label') return (_, __, values) => values[condition.index] === 1
  const { column, equals } = condition
  const read = columnReader(column)
  return (row, r) => {
    const value = read(row)
    if (value === undefined) checkColumn(where, column, row, r)
    if (isMissing(value)) return false
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
      return comparable(value) === equals
    throw badValue(where, column, r, 'a string, a number or a boolean, to compare', value)
  }
}

function labelValue(where: string, { column, label }: PlannedLabel, r: number, value: unknown): number {
  if (label.kind === 'binary') return zeroOrOne(where, column, r, value)
  const { min = -Infinity, max = Infinity } = label
  const number = finite(where, column, r, value)
  if (number >= min && number <= max) return number
  throw new DataError(expected(where, cell(r, column), `within the label's range ${min}..${max}`, number))
}
