import { ArgumentError, checkInteger, checkNumber, checkObject, expected } from '../../errors'
import { adjustPValues, normalCdf } from '../../metrics'
import { checkProbabilities } from '../../metrics/checks'
import type { Numbers } from '../../metrics'
import { columnReader } from '../../data/rows'
import { rowLogLoss } from '../../metrics/cross-entropy'
import { quantileOfSorted } from '../../metrics/intervals'
import { checkTable, idsOf, labelsOf } from '../columns'
import type { RowColumn } from '../columns'
import { unitsOf } from '../resampling'
import { segmentRows } from '../segments'
import type { SegmentParts } from '../segments'

/** What {@link segmentErrors} takes. */
export interface SegmentErrorsOptions<Row extends object> {
  readonly rows: readonly Row[]
  readonly label: RowColumn<Row>
  /** What was predicted for each row. */
  readonly probabilities: Numbers
  /** Columns whose values part the rows; numbers are parted at their quartiles. */
  readonly columns: readonly (keyof Row & string)[]
  /** Whose row it is: standard errors are of users, not of rows. */
  readonly user?: RowColumn<Row> | undefined
  /** Parts with fewer rows are left out. @defaultValue 50 */
  readonly leastRows?: number | undefined
  /** @defaultValue 0.95 */
  readonly level?: number | undefined
}

/** How wrong a model is on one part of the rows. */
export interface SegmentError {
  readonly column: string
  readonly value: string
  readonly rows: number
  readonly logLoss: number
  /** Log loss here minus on the other rows. */
  readonly excess: number
  readonly predicted: number
  readonly observed: number
  /** p-value that the excess is chance, and that predicted and observed differ by chance; corrected by Benjamini and Hochberg over all parts. */
  readonly excessPValue: number
  readonly calibrationPValue: number
  /** Where the model is worse than elsewhere, or promises too much or too little, beyond chance. */
  readonly findings: readonly ('worse than elsewhere' | 'promises too much' | 'promises too little')[]
}

/** Where a model is wrong, the parts with findings first and the worst of them foremost. */
export interface SegmentErrors {
  readonly rows: number
  readonly logLoss: number
  /** How many parts were looked at; p-values are corrected for all of them. */
  readonly parts: number
  /** How many were not: too few rows, or not among the thirty largest of their column. */
  readonly leftOut: number
  readonly level: number
  readonly segments: readonly SegmentError[]
}

/**
 * Where a model is worst: log loss and calibration in each part of the rows, against the others.
 *
 * Many parts are looked at, so some stand out by chance: p-values are corrected for all of them at once (Benjamini and Hochberg
 * 1995), and standard errors are those of sums over users (Liang and Zeger 1986) where `user` is given.
 *
 * @throws ArgumentError on an option that makes no sense, on probabilities outside [0, 1]; DataError on rows without a column.
 * @example
 * ```ts
 * import { segmentErrors } from 'feedrank'
 *
 * const rows = Array.from({ length: 400 }, (_, i) => ({ topic: i % 4 === 0 ? 'tax' : 'cats', liked: i % 4 === 0 || i % 8 < 4 }))
 * const { segments } = segmentErrors({ rows, label: 'liked', probabilities: rows.map(() => 0.5), columns: ['topic'] })
 * console.log(segments[0].value, segments[0].observed, segments[0].findings) // tax 1 ['promises too little']
 * ```
 */
export function segmentErrors<Row extends object>(options: SegmentErrorsOptions<Row>): SegmentErrors {
  const where = 'segmentErrors'
  const { rows, probabilities, columns, leastRows = 50, level = 0.95 } = checkObject(where, 'options', options)
  checkTable(where, 'rows', rows, 1)
  checkInteger(where, 'leastRows', leastRows)
  checkNumber(where, 'level', level, { above: 0, below: 1 })
  checkProbabilities(where, probabilities)
  if (probabilities.length !== rows.length) throw new ArgumentError(expected(where, 'probabilities', `one for each of ${rows.length} rows`, probabilities))
  if (!Array.isArray(columns) || columns.length === 0) throw new ArgumentError(expected(where, 'columns', 'an array with at least one column', columns))
  const labels = labelsOf(where, rows, options.label)
  const units = unitsOf(options.user === undefined ? undefined : idsOf(where, 'user', rows, options.user), rows.length)
  const losses = Float64Array.from(labels, (label, i) => rowLogLoss(label, probabilities[i], Number.EPSILON))
  const gaps = Float64Array.from(labels, (label, i) => label - probabilities[i])
  const all = columns.map((column: keyof Row & string, c) => partsOf(where, rows, column, c))
  const parts = all.flatMap((of) => of.parts).filter((part) => part.rows.length >= leastRows)
  const leftOut = all.reduce((sum, of) => sum + of.parts.length + of.left, 0) - parts.length
  const total = losses.reduce((sum, loss) => sum + loss, 0)
  const ofUnit = new Float64Array(units.count)

  /** The two-sided p-value of a sum over rows, its variance being that of the sums of units. */
  const pValue = (share: (row: number) => number, members: Iterable<number>) => {
    ofUnit.fill(0)
    let sum = 0
    for (const row of members) {
      const value = share(row)
      ofUnit[units.of[row]] += value
      sum += value
    }
    const variance = ofUnit.reduce((squares, value) => squares + value * value, 0)
    return variance > 0 ? 2 * normalCdf(-Math.abs(sum) / Math.sqrt(variance)) : 1
  }

  const measured = parts.map((part) => {
    const inside = new Uint8Array(rows.length)
    for (const row of part.rows) inside[row] = 1
    const count = part.rows.length
    const rest = rows.length - count
    const here = part.rows.reduce((sum, row) => sum + losses[row], 0)
    const logLoss = here / count
    const elsewhere = rest > 0 ? (total - here) / rest : logLoss
    const excess = logLoss - elsewhere
    // The sum of influences is 0; what varies is each about its own mean, and the excess is tested against that.
    const spread = Math.sqrt(varianceOf((row) => (inside[row] ? (losses[row] - logLoss) / count : -(losses[row] - elsewhere) / rest)))
    return {
      part, logLoss, excess,
      predicted: part.rows.reduce((sum, row) => sum + probabilities[row], 0) / count, observed: part.rows.reduce((sum, row) => sum + labels[row], 0) / count,
      excessP: rest > 0 && spread > 0 ? 2 * normalCdf(-Math.abs(excess) / spread) : 1, calibrationP: pValue((row) => gaps[row], part.rows),
    }
  })
  function varianceOf(share: (row: number) => number): number {
    ofUnit.fill(0)
    for (let row = 0; row < rows.length; row++) ofUnit[units.of[row]] += share(row)
    return ofUnit.reduce((squares, value) => squares + value * value, 0)
  }

  const excessP = adjustPValues(measured.map((one) => one.excessP), 'benjamini-hochberg')
  const calibrationP = adjustPValues(measured.map((one) => one.calibrationP), 'benjamini-hochberg')
  const segments = measured.map(({ part, logLoss, excess, predicted, observed }, i): SegmentError => {
    const off = calibrationP[i] <= 1 - level
    const findings = [
      excess > 0 && excessP[i] <= 1 - level && ('worse than elsewhere' as const),
      off && predicted > observed && ('promises too much' as const), off && predicted < observed && ('promises too little' as const),
    ].filter((one) => one !== false)
    return { column: part.group, value: part.name, rows: part.rows.length, logLoss, excess, predicted, observed, excessPValue: excessP[i], calibrationPValue: calibrationP[i], findings }
  })
  const weight = ({ findings, predicted, observed, excess, rows: count }: SegmentError) =>
    (findings.length > 0 ? 1e12 : 0) + count * Math.max(Math.abs(predicted - observed), Math.max(excess, 0))
  return {
    rows: rows.length, logLoss: total / rows.length, parts: parts.length, leftOut, level,
    segments: segments.sort((a, b) => weight(b) - weight(a)),
  }
}

/** A column's values, or its quarters where it holds more than twelve numbers. */
function partsOf<Row extends object>(where: string, rows: readonly Row[], column: keyof Row & string, c: number): SegmentParts {
  const read = columnReader(column)
  const numbers = rows.map((row) => read(row)).filter((value): value is number => typeof value === 'number' && Number.isFinite(value))
  if (numbers.length < rows.length / 2 || new Set(numbers).size <= 12) return segmentRows(where, rows, { by: column, most: 30 }, c)
  const sorted = Float64Array.from(numbers).sort()
  const cuts = [0.25, 0.5, 0.75].map((share) => quantileOfSorted(sorted, share))
  const short = (value: number) => Number(value.toPrecision(3)).toString()
  const nameOf = (value: unknown) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) return 'missing'
    if (value <= cuts[0]) return `up to ${short(cuts[0])}`
    if (value <= cuts[1]) return `${short(cuts[0])} to ${short(cuts[1])}`
    return value <= cuts[2] ? `${short(cuts[1])} to ${short(cuts[2])}` : `above ${short(cuts[2])}`
  }
  return segmentRows(where, rows, { by: (row) => nameOf(read(row)), name: column, most: 5 }, c)
}
