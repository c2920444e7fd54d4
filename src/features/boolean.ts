import { ArgumentError, expected } from '../errors'
import { absent, booleansOf } from './cells'
import type { ColumnEncoder, FeatureBase, FeatureKind, FeatureOptions, Scope } from './feature'
import { checkBase, checkingFitter } from './feature'

/** What a missing boolean becomes: an error, or a fill, with a second number that is 1 where it was missing. */
export type MissingBoolean = 'error' | { readonly fill: boolean; readonly flag?: boolean }

/** A yes or no, as 1 or 0. Made by {@link boolean}. */
export interface BooleanFeature<S extends Scope = Scope, Column extends string = string, M extends MissingBoolean = MissingBoolean>
  extends FeatureBase<S, Column, M extends 'error' ? boolean | number : boolean | number | null | undefined> {
  readonly kind: 'boolean'
  readonly missing: M
}

export interface BooleanOptions<S extends Scope, Column extends string, M extends MissingBoolean> extends FeatureOptions<S, Column> {
  /** @defaultValue 'error' */
  readonly missing?: M
}

/**
 * A yes or no: `true` and 1 encode as 1, `false` and 0 as 0; any other value is an error.
 *
 * @throws ArgumentError when an option is out of range.
 * @example
 * ```ts
 * import { boolean, defineFeatures } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { hasImage: boolean({ scope: 'item' }) } })
 * const { columns } = spec.fit([{ hasImage: true }]).encode([{ hasImage: true }, { hasImage: 0 }])
 * console.log(columns.get('hasImage')) // { kind: 'dense', values: Float32Array(2) [ 1, 0 ], width: 1 }
 * ```
 */
export function boolean<const S extends Scope, const Column extends string = never, const M extends MissingBoolean = 'error'>(
  options: BooleanOptions<S, Column, M>,
): BooleanFeature<S, NoInfer<Column>, NoInfer<M>> {
  const base = checkBase('boolean', options)
  const { missing = 'error' } = options
  return Object.freeze({ kind: 'boolean', ...base, missing: checkMissing(missing) as M })
}

function checkMissing(missing: unknown): MissingBoolean {
  if (missing === 'error') return missing
  const { fill, flag = false } = (missing ?? {}) as { fill?: unknown; flag?: unknown }
  if (typeof fill !== 'boolean') throw new ArgumentError(expected('boolean', 'missing', "'error' or { fill: true or false, flag? }", missing))
  if (typeof flag !== 'boolean') throw new ArgumentError(expected('boolean', 'missing.flag', 'true or false', flag))
  return Object.freeze({ fill, flag })
}

export const booleanKind: FeatureKind<BooleanFeature> = {
  make: boolean,
  crossable: true,
  fitter: (feature) => checkingFitter(booleanEncoder(feature)),
  restore: booleanEncoder,
}

function booleanEncoder({ missing }: BooleanFeature): ColumnEncoder {
  const flag = missing !== 'error' && missing.flag === true
  const fill = missing !== 'error' && missing.fill ? 1 : 0
  const width = flag ? 2 : 1
  return {
    encoding: { kind: 'dense', width },
    encode(cells) {
      const bits = booleansOf(cells, missing !== 'error')
      const values = new Float32Array(bits.length * width)
      for (let row = 0; row < bits.length; row++) {
        const bit = bits[row]
        values[row * width] = bit === absent ? fill : bit
        if (flag && bit === absent) values[row * width + 1] = 1
      }
      return { kind: 'dense', values, width }
    },
    state: Object.freeze({}),
    summary: missing === 'error' ? '0 or 1' : `0 or 1, missing: ${fill}${flag ? ' and a flag' : ''}`,
  }
}
