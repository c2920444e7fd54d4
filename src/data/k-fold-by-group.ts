import { DataError, checkInteger } from '../errors'
import { seededRandom, type Seed } from '../random'
import { pickRows, type Rows } from './rows-view'
import type { IdColumnOf, TableRow } from './split'
import { rowsByGroup, splittable } from './split'
import type { Table } from './table'
import type { Id } from './values'

export interface KFoldOptions<Row> {
  /** The column that names the group (a user, a session), or a function that gives it. */
  readonly group: IdColumnOf<Row> | ((row: Row) => Id)
  /** @defaultValue 5 */
  readonly folds?: number
  /** Draws which of equally good folds a group goes to. @defaultValue 0 */
  readonly seed?: Seed
}

/** One of the folds: its own rows to test, all others to train, each in the order of the rows. Both are made when they are asked for. */
export interface Fold<Part> {
  readonly train: Part
  readonly test: Part
}

export interface KFold<Part> {
  readonly folds: readonly Fold<Part>[]
  /** The number of the fold of each row. */
  readonly foldOf: Int32Array
  /** How many rows each fold has. */
  readonly sizes: readonly number[]
}

/**
 * Cuts rows into folds of about equally many, so that no group is in two of them: what is measured on one fold is of users (or
 * sessions) whom the model has not seen.
 *
 * The largest groups go first, each to the fold that has the fewest rows; among groups of one size and folds of one size chance
 * decides. Folds differ in size by no more than the largest group has rows. It says nothing of time: what came later trains
 * the model that is asked about what came before, as {@link splitByTime} does not.
 *
 * @throws DataError when there are fewer groups than folds, or a group is no id; ArgumentError when an option is not what it should be
 * @example
 * ```ts
 * import { kFoldByGroup } from 'feedrank'
 *
 * const rows = ['a', 'a', 'b', 'b', 'c', 'c'].map((user) => ({ user }))
 * const { folds, sizes } = kFoldByGroup(rows, { group: 'user', folds: 3 })
 * console.log(sizes, folds[0].train.length, new Set(folds[0].test.map(({ user }) => user)).size) // [2, 2, 2] 4 1
 * ```
 */
export function kFoldByGroup(table: Table, options: KFoldOptions<TableRow>): KFold<Table>
export function kFoldByGroup<Row extends object>(rows: readonly Row[], options: KFoldOptions<Row>): KFold<Row[]>
export function kFoldByGroup<R extends Rows, Row>(rows: R, options: KFoldOptions<Row>): KFold<R> {
  const where = 'kFoldByGroup'
  const view = splittable(where, rows, options)
  const count = checkInteger(where, 'folds', options.folds ?? 5, 2)
  const random = seededRandom(options.seed ?? 0)
  const groups = random.shuffle([...rowsByGroup(where, view, 'group', options.group)]).sort((a, b) => b.length - a.length)
  if (groups.length < count) throw new DataError(`feedrank/${where}: expected at least ${count} groups, one a fold, got ${groups.length}`)
  const foldOf = new Int32Array(view.rows)
  const sizes = Array.from({ length: count }, () => 0)
  const order = random.shuffle(Int32Array.from({ length: count }, (_, fold) => fold))
  for (const group of groups) {
    const fold = order.reduce((least, one) => (sizes[one] < sizes[least] ? one : least), order[0])
    sizes[fold] += group.length
    for (const r of group) foldOf[r] = fold
  }
  const indices = Int32Array.from({ length: view.rows }, (_, r) => r)
  const folds = sizes.map((_, fold): Fold<R> => ({
    get train() { return pickRows(rows, indices.filter((r) => foldOf[r] !== fold)) },
    get test() { return pickRows(rows, indices.filter((r) => foldOf[r] === fold)) },
  }))
  return { folds, foldOf, sizes }
}
