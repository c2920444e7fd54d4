import { ArgumentError, checkSameLength, expected } from '../errors'
import { checkBinary, checkColumn, checkFinite, checkGrades, checkProbabilities, checkScores, checkWeights } from './checks'
import type { Mask, Numbers, WeightOptions } from './checks'

/** The rows a mask keeps, in order; undefined without a mask: all of them. */
function keptRows(where: string, mask: Mask | undefined, rows: number): Uint32Array | undefined {
  if (mask === undefined) return undefined
  if (typeof mask !== 'object' || mask === null || !Number.isSafeInteger(mask.length))
    throw new ArgumentError(expected(where, 'mask', 'an array of booleans, or of 0 and 1', mask))
  checkSameLength(where, 'mask', mask.length, 'labels', rows)
  const kept = new Uint32Array(rows)
  let count = 0
  for (let i = 0; i < rows; i++) {
    const counts = mask[i]
    if (counts === true || counts === 1) kept[count++] = i
    else if (counts !== false && counts !== 0) throw new ArgumentError(expected(where, `mask[${i}]`, 'a boolean, 0 or 1', counts))
  }
  return kept.subarray(0, count)
}

/** `values` of the rows in this order: the array itself where there is none to follow. */
export function gather(values: Numbers, order: Uint32Array | undefined): Numbers {
  if (!order) return values
  const gathered = new Float64Array(order.length)
  for (let i = 0; i < order.length; i++) gathered[i] = values[order[i]]
  return gathered
}

const labelChecks = { binary: checkBinary, grades: checkGrades, finite: checkFinite, scores: checkScores }
const scoreChecks = { scores: checkScores, probabilities: checkProbabilities, finite: checkFinite }

/** What a metric takes: the name and the kind of its two columns. */
export interface Columns {
  readonly labels?: keyof typeof labelChecks
  readonly scores?: keyof typeof scoreChecks
  readonly names?: readonly [labels: string, scores: string]
}

/** Checked columns without what the mask leaves out. */
export interface Rows {
  readonly labels: Numbers
  readonly scores: Numbers
  readonly weights: Numbers | undefined
  /** Absent without a mask. */
  readonly kept: Uint32Array | undefined
}

/** Checks the columns of a metric, and takes the rows that count; a message names the row as it was given. */
export function checkedRows(where: string, labels: Numbers, scores: Numbers, options: WeightOptions, columns: Columns = {}): Rows {
  const { labels: labelKind = 'binary', scores: scoreKind = 'scores' } = columns
  const [labelName, scoreName] = columns.names ?? ['labels', scoreKind === 'probabilities' ? 'probabilities' : 'scores']
  if (typeof options !== 'object' || options === null) throw new ArgumentError(expected(where, 'options', 'an object of options', options))
  let { weights } = options
  let kept: Uint32Array | undefined
  if (options.mask !== undefined) {
    checkColumn(where, labelName, labels)
    checkColumn(where, scoreName, scores)
    checkSameLength(where, labelName, labels.length, scoreName, scores.length)
    if (weights) checkColumn(where, 'weights', weights)
    if (weights) checkSameLength(where, 'weights', weights.length, labelName, labels.length)
    kept = keptRows(where, options.mask, labels.length)
    labels = gather(labels, kept)
    scores = gather(scores, kept)
    weights = weights && gather(weights, kept)
  }
  labelChecks[labelKind](where, labels, labelName, kept)
  scoreChecks[scoreKind](where, scores, scoreName, kept)
  checkSameLength(where, labelName, labels.length, scoreName, scores.length)
  if (weights !== undefined) checkWeights(where, weights, labels.length, kept)
  return { labels, scores, weights, kept }
}
