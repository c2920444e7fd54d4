import { ArgumentError, checkNumber, expected } from '../errors'
import type { NumberRange } from '../errors'
import type { FeatureBase, FeatureOptions, Scope } from './feature'
import { checkBase, checkChoice } from './feature'

/** What a missing number becomes: an error, or a fill, with a second number that is 1 where it was missing. */
export type MissingNumber = 'error' | { readonly fill: 'mean' | number; readonly flag?: boolean }

/** Bounds in the units of the column, or quantiles of the training rows that give such bounds. */
export type Clip = readonly [low: number, high: number] | { readonly quantiles: readonly [low: number, high: number] }

export type Transform = 'none' | 'log1p'
export type Scale = 'z-score' | 'min-max' | 'none'

/** A number that enters a model as a number. Made by {@link numeric}. */
export interface NumericFeature<S extends Scope = Scope, Column extends string = string, M extends MissingNumber = MissingNumber>
  extends FeatureBase<S, Column, M extends 'error' ? number : number | null | undefined> {
  readonly kind: 'numeric'
  readonly clip?: Clip
  readonly transform: Transform
  readonly scale: Scale
  readonly missing: M
}

export interface NumericOptions<S extends Scope, Column extends string, M extends MissingNumber> extends FeatureOptions<S, Column> {
  /** Values beyond the bounds become the bound. Comes first, so bounds are in the units of the column. */
  readonly clip?: Clip
  /** `log1p` is ln(1 + x), for counts and durations; it takes values above −1. @defaultValue 'none' */
  readonly transform?: Transform
  /** @defaultValue 'z-score' */
  readonly scale?: Scale
  /** A number `fill` is in the units of the column; `'mean'` is the training mean of the transformed value. @defaultValue 'error' */
  readonly missing?: M
}

/**
 * A number: clipped, then transformed, then scaled.
 *
 * `z-score` is (x − μ) / σ with the population σ of the training rows (scikit-learn's StandardScaler), `min-max`
 * is (x − min) / (max − min) of the training rows, and later values may fall outside [0, 1]. A column that is constant in training is
 * divided by 1, so it encodes as 0 there. Missing values take no part in the statistics. Bounds at quantiles, and what is
 * learnt of the clipped values, are exact up to 65,536 rows and then by a {@link quantileSketch}. With `flag: true` the column
 * has width 2: the value and 1 where it was missing.
 *
 * @throws ArgumentError when an option is out of range.
 * @example
 * ```ts
 * import { defineFeatures, numeric } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { age: numeric({ scope: 'user', missing: { fill: 'mean', flag: true } }) } })
 * const fitted = spec.fit([{ age: 20 }, { age: 40 }])
 * console.log(fitted.encode([{ age: 50 }, {}]).columns.get('age')) // { kind: 'dense', values: Float32Array(4) [ 2, 0, 0, 1 ], width: 2 }
 * ```
 */
export function numeric<const S extends Scope, const Column extends string = never, const M extends MissingNumber = 'error'>(
  options: NumericOptions<S, Column, M>,
): NumericFeature<S, NoInfer<Column>, NoInfer<M>> {
  const where = 'numeric'
  const base = checkBase(where, options)
  const { clip, transform = 'none', scale = 'z-score', missing = 'error' } = options
  checkChoice(where, 'transform', transform, ['none', 'log1p'])
  checkChoice(where, 'scale', scale, ['z-score', 'min-max', 'none'])
  if (transform === 'log1p' && Array.isArray(clip)) checkNumber(where, 'clip[1]', clip[1], { above: -1 })
  const rule = checkMissing(missing)
  if (transform === 'log1p' && rule !== 'error' && rule.fill !== 'mean') checkNumber(where, 'missing.fill', rule.fill, { above: -1 })
  return Object.freeze({
    kind: where, ...base, ...(clip !== undefined && { clip: checkClip(clip) }), transform, scale, missing: rule as M,
  })
}

function checkClip(clip: unknown): Clip {
  if (isPair(clip)) return checkPair('clip', clip, {})
  const quantiles = (clip as { quantiles?: unknown } | null)?.quantiles
  if (isPair(quantiles)) return Object.freeze({ quantiles: checkPair('clip.quantiles', quantiles, { min: 0, max: 1 }) })
  throw new ArgumentError(expected('numeric', 'clip', '[low, high] or { quantiles: [low, high] }', clip))
}

const isPair = (value: unknown): value is readonly [unknown, unknown] => Array.isArray(value) && value.length === 2

function checkPair(name: string, [low, high]: readonly [unknown, unknown], range: NumberRange): readonly [number, number] {
  const least = checkNumber('numeric', `${name}[0]`, low, range)
  return Object.freeze([least, checkNumber('numeric', `${name}[1]`, high, { ...range, above: least })] as const)
}

function checkMissing(missing: unknown): MissingNumber {
  if (missing === 'error') return missing
  if (typeof missing !== 'object' || missing === null)
    throw new ArgumentError(expected('numeric', 'missing', "'error' or { fill, flag? }", missing))
  const { fill, flag = false } = missing as { fill?: unknown; flag?: unknown }
  if (typeof flag !== 'boolean') throw new ArgumentError(expected('numeric', 'missing.flag', 'true or false', flag))
  return Object.freeze({ fill: fill === 'mean' ? fill : checkNumber('numeric', 'missing.fill', fill), flag })
}
