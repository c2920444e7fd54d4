import { seededRandom, type Seed } from '../random'
import type { Rows } from './rows-view'
import type { Split, SplitOf, TableSplit } from './split'
import { checkFractions, partition, splittable } from './split'
import type { Table } from './table'

export interface SplitAtRandomOptions {
  /** Shares of the rows: train, validation, test. */
  readonly fractions: readonly [train: number, validation: number, test: number]
  /** @defaultValue 0 */
  readonly seed?: Seed
}

/** What a split at random says of itself. */
export interface Leaking {
  /** Always: see `reason`. */
  readonly leaks: true
  readonly reason: string
}

/**
 * Splits rows at random, each part in the order of the rows; the result says that it leaks.
 *
 * It is the split of textbooks, and right where rows have nothing to do with each other. Events of users and items have: figures
 * come out better than in use. {@link splitByTime} is the honest one.
 *
 * @throws DataError when a part is left without rows; ArgumentError when an option is out of range
 * @example
 * ```ts
 * import { splitAtRandom } from 'feedrank'
 *
 * const { train, test, leaks } = splitAtRandom(Array.from({ length: 10 }, (_, id) => ({ id })), { fractions: [0.6, 0.2, 0.2] })
 * console.log(train.length, test.length, leaks) // 6 2 true
 * ```
 */
export function splitAtRandom(table: Table, options: SplitAtRandomOptions): TableSplit & Leaking
export function splitAtRandom<Row extends object>(rows: readonly Row[], options: SplitAtRandomOptions): Split<Row> & Leaking
export function splitAtRandom<R extends Rows>(rows: R, options: SplitAtRandomOptions): SplitOf<R> & Leaking {
  const where = 'splitAtRandom'
  const { rows: count } = splittable(where, rows, options)
  const [train, validation] = checkFractions(where, options.fractions)
  const indices = Int32Array.from({ length: count }, (_, r) => r)
  const drawn = seededRandom(options.seed ?? 0).shuffle(indices.slice())
  const places = new Int32Array(count)
  drawn.forEach((r, place) => { places[r] = place })
  const [first, second] = [Math.round(train * count), Math.round((train + validation) * count)]
  const split = partition(where, rows, indices, (r) => (places[r] < first ? 'train' : places[r] < second ? 'validation' : 'test'))
  return { ...split, leaks: true, reason }
}

const reason = 'Rows of one user, of one item and of one session stand in all parts, and what came later trains the model that is asked about what came before: '
  + 'figures are better than they will be in use. Split by time (splitByTime) instead.'
