import { ArgumentError, expected } from '../errors'
import type { Cells } from './cells'
import { badCell } from './cells'
import type { ColumnEncoder, FeatureBase, FeatureKind, FeatureOptions, Reads, Scope } from './feature'
import { checkBase, checkChoice } from './feature'
import type { Moment } from './moments-of'
import { momentsOf } from './moments-of'
import type { Clip, MissingNumber, NumericFeature, Scale, Transform } from './numeric'
import { numeric } from './numeric'
import { numericKind } from './numeric-encoder'

/** What ages are counted in. */
export type AgeUnit = 'seconds' | 'minutes' | 'hours' | 'days' | 'weeks' | 'years'

const ms: Readonly<Record<AgeUnit, number>> = {
  seconds: 1000, minutes: 60_000, hours: 3_600_000, days: 86_400_000, weeks: 604_800_000, years: 365.25 * 86_400_000,
}

/** How old something was at the moment of the event. Made by {@link age}. */
export interface AgeFeature<S extends Scope = Scope, Column extends string = string, At extends string = string, M extends MissingNumber = MissingNumber>
  extends FeatureBase<S, Column, M extends 'error' ? Moment : Moment | null | undefined, Reads<At, M extends 'error' ? Moment : Moment | null | undefined>> {
  readonly kind: 'age'
  readonly at: At
  readonly unit: AgeUnit
  readonly negative: 'error' | 'zero' | 'keep'
  readonly epoch: 'ms' | 's'
  readonly clip?: Clip
  readonly transform: Transform
  readonly scale: Scale
  readonly missing: M
}

export interface AgeOptions<S extends Scope, Column extends string, At extends string, M extends MissingNumber> extends FeatureOptions<S, Column> {
  /** The column with the moment of the event: the impression, or the request. */
  readonly at: At
  /** What `clip` and a `fill` are in; the scale takes it out again otherwise. @defaultValue 'hours' */
  readonly unit?: AgeUnit
  /**
   * What becomes of something that is younger than the event: an error, since training would know the future; age 0, where
   * clocks differ by a little; or a negative age. @defaultValue 'error'
   */
  readonly negative?: 'error' | 'zero' | 'keep'
  /** What numbers count since 1970, in both columns. @defaultValue 'ms' */
  readonly epoch?: 'ms' | 's'
  /** As of {@link numeric}, in `unit`s. */
  readonly clip?: Clip
  /** As of {@link numeric}. @defaultValue 'log1p' */
  readonly transform?: Transform
  /** As of {@link numeric}. @defaultValue 'z-score' */
  readonly scale?: Scale
  /** As of {@link numeric}, where either moment is missing; a `fill` is in `unit`s. @defaultValue 'error' */
  readonly missing?: M
}

/**
 * How old something is at the moment of the event, as a number: `(at − column) / unit`, then clipped, transformed and scaled
 * like a {@link numeric}.
 *
 * Moments are Dates, ms since 1970 (or seconds, by `epoch`), or texts of ISO 8601 that name their zone; a day without a time
 * is its midnight in UTC. A year is 365.25 days. It belongs to the item or user whose age it is, but since it changes with
 * every request, a scope of `pair` keeps it from being cached with the item.
 *
 * @throws ArgumentError when an option is out of range.
 * @example
 * ```ts
 * import { age, defineFeatures } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { postedAt: age({ scope: 'pair', at: 'shownAt', transform: 'none', scale: 'none' }) } })
 *   .fit([{ postedAt: '2026-11-20T09:00:00Z', shownAt: '2026-11-20T12:30:00Z' }])
 * console.log(spec.encode([{ postedAt: 0, shownAt: new Date(7_200_000) }]).columns.get('postedAt')) // { kind: 'dense', values: Float32Array(1) [ 2 ], width: 1 }
 * ```
 */
export function age<const S extends Scope, const At extends string, const Column extends string = never, const M extends MissingNumber = 'error'>(
  options: AgeOptions<S, Column, At, M>,
): AgeFeature<S, NoInfer<Column>, NoInfer<At>, NoInfer<M>> {
  const where = 'age'
  const base = checkBase(where, options)
  const { at, unit = 'hours', negative = 'error', epoch = 'ms', clip: bounds, transform: change = 'log1p', scale: by = 'z-score', missing: rule = 'error' } = options
  if (typeof at !== 'string') throw new ArgumentError(expected(where, 'at', 'the name of a column', at))
  checkChoice(where, 'unit', unit, Object.keys(ms) as AgeUnit[])
  checkChoice(where, 'negative', negative, ['error', 'zero', 'keep'])
  checkChoice(where, 'epoch', epoch, ['ms', 's'])
  const { clip, transform, scale, missing } = numeric({ scope: base.scope, ...(bounds !== undefined && { clip: bounds }), transform: change, scale: by, missing: rule as MissingNumber })
  return Object.freeze({
    kind: where, ...base, at, unit, negative, epoch, ...(clip !== undefined && { clip }), transform, scale, missing: missing as M,
  }) as unknown as AgeFeature<S, NoInfer<Column>, NoInfer<At>, NoInfer<M>>
}

export const ageKind: FeatureKind<AgeFeature> = {
  make: age,
  crossable: false,
  reads: ({ at }) => [at],
  fitter(feature, context) {
    const { observe, finish } = numericKind.fitter(asNumber(feature), context)
    return {
      observe: (cells, at) => observe(agesOf(feature, cells, at)),
      finish: () => ageEncoder(feature, finish()),
    }
  },
  restore: (feature, context, state, at) => ageEncoder(feature, numericKind.restore(asNumber(feature), context, state, at)),
}

/** The feature that the ages are. */
const asNumber = ({ scope, clip, transform, scale, missing }: AgeFeature): NumericFeature =>
  numeric({ scope, ...(clip !== undefined && { clip }), transform, scale, missing })

function ageEncoder(feature: AgeFeature, encoder: ColumnEncoder): ColumnEncoder {
  return {
    ...encoder,
    encode: (cells, at) => encoder.encode(agesOf(feature, cells, at)),
    summary: `${feature.unit} at ${feature.at}, ${encoder.summary}`,
  }
}

/** The ages as cells of their own, null where a moment is missing. */
function agesOf({ unit, negative, epoch, missing }: AgeFeature, cells: Cells, at: Cells): Cells {
  const optional = missing !== 'error'
  const begins = momentsOf(cells, optional, epoch === 's' ? 1000 : 1)
  const ends = momentsOf(at, optional, epoch === 's' ? 1000 : 1)
  const values = new Float64Array(cells.length)
  const valid = new Uint8Array(cells.length).fill(1)
  for (let i = 0; i < values.length; i++) {
    const value = (ends[i] - begins[i]) / ms[unit]
    if (value !== value) valid[i] = 0
    else if (value >= 0 || negative === 'keep') values[i] = value
    else if (negative === 'error') throw badCell(cells, i, `no later than \`${at.name}\` (${new Date(ends[i]).toISOString()})`, new Date(begins[i]).toISOString())
  }
  return { ...cells, column: { kind: 'number', values, ...(optional && { valid }) } }
}
