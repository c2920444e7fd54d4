import { ArgumentError } from '../../errors'
import type { Numbers } from '../../metrics'
import { idsOf, labelsOf, numbersOf } from '../columns'
import type { RowColumn } from '../columns'
import { measureOf } from '../measures'
import type { MeasureOption, RowMeasure } from '../measures'
import { unitsOf, weighed } from '../resampling'
import type { Units } from '../resampling'
import type { MeasureInfo } from '../result'

/** What labels scores are measured against. */
export interface MeasuredBy<Row> {
  /** By name or of your own. @defaultValue 'logLoss' */
  readonly measure?: MeasureOption | undefined
  /** 0 or 1, false or true. */
  readonly label: RowColumn<Row>
  /** @defaultValue the label */
  readonly grade?: RowColumn<Row> | undefined
  /** Whose row it is: lists are made by user, and intervals resample users whole. */
  readonly user?: RowColumn<Row> | undefined
}

/** A measure bound to its rows. */
export interface BoundMeasure {
  readonly info: MeasureInfo
  readonly labels: Float64Array
  readonly units: Units
  readonly value: (scores: Numbers) => number
  /** How much worse `worse` is than `better`: above 0 for any measure where it lost. */
  readonly loss: (better: number, worse: number) => number
  readonly measure: RowMeasure
  readonly rowsWith: (scores: Numbers) => Parameters<typeof weighed>[1]
}

/** Reads labels, grades and users once, so that many scores can be measured. */
export function boundMeasure<Row extends object>(where: string, rows: readonly Row[], by: MeasuredBy<Row>): BoundMeasure {
  const measure = measureOf(where, by.measure ?? 'logLoss', 0)
  const labels = labelsOf(where, rows, by.label)
  const grades = by.grade === undefined ? labels : numbersOf(where, 'grade', rows, by.grade, 0)
  const users = by.user === undefined ? undefined : idsOf(where, 'user', rows, by.user)
  if (measure.needsLists && !users) throw new ArgumentError(`feedrank/${where}: expected \`user\` to be given, as ${measure.label} is one of lists`)
  const units = unitsOf(users, rows.length)
  const rowsWith = (scores: Numbers) => ({ labels, grades, scores, lists: users && { ids: users } })
  const { name, label, better } = measure
  const distance = (value: number) => (better === 'near 1' ? Math.abs(Math.log(value)) : value)
  return {
    info: { name, label, better }, labels, units, measure, rowsWith,
    value(scores) {
      const input = rowsWith(scores)
      const everything = { units: new Float64Array(units.count).fill(1), rows: new Float64Array(labels.length).fill(1) }
      const value = measure.kind === 'list' ? weighed(measure, input, units)(everything) : measure.whole(input)
      if (Number.isFinite(value)) return value
      throw new ArgumentError(`feedrank/${where}: ${label} has no value on these ${labels.length} rows: ${measure.because}`)
    },
    loss: (one, other) => (better === 'higher' ? one - other : distance(other) - distance(one)),
  }
}
