import type { Backend } from '../../backends'
import { ArgumentError, DataError, ShapeError, expected, show } from '../../errors'
import type { EncodedRows, LabelInfo } from '../../features'
import { predict, type Model } from '../../models'

/** Whom a student learns from: a model, or what it said of each row already, by head (probabilities of binary heads). */
export type Teacher = Model | ReadonlyMap<string, ArrayLike<number>>

/** A head that both have, and what the teacher says of each row. */
export interface TaughtHead {
  readonly name: string
  readonly kind: 'binary' | 'regression'
  /** Logits of a binary head, predictions of another, `[rows]`. */
  readonly values: Float32Array
}

/** A probability as a logit; those that float32 cannot tell from 0 or 1 are taken for the nearest it can. */
const logit = (p: number): number => {
  const inside = Math.min(Math.max(p, 2 ** -24), 1 - 2 ** -24)
  return Math.log(inside / (1 - inside))
}

/** What the teacher says of `rows`, for the heads the student has too. */
export async function taughtHeads(teacher: Teacher, rows: EncodedRows, heads: readonly LabelInfo[], backend: Backend): Promise<TaughtHead[]> {
  const said = await saidBy(teacher, rows, backend)
  const common = heads.filter(({ name }) => said.has(name))
  if (common.length === 0)
    throw new ArgumentError(`feedrank/distill: expected teacher and student to have a head in common, got ${[...said.keys()].map(show).join(', ') || 'none'} and ${heads.map(({ name }) => show(name)).join(', ') || 'none'}`)
  return common.map(({ name, kind }) => {
    const scores = said.get(name)!
    if (scores?.length !== rows.rows) throw new ShapeError(`feedrank/distill: expected the teacher to score ${rows.rows} rows on head ${show(name)}, got ${scores?.length}`)
    const values = Float32Array.from({ length: rows.rows }, (_, row) => {
      const score = scores[row]
      if (!Number.isFinite(score) || (kind === 'binary' && !(score >= 0 && score <= 1)))
        throw new DataError(`feedrank/distill: expected the teacher's ${kind === 'binary' ? 'probabilities' : 'predictions'} of head ${show(name)} to be ${kind === 'binary' ? 'in [0, 1]' : 'finite'}, got ${score} at row ${row}`)
      return kind === 'binary' ? logit(score) : score
    })
    return { name, kind, values }
  })
}

async function saidBy(teacher: Teacher, rows: EncodedRows, backend: Backend): Promise<ReadonlyMap<string, ArrayLike<number>>> {
  if (typeof (teacher as Model | undefined)?.graphs === 'object') return predict(teacher as Model, rows, { backend })
  if (typeof (teacher as ReadonlyMap<string, unknown> | undefined)?.get === 'function') return teacher as ReadonlyMap<string, ArrayLike<number>>
  throw new ArgumentError(expected('distill', 'teacher', 'a model, or scores by head', teacher))
}
