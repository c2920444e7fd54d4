import { ArgumentError, checkNumber, expected } from '../errors'
import type { LabelBase, LabelOptions, MissingLabel, When } from './label'
import { checkLabel } from './label'

/** A number to be predicted. Made by {@link regression}. */
export interface RegressionLabel<Column extends string = string, W extends When = When, M extends MissingLabel = MissingLabel>
  extends LabelBase<Column, W, M, number> {
  readonly kind: 'regression'
  readonly min?: number
  readonly max?: number
}

export interface RegressionOptions<Column extends string, W extends When, M extends MissingLabel> extends LabelOptions<Column, W, M> {
  /** A value below it is an error. */
  readonly min?: number
  /** A value above it is an error. */
  readonly max?: number
}

/**
 * A number to be predicted, within bounds where they are given.
 *
 * @throws ArgumentError when an option is out of range.
 * @example
 * ```ts
 * import { categorical, defineFeatures, regression } from 'feedrank'
 *
 * const spec = defineFeatures({
 *   features: { movieId: categorical({ scope: 'item' }) },
 *   labels: { rating: regression({ min: 0.5, max: 5 }) },
 * })
 * console.log(spec.fit([{ movieId: 1, rating: 3 }, { movieId: 2, rating: 4 }]).labels[0].mean) // 3.5
 * ```
 */
export function regression<const Column extends string = never, const W extends When = never, const M extends MissingLabel = 'error'>(
  options: RegressionOptions<Column, W, M> = {},
): RegressionLabel<NoInfer<Column>, NoInfer<W>, NoInfer<M>> {
  const base = checkLabel('regression', options)
  const { min, max } = options
  if (min !== undefined) checkNumber('regression', 'min', min)
  if (max !== undefined) checkNumber('regression', 'max', max)
  if (min !== undefined && max !== undefined && !(min < max))
    throw new ArgumentError(expected('regression', 'max', `above min (${min})`, max))
  return Object.freeze({ kind: 'regression', ...base, ...(min !== undefined && { min }), ...(max !== undefined && { max }) })
}
