import { checkNumber } from '../errors'
import { numbersOf } from './cells'
import type { ColumnEncoder, FeatureBase, FeatureKind, FeatureOptions, Scope } from './feature'
import { checkBase, checkChoice, checkingFitter } from './feature'

/** What a missing phase becomes: an error, or (0, 0), the centre of the circle. */
export type MissingPhase = 'error' | 'centre'

/** A number that comes round again, as a point on the circle. Made by {@link cyclical}. */
export interface CyclicalFeature<S extends Scope = Scope, Column extends string = string, M extends MissingPhase = MissingPhase>
  extends FeatureBase<S, Column, M extends 'error' ? number : number | null | undefined> {
  readonly kind: 'cyclical'
  readonly period: number
  readonly missing: M
}

export interface CyclicalOptions<S extends Scope, Column extends string, M extends MissingPhase> extends FeatureOptions<S, Column> {
  /** After which the value means the same again: 24 for hours of the day, 7 for days of the week. */
  readonly period: number
  /** @defaultValue 'error' */
  readonly missing?: M
}

/**
 * A number that comes round again, such as the hour of the day: `[sin(2πx / period), cos(2πx / period)]`.
 *
 * 23:00 is then as near to 00:00 as 01:00 is. Any finite number will do; only its remainder counts.
 *
 * @throws ArgumentError when `period` is not above 0.
 * @example
 * ```ts
 * import { cyclical, defineFeatures } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { hour: cyclical({ scope: 'context', period: 24 }) } })
 * const { columns } = spec.fit([{ hour: 0 }]).encode([{ hour: 0 }])
 * console.log(columns.get('hour')) // { kind: 'dense', values: Float32Array(2) [ 0, 1 ], width: 2 }
 * ```
 */
export function cyclical<const S extends Scope, const Column extends string = never, const M extends MissingPhase = 'error'>(
  options: CyclicalOptions<S, Column, M>,
): CyclicalFeature<S, NoInfer<Column>, NoInfer<M>> {
  const where = 'cyclical'
  const base = checkBase(where, options)
  const { period, missing = 'error' } = options
  checkNumber(where, 'period', period, { above: 0 })
  checkChoice(where, 'missing', missing, ['error', 'centre'])
  return Object.freeze({ kind: where, ...base, period, missing: missing as M })
}

export const cyclicalKind: FeatureKind<CyclicalFeature> = {
  make: cyclical,
  crossable: false,
  fitter: (feature) => checkingFitter(cyclicalEncoder(feature)),
  restore: cyclicalEncoder,
}

/** Periods up to this have the points of their whole numbers ready. */
const pointsReady = 4096

function cyclicalEncoder({ period, missing }: CyclicalFeature): ColumnEncoder {
  const pointOf = (remainder: number) => (2 * Math.PI * remainder) / period
  const ready = period <= pointsReady ? Math.ceil(period) : 0
  const sines = Float32Array.from({ length: ready }, (_, phase) => Math.sin(pointOf(phase)))
  const cosines = Float32Array.from({ length: ready }, (_, phase) => Math.cos(pointOf(phase)))
  return {
    encoding: { kind: 'dense', width: 2 },
    encode(cells) {
      const phases = numbersOf(cells, missing === 'centre')
      const values = new Float32Array(phases.length * 2)
      for (let row = 0; row < phases.length; row++) {
        const phase = phases[row]
        if (phase !== phase) continue // missing
        const remainder = phase >= 0 && phase < period ? phase : phase % period // the same, and a remainder takes its time
        const known = sines[remainder] !== undefined
        values[2 * row] = known ? sines[remainder] : Math.sin(pointOf(remainder))
        values[2 * row + 1] = known ? cosines[remainder] : Math.cos(pointOf(remainder))
      }
      return { kind: 'dense', values, width: 2 }
    },
    state: Object.freeze({}),
    summary: `sine and cosine, period ${period}`,
  }
}
