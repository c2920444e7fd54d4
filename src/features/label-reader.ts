import { cellReader } from '../data/table'
import { cell, isMissing } from '../data/values'
import { DataError, expected } from '../errors'
import type { Batch } from './batch'
import type { Cells } from './cells'
import { badCell, booleansOf, numbersOf } from './cells'
import type { Condition, Plan, PlannedLabel } from './plan'
import { comparable } from './plan'
import type { RegressionLabel } from './regression'
import { finite, largestFloat, zeroOrOne } from './values'

/** The labels of a batch: `values[i]` and `counts[i]` belong to `plan.labels[i]`; where counts is 0 the label is masked and its value 0. */
export interface LabelValues {
  readonly values: readonly Float64Array[]
  readonly counts: readonly Uint8Array[]
}

/** Reads labels in the order of their conditions. A value that is masked is not looked at and reads as 0. */
export function readLabels({ labels, labelOrder }: Plan, batch: Batch): LabelValues {
  const values: Float64Array[] = labels.map(() => new Float64Array(batch.rows))
  const counts = labels.map(() => new Uint8Array(batch.rows))
  for (const i of labelOrder) {
    const label = labels[i]
    if (label.condition === null && label.label.missing === 'error') {
      values[i] = everyLabel(label, batch)
      counts[i].fill(1)
      continue
    }
    const holds = conditionOf(label.condition, batch, values)
    // A label is asked of the rows where it counts only, so its column may be absent from others.
    const cells = batch.cells(label.column, false)
    const read = cellReader(cells.column)
    for (let row = 0; row < batch.rows; row++) {
      if (!holds(row)) continue
      const value = read(row)
      if (isMissing(value)) {
        if (label.label.missing === 'mask') continue
        batch.required(label.column, row)
      }
      values[i][row] = labelValue(label, cells, row, value)
      counts[i][row] = 1
    }
  }
  return { values, counts }
}

/** A label that counts in every row. */
function everyLabel({ column, label }: PlannedLabel, batch: Batch): Float64Array {
  const cells = batch.cells(column, true)
  if (label.kind === 'binary') return new Float64Array(booleansOf(cells, false))
  const { min = -Infinity, max = Infinity } = label
  const numbers = numbersOf(cells, false)
  for (let row = 0; row < numbers.length; row++)
    if (!(numbers[row] >= min && numbers[row] <= max && Math.abs(numbers[row]) <= largestFloat)) throw outOfRange(cells, row, label, numbers[row])
  return numbers
}

/** Whether a label counts in a row, given the labels read before it; a masked one reads as 0. */
function conditionOf(condition: Condition | null, batch: Batch, values: readonly Float64Array[]): (row: number) => boolean {
  if (condition === null) return () => true
  if (condition.kind === 'label') {
    const of = values[condition.index]
    return (row) => of[row] === 1
  }
  const { column, equals } = condition
  const cells = batch.cells(column, false)
  const read = cellReader(cells.column)
  return (row) => {
    const value = read(row)
    if (isMissing(value)) {
      batch.required(column, row)
      return false
    }
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
      return comparable(value) === equals
    throw badCell(cells, row, 'a string, a number or a boolean, to compare', value)
  }
}

function labelValue({ column, label }: PlannedLabel, cells: Cells, row: number, value: unknown): number {
  if (label.kind === 'binary') return zeroOrOne(cells.where, column, cells.row(row), value)
  const { min = -Infinity, max = Infinity } = label
  const number = finite(cells.where, column, cells.row(row), value)
  if (number >= min && number <= max && Math.abs(number) <= largestFloat) return number
  throw outOfRange(cells, row, label, number)
}

function outOfRange(cells: Cells, row: number, { min = -Infinity, max = Infinity }: RegressionLabel, value: number): DataError {
  const expectation = value >= min && value <= max ? 'a number that fits a 32-bit float' : `within the label's range ${min}..${max}`
  return new DataError(expected(cells.where, cell(cells.row(row), cells.name), expectation, value))
}
