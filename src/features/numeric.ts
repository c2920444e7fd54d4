import { isMissing } from '../data/values'
import { ArgumentError, DataError, checkNumber, expected } from '../errors'
import type { ColumnEncoder, ColumnFitter, FeatureBase, FeatureOptions, Scope } from './feature'
import { checkBase, checkChoice } from './feature'
import { badJson, readArray, readNumber, readObject, readPositive } from './json'
import { moments, quantileOf, sample } from './statistics'
import { badValue, finite } from './values'

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
 * divided by 1, so it encodes as 0 there. Missing values take no part in the statistics. With `flag: true` the column
 * has width 2: the value and 1 where it was missing.
 *
 * @throws ArgumentError when an option is out of range.
 * @example
 * ```ts
 * import { defineFeatures, numeric } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { age: numeric({ scope: 'user', missing: { fill: 'mean', flag: true } }) } })
 * const fitted = spec.fit([{ age: 20 }, { age: 40 }])
 * console.log(fitted.encode([{ age: 50 }, {}]).columns.get('age')) // { kind: 'dense', width: 2, values: Float32Array(4) [ 2, 0, 0, 1 ] }
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

function checkPair(name: string, [low, high]: readonly [unknown, unknown], range: { min?: number; max?: number }): readonly [number, number] {
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

/** What was learnt: encoded = (transform(clip(x)) − shift) / scale; `mean` is that of the transformed value. */
interface NumericState {
  readonly bounds: readonly [number, number] | null
  readonly shift: number
  readonly scale: number
  readonly mean: number
}

export function fitNumeric(column: string, feature: NumericFeature): ColumnFitter {
  const { clip, missing } = feature
  const quantiles = clip !== undefined && 'quantiles' in clip ? clip.quantiles : null
  const fixed = clip !== undefined && !('quantiles' in clip) ? clip : null
  const all = sample()
  const learnt = moments()
  return {
    observe(value, row) {
      if (isMissing(value) && missing !== 'error') return
      const number = finite('fit', column, row, value)
      if (quantiles) all.add(number)
      else learnt.add(transform('fit', column, row, feature, fixed, number))
    },
    finish() {
      let bounds = fixed
      if (quantiles) {
        const sorted = all.sorted()
        if (sorted.length > 0) bounds = [quantileOf(sorted, quantiles[0]), quantileOf(sorted, quantiles[1])]
        for (const number of sorted) learnt.add(transform('fit', column, 0, feature, bounds, number))
      }
      if (learnt.count() === 0) throw new DataError(`feedrank/fit: expected column \`${column}\` to have a value in some row, got none`)
      if (!Number.isFinite(learnt.deviation() + learnt.max() - learnt.min()))
        throw new DataError(`feedrank/fit: expected column \`${column}\` to have a finite deviation, its values reach ${learnt.min()} and ${learnt.max()}`)
      const mean = learnt.mean()
      const [shift, scale] = feature.scale === 'z-score' ? [mean, learnt.deviation()]
        : feature.scale === 'min-max' ? [learnt.min(), learnt.max() - learnt.min()] : [0, 1]
      return numericEncoder(column, feature, { bounds, shift, scale: scale > 0 ? scale : 1, mean })
    },
  }
}

export function restoreNumeric(column: string, feature: NumericFeature, json: unknown, at: string): ColumnEncoder {
  const state = readObject(json, at)
  const bounds = state['bounds'] === null ? null : readArray(state['bounds'], `${at}.bounds`).map((bound, i) => readNumber(bound, `${at}.bounds[${i}]`))
  if (bounds !== null && !(bounds.length === 2 && bounds[0] <= bounds[1])) throw badJson(`${at}.bounds`, 'null or two ascending numbers', bounds)
  if (bounds !== null && feature.transform === 'log1p' && bounds[1] <= -1) throw badJson(`${at}.bounds[1]`, 'above -1', bounds[1])
  return numericEncoder(column, feature, {
    bounds: bounds && [bounds[0], bounds[1]],
    shift: readNumber(state['shift'], `${at}.shift`),
    scale: readPositive(state['scale'], `${at}.scale`),
    mean: readNumber(state['mean'], `${at}.mean`),
  })
}

const largest = 3.4028234663852886e38

function numericEncoder(column: string, feature: NumericFeature, state: NumericState): ColumnEncoder {
  const { bounds, shift, scale, mean } = state
  const { missing } = feature
  const flag = missing !== 'error' && missing.flag === true
  const fill = missing === 'error' ? 0
    : missing.fill === 'mean' ? mean : transform('fit', `${column} (its fill)`, 0, feature, bounds, missing.fill)
  const encodedFill = (fill - shift) / scale
  const width = flag ? 2 : 1
  return {
    encoding: { kind: 'dense', width },
    encode(rows) {
      const values = new Float32Array(rows.length * width)
      for (let row = 0; row < rows.length; row++) {
        const value = rows[row]
        if (isMissing(value) && missing !== 'error') {
          values[row * width] = encodedFill
          if (flag) values[row * width + 1] = 1
        } else {
          const number = finite('encode', column, row, value)
          const scaled = (transform('encode', column, row, feature, bounds, number) - shift) / scale
          if (!(Math.abs(scaled) <= largest)) throw badValue('encode', column, row, 'a number that fits a 32-bit float when scaled', value)
          values[row * width] = scaled
        }
      }
      return { kind: 'dense', values, width }
    },
    state: Object.freeze({ ...state, bounds: bounds && Object.freeze([...bounds]) }),
    summary: summarize(feature, state),
  }
}

function transform(where: string, column: string, row: number, feature: NumericFeature, bounds: readonly [number, number] | null, value: number): number {
  const clipped = bounds === null ? value : Math.min(bounds[1], Math.max(bounds[0], value))
  if (feature.transform === 'none') return clipped
  if (clipped > -1) return Math.log1p(clipped)
  throw badValue(where, column, row, 'above -1, as its log1p is taken', value)
}

function summarize(feature: NumericFeature, { bounds, shift, scale }: NumericState): string {
  const short = (value: number) => String(Number(value.toPrecision(4)))
  return [
    bounds && `clip ${short(bounds[0])}..${short(bounds[1])}`,
    feature.transform !== 'none' && feature.transform,
    feature.scale !== 'none' && `${feature.scale} (x - ${short(shift)}) / ${short(scale)}`,
    feature.missing !== 'error' && `missing: ${feature.missing.fill}${feature.missing.flag ? ' and a flag' : ''}`,
  ].filter(Boolean).join(', ') || 'as it is'
}
