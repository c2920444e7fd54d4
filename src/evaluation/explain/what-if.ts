import { ArgumentError, checkObject, expected } from '../../errors'
import { columnReader } from '../../data/rows'
import { changed, checkedScores } from './model-function'
import type { ScoreFunction } from './model-function'

/** What {@link whatIf} takes. */
export interface WhatIfOptions<Row extends object> {
  readonly row: Row
  /** Columns with the values they should have had. */
  readonly changes: Partial<Row>
  readonly score: ScoreFunction<Row>
}

/** One change by itself. */
export interface SingleChange {
  readonly column: string
  readonly from: unknown
  readonly to: unknown
  /** The score with this change alone, and how far it moves. */
  readonly score: number
  readonly difference: number
}

/** What a row's score would have been. */
export interface WhatIf {
  readonly score: number
  /** The score with all changes together. */
  readonly changed: number
  readonly difference: number
  /** Each change alone, the one that moves the score most first. */
  readonly changes: readonly SingleChange[]
  /** What the changes do together beyond what each does alone. */
  readonly together: number
}

/**
 * The score a row would have had with other values: all changes together, and each alone.
 *
 * @throws ArgumentError where nothing is changed, or a column that the row does not have.
 * @example
 * ```ts
 * import { whatIf } from 'feedrank'
 *
 * const { score, changed, changes } = await whatIf({
 *   row: { age: 2, likes: 3 }, changes: { age: 1, likes: 9 }, score: (rows) => rows.map(({ age, likes }) => likes / age),
 * })
 * console.log(score, changed, changes[0].column, changes[0].score) // 1.5 9 likes 4.5
 * ```
 */
export async function whatIf<Row extends object>(options: WhatIfOptions<Row>): Promise<WhatIf> {
  const where = 'whatIf'
  const { row, changes, score } = checkObject(where, 'options', options)
  checkObject(where, 'row', row, 'a row')
  checkObject(where, 'changes', changes, 'an object of columns and their values')
  const columns = Object.keys(changes)
  if (columns.length === 0) throw new ArgumentError(expected(where, 'changes', 'at least one change', changes))
  const unknown = columns.find((column) => !Object.hasOwn(row, column))
  if (unknown !== undefined) throw new ArgumentError(expected(where, 'changes', `changes of columns that the row has (${Object.keys(row).join(', ')})`, unknown))
  const pairs = columns.map((column) => [column, columnReader(column)(changes)] as const)
  const [before, after, ...single] = await checkedScores(where, score, [row, changed(row, pairs), ...pairs.map((pair) => changed(row, [pair]))])
  const alone = pairs.map(([column, to], i): SingleChange => ({ column, from: columnReader(column)(row), to, score: single[i], difference: single[i] - before }))
  return {
    score: before, changed: after, difference: after - before,
    changes: alone.sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference)),
    together: after - before - alone.reduce((sum, { difference }) => sum + difference, 0),
  }
}
