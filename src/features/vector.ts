import { isNull } from '../data/table'
import { checkInteger } from '../errors'
import { badCell, listsOf, numbersOf } from './cells'
import type { ColumnEncoder, FeatureBase, FeatureKind, FeatureOptions, Scope } from './feature'
import { checkBase, checkChoice, checkingFitter } from './feature'
import { largestFloat } from './values'

/** What a missing vector becomes: an error, zeros, or zeros and one number more, which is 1 where it was missing. */
export type MissingVector = 'error' | 'zeros' | 'zeros-and-flag'

/** A list of `size` numbers, such as the embedding of a picture. Made by {@link vector}. */
export interface VectorFeature<S extends Scope = Scope, Column extends string = string, M extends MissingVector = MissingVector>
  extends FeatureBase<S, Column, M extends 'error' ? ArrayLike<number> : ArrayLike<number> | null | undefined> {
  readonly kind: 'vector'
  readonly size: number
  readonly normalize: 'none' | 'l2'
  readonly missing: M
}

export interface VectorOptions<S extends Scope, Column extends string, M extends MissingVector> extends FeatureOptions<S, Column> {
  /** How many numbers every vector has. */
  readonly size: number
  /** `l2` divides by the Euclidean norm; a vector of zeros stays one. @defaultValue 'none' */
  readonly normalize?: 'none' | 'l2'
  /** What `null` and `undefined` become. @defaultValue 'error' */
  readonly missing?: M
}

/**
 * A list of numbers of a fixed size, as another model made it: `x`, or `x / ‖x‖₂`.
 *
 * An array of numbers or a typed array; one of another length is an error, and so is a number that is not finite.
 *
 * @throws ArgumentError when an option is out of range.
 * @example
 * ```ts
 * import { defineFeatures, vector } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { picture: vector({ scope: 'item', size: 2, normalize: 'l2' }) } }).fit([{ picture: [1, 0] }])
 * console.log(spec.encode([{ picture: [3, 4] }]).columns.get('picture')) // { kind: 'dense', values: Float32Array(2) [ 0.6000000238418579, 0.800000011920929 ], width: 2 }
 * ```
 */
export function vector<const S extends Scope, const Column extends string = never, const M extends MissingVector = 'error'>(
  options: VectorOptions<S, Column, M>,
): VectorFeature<S, NoInfer<Column>, NoInfer<M>> {
  const where = 'vector'
  const base = checkBase(where, options)
  const { size, normalize = 'none', missing = 'error' } = options
  checkInteger(where, 'size', size)
  checkChoice(where, 'normalize', normalize, ['none', 'l2'])
  checkChoice(where, 'missing', missing, ['error', 'zeros', 'zeros-and-flag'])
  return Object.freeze({ kind: where, ...base, size, normalize, missing: missing as M })
}

export const vectorKind: FeatureKind<VectorFeature> = {
  make: vector,
  crossable: false,
  fitter: (feature) => checkingFitter(vectorEncoder(feature)),
  restore: vectorEncoder,
}

function vectorEncoder({ size, normalize, missing }: VectorFeature): ColumnEncoder {
  const flag = missing === 'zeros-and-flag'
  const width = flag ? size + 1 : size
  const expectation = `an array of ${size} numbers`
  return {
    encoding: { kind: 'dense', width },
    encode(cells) {
      const { offsets, elements } = listsOf(cells, missing !== 'error', expectation)
      const numbers = numbersOf(elements, false)
      const values = new Float32Array(cells.length * width)
      for (let row = 0; row < cells.length; row++) {
        const start = offsets[row]
        const length = offsets[row + 1] - start
        if (length === 0 && isNull(cells.column, row)) {
          if (flag) values[row * width + size] = 1
          continue
        }
        if (length !== size) throw badCell(cells, row, expectation, Array.from({ length }))
        const scale = normalize === 'l2' ? normOf(numbers, start, size) : 1
        for (let i = 0; i < size; i++) {
          const value = numbers[start + i] / scale
          if (!(Math.abs(value) <= largestFloat)) throw badCell(elements, start + i, 'a number that fits a 32-bit float', numbers[start + i])
          values[row * width + i] = value
        }
      }
      return { kind: 'dense', values, width }
    },
    state: Object.freeze({}),
    summary: `${size} numbers${normalize === 'l2' ? ', of norm 1' : ''}${flag ? ' and a flag' : ''}`,
  }
}

/** The Euclidean norm, or 1 for zeros; by the largest of them, so that squares neither overflow nor vanish. */
function normOf(numbers: Float64Array, start: number, size: number): number {
  let most = 0
  for (let i = start; i < start + size; i++) most = Math.max(most, Math.abs(numbers[i]))
  if (most === 0) return 1
  let squares = 0
  for (let i = start; i < start + size; i++) squares += (numbers[i] / most) ** 2
  return most * Math.sqrt(squares)
}
