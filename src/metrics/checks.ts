import { ArgumentError, checkObject, checkSameLength, expected } from '../errors'

/** A column of numbers: a plain array or any typed array. */
export type Numbers = ArrayLike<number>

/** What a metric does where it has no value: throw (the default), or return the number named here. */
export interface UndefinedRule {
  /**
   * Returned where the metric is undefined (no rows, one class only, nothing relevant anywhere) instead of throwing.
   * @defaultValue 'throw'
   */
  readonly whenUndefined?: 'throw' | number | undefined
}

/** Which rows count: booleans, or 0 and 1. */
export type Mask = ArrayLike<boolean> | ArrayLike<number>

/** Rows that do not all count, or do not all count alike. */
export interface WeightOptions {
  /** Rows that are false or 0 here are as if they had not been given, whatever stands in them. Absent means all count. */
  readonly mask?: Mask | undefined
  /** One non-negative weight per row; an integer weight counts the row that many times. Absent means all ones. */
  readonly weights?: Numbers | undefined
}

/** Options of the metrics over rows. */
export interface RowOptions extends WeightOptions, UndefinedRule {}

/** Throws unless `values` is an array or a typed array. */
export function checkColumn(where: string, name: string, values: Numbers): void {
  const arrayLike = typeof values === 'object' && values !== null && Number.isSafeInteger(values.length)
  if (!arrayLike) throw new ArgumentError(expected(where, name, 'an array or typed array of numbers', values))
}

/** Labels are 0 or 1. The last parameter of each check names the rows as they were given, where a mask left some out. */
export function checkBinary(where: string, labels: Numbers, name = 'labels', kept?: Uint32Array): void {
  checkColumn(where, name, labels)
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]
    if (label !== 1 && label !== 0) throw new ArgumentError(expected(where, `${name}[${kept ? kept[i] : i}]`, '0 or 1', label))
  }
}

export function countPositives(labels: Numbers): number {
  let positives = 0
  for (let i = 0; i < labels.length; i++) positives += labels[i]
  return positives
}

/** Scores give an order, so infinities are fine; what is not a number has no place in it. */
export function checkScores(where: string, scores: Numbers, name = 'scores', kept?: Uint32Array): void {
  checkColumn(where, name, scores)
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i]
    if (typeof score !== 'number' || score !== score) throw new ArgumentError(expected(where, `${name}[${kept ? kept[i] : i}]`, 'a number', score))
  }
}

export function checkFinite(where: string, values: Numbers, name: string, kept?: Uint32Array): void {
  checkColumn(where, name, values)
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i])) throw new ArgumentError(expected(where, `${name}[${kept ? kept[i] : i}]`, 'a finite number', values[i]))
}

export function checkProbabilities(where: string, probabilities: Numbers, name = 'probabilities', kept?: Uint32Array): void {
  checkColumn(where, name, probabilities)
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i]
    if (!(typeof p === 'number' && p >= 0 && p <= 1))
      throw new ArgumentError(expected(where, `${name}[${kept ? kept[i] : i}]`, 'a probability between 0 and 1', p))
  }
}

/** Grades of relevance: finite and not negative. */
export function checkGrades(where: string, grades: Numbers, name = 'labels', kept?: Uint32Array): void {
  checkColumn(where, name, grades)
  for (let i = 0; i < grades.length; i++) {
    const grade = grades[i]
    if (!(Number.isFinite(grade) && grade >= 0))
      throw new ArgumentError(expected(where, `${name}[${kept ? kept[i] : i}]`, 'a finite grade of at least 0', grade))
  }
}

export function checkWeights(where: string, weights: Numbers, rows: number, kept?: Uint32Array): void {
  checkColumn(where, 'weights', weights)
  checkSameLength(where, 'weights', weights.length, 'labels', rows)
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]
    if (!(Number.isFinite(weight) && weight >= 0))
      throw new ArgumentError(expected(where, `weights[${kept ? kept[i] : i}]`, 'a finite weight of at least 0', weight))
  }
}

/** The value of a metric that has none, by the caller's rule; `because` completes "undefined …". */
export function noValue(where: string, because: string, rule: UndefinedRule): number {
  const { whenUndefined = 'throw' } = checkObject(where, 'options', rule)
  if (typeof whenUndefined === 'number') return whenUndefined
  if (whenUndefined !== 'throw') throw new ArgumentError(expected(where, 'whenUndefined', "'throw' or a number", whenUndefined))
  throw new ArgumentError(`feedrank/${where}: undefined ${because}; give \`whenUndefined\` a number to return instead`)
}
