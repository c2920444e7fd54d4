import { ArgumentError, ContractError, DataError, expected, show } from '../../errors'
import type { Numbers } from '../../metrics'

/** A model as a function from rows to one score each. */
export type ScoreFunction<Row> = (rows: readonly Row[]) => Numbers | PromiseLike<Numbers>

/** The scores of rows, checked: one each, none NaN. */
export async function checkedScores<Row>(where: string, score: ScoreFunction<Row>, rows: readonly Row[]): Promise<Float64Array> {
  if (typeof score !== 'function') throw new ArgumentError(expected(where, 'score', 'a function from rows to one score each', score))
  const scores = await score(rows)
  if (scores?.length !== rows.length)
    throw new ContractError(`feedrank/${where}: expected \`score\` to give one number for each of ${rows.length} rows, got ${show(scores)}`)
  return Float64Array.from(scores, (value, r) => {
    if (typeof value === 'number' && !Number.isNaN(value)) return value
    throw new DataError(`feedrank/${where}: expected \`score\` to give a number for rows[${r}], got ${show(value)}`)
  })
}

/** A row with some columns changed; a column called `__proto__` is one like any other. */
export function changed<Row extends object>(row: Row, changes: Iterable<readonly [column: string, value: unknown]>): Row {
  const copy = { ...row }
  for (const [column, value] of changes) Object.defineProperty(copy, column, { value, enumerable: true, configurable: true, writable: true })
  return copy
}
