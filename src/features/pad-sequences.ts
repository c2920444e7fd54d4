import { ArgumentError, checkInteger, expected } from '../errors'
import type { BagColumn } from './encoded'
import { checkChoice } from './feature'

/** Sequences as a rectangle: what attention takes. */
export interface PaddedSequences {
  /** Row-major, shape `[rows, length]`. */
  readonly ids: Int32Array
  /** How many places of each row are filled, shape `[rows]`. */
  readonly lengths: Int32Array
  /** 1 where there is an element and 0 where there is padding, shape `[rows, length]`. */
  readonly mask: Float32Array
  readonly length: number
}

export interface PadOptions {
  /** On which side of a short sequence the padding stands. @defaultValue 'after' */
  readonly side?: 'before' | 'after'
  /** The id of the padding; what reads it must look at `mask`. @defaultValue 0 */
  readonly id?: number
}

/**
 * Bags in order, as a {@link sequence} encodes them, as `[rows, length]` ids, lengths and a mask. Of a longer bag the last
 * `length` elements are kept.
 *
 * @throws ArgumentError when `length` is not a positive integer, or the column has no bags
 * @example
 * ```ts
 * import { padSequences } from 'feedrank'
 *
 * const column = { kind: 'bags', ids: Int32Array.of(5, 6, 7), offsets: Int32Array.of(0, 2, 3) } as const
 * const { ids, lengths, mask } = padSequences(column, 2, { side: 'before' })
 * console.log([...ids], [...lengths], [...mask]) // [ 5, 6, 0, 7 ] [ 2, 1 ] [ 1, 1, 0, 1 ]
 * ```
 */
export function padSequences(column: BagColumn, length: number, options: PadOptions = {}): PaddedSequences {
  if (column?.kind !== 'bags') throw new ArgumentError(expected('padSequences', 'column', 'an encoded column of bags', column))
  checkInteger('padSequences', 'length', length)
  const { side = 'after', id = 0 } = options
  checkChoice('padSequences', 'side', side, ['before', 'after'])
  checkInteger('padSequences', 'id', id, 0)
  const { offsets } = column
  const rows = offsets.length - 1
  const ids = new Int32Array(rows * length).fill(id)
  const mask = new Float32Array(rows * length)
  const lengths = new Int32Array(rows)
  for (let row = 0; row < rows; row++) {
    const size = Math.min(length, offsets[row + 1] - offsets[row])
    const to = row * length + (side === 'after' ? 0 : length - size)
    ids.set(column.ids.subarray(offsets[row + 1] - size, offsets[row + 1]), to)
    mask.fill(1, to, to + size)
    lengths[row] = size
  }
  return { ids, lengths, mask, length }
}
