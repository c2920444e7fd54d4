import { ArgumentError, DataError, checkInteger, expected } from '../errors'
import { mix32 } from '../hash'
import type { Combiner, Scope } from './feature'
import { checkCombiner } from './feature'
import type { EncodedColumn } from './encoded'
import { checkBuckets } from './hashed'

/** The combination of two or three features, hashed: memory for the wide part. Made by {@link cross}. */
export interface Cross<Part extends string = string> {
  readonly kind: 'cross'
  readonly parts: readonly Part[]
  readonly buckets: number
  readonly seed: number
  readonly combiner: Combiner
}

export interface CrossOptions {
  /** The number of rows that combinations are spread over. */
  readonly buckets: number
  /** @defaultValue 0 */
  readonly seed?: number
  /** How the combinations of a multi-hot part are pooled. @defaultValue 'sum' */
  readonly combiner?: Combiner
}

/**
 * The combination of two or three id features (categorical, hashed, bucketized, boolean, multi-hot), hashed.
 *
 * `h₀ = seed; hᵢ = mix(hᵢ₋₁ ⊕ mix(idᵢ)); id = h mod buckets`, over the ids of the parts, so out-of-vocabulary values
 * cross as one. A multi-hot part gives one id for each of its elements, and the cross is then a bag. Its scope is the
 * widest of its parts': user, then context, then pair; item, then pair.
 *
 * @throws ArgumentError when there are not two or three different parts, or an option is out of range.
 * @example
 * ```ts
 * import { categorical, cross, defineFeatures } from 'feedrank'
 *
 * const spec = defineFeatures({
 *   features: { country: categorical({ scope: 'user' }), topic: categorical({ scope: 'item' }) },
 *   crosses: { country_topic: cross(['country', 'topic'], { buckets: 1 << 10 }) },
 * })
 * const fitted = spec.fit([{ country: 'PT', topic: 'surf' }])
 * console.log(fitted.features[2].scope) // 'pair'
 * ```
 */
export function cross<const Part extends string>(parts: readonly [Part, Part] | readonly [Part, Part, Part], options: CrossOptions): Cross<Part> {
  const where = 'cross'
  if (!Array.isArray(parts) || (parts.length !== 2 && parts.length !== 3) || parts.some((part) => typeof part !== 'string'))
    throw new ArgumentError(expected(where, 'parts', 'two or three names of features', parts))
  if (new Set(parts).size !== parts.length) throw new ArgumentError(expected(where, 'parts', 'different features', parts.join(', ')))
  if (typeof options !== 'object' || options === null) throw new ArgumentError(expected(where, 'options', 'an object with buckets', options))
  const { buckets, seed = 0, combiner = 'sum' } = options
  checkBuckets(where, buckets)
  checkInteger(where, 'seed', seed, 0)
  checkCombiner(where, combiner)
  return Object.freeze({ kind: where, parts: Object.freeze([...parts]), buckets, seed, combiner })
}

/** The scope of what is made of features with these scopes. */
export function widest(scopes: readonly Scope[]): Scope {
  const all = new Set(scopes)
  if (all.size === 1) return scopes[0]
  return all.has('item') || all.has('pair') ? 'pair' : 'context'
}

const step = (h: number, id: number) => mix32(h ^ mix32(id + 0x9e3779b9))

/** The ids of a cross, from the encoded columns of its parts. */
export function encodeCross({ buckets, seed, parts: names }: Cross, parts: readonly EncodedColumn[], rows: number): EncodedColumn {
  if (parts.every((part) => part.kind !== 'bags')) {
    const ids = new Int32Array(rows)
    const readers = parts.map(idAt)
    for (let row = 0; row < rows; row++) {
      let h = seed
      for (const read of readers) h = step(h, read(row))
      ids[row] = h % buckets
    }
    return { kind: 'ids', ids }
  }
  const offsets = new Int32Array(rows + 1)
  for (let row = 0; row < rows; row++) {
    let size = 1
    for (const part of parts) if (part.kind === 'bags') size *= part.offsets[row + 1] - part.offsets[row]
    const end = offsets[row] + size
    if (end >= 2 ** 31) throw new DataError(`feedrank/encode: expected fewer than 2^31 combinations of ${names.join(', ')} in all rows, got ${end} up to \`rows[${row}]\``)
    offsets[row + 1] = end
  }
  const ids = new Int32Array(offsets[rows])
  let next = 0
  const readers = parts.map(idAt)
  const combine = (row: number, i: number, h: number) => {
    if (i === parts.length) {
      ids[next++] = h % buckets
      return
    }
    const part = parts[i]
    if (part.kind !== 'bags') combine(row, i + 1, step(h, readers[i](row)))
    else for (let k = part.offsets[row]; k < part.offsets[row + 1]; k++) combine(row, i + 1, step(h, part.ids[k]))
  }
  for (let row = 0; row < rows; row++) combine(row, 0, seed)
  return { kind: 'bags', ids, offsets }
}

/** The id of a row: of a boolean its value, or 2 more where it was missing and is flagged. */
function idAt(column: EncodedColumn): (row: number) => number {
  if (column.kind === 'dense') {
    const { values, width } = column
    return width === 1 ? (row) => values[row] : (row) => values[2 * row] + 2 * values[2 * row + 1]
  }
  const { ids } = column
  return (row) => ids[row]
}
