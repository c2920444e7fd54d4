import type { Backend } from '../backends'
import { ArgumentError, BackendError, ShapeError, checkInteger, checkNumber, checkObject, expected, show } from '../errors'
import { takeRows, type EncodedRows } from '../features'
import { auc, compare, ndcg, type Comparison } from '../metrics'
import type { Model, ModelInput } from '../models'
import { program } from '../tensor'
import type { Sample } from './compiler/quantize-products'
import { feedsFor, isEncoded } from './prepare-job'
import type { Candidates, Ranker } from './ranker'

/** A request of the past with its candidates and what came of them. */
export interface JudgedRequest {
  readonly request: object
  readonly candidates: Candidates
  /** One a candidate: 0 or 1, or a grade. */
  readonly labels: ArrayLike<number>
}

export interface PrecisionLossOptions<Head extends string = string> {
  /** The head whose scores rank. @defaultValue the first of the ranker */
  readonly head?: Head
  /** Places of the ranking that NDCG looks at. @defaultValue 10 */
  readonly k?: number
}

/** How to compute in bytes, and how much that may cost. */
export interface Int8Options<Head extends string = string> extends PrecisionLossOptions<Head> {
  /** Rows as training saw them, on which the sizes of what is rounded are measured; a few hundred that are typical. */
  readonly sample: EncodedRows
  /** Requests of a validation set, on which the loss is measured; needed for `maxLoss`. */
  readonly validation?: readonly JudgedRequest[]
  /** The most that NDCG and AUC may lose, by the upper end of a 95% interval; a ranker that may lose more is refused. */
  readonly maxLoss?: number
}

/** Most rows that steps are found on. */
const mostSampled = 256

export function checkInt8(int8: Int8Options): void {
  const where = 'compileRanker'
  if (!isEncoded(int8?.sample) || int8.sample.rows === 0) throw new ArgumentError(expected(where, 'int8.sample', 'encoded rows, at least one', int8?.sample))
  if (int8.maxLoss === undefined) return
  checkNumber(where, 'int8.maxLoss', int8.maxLoss, { min: 0 })
  if (int8.validation === undefined) throw new ArgumentError(expected(where, 'int8.validation', 'judged requests, on which `maxLoss` can be measured', int8.validation))
}

/** Runs parts of a model's graph on rows spread evenly over `rows`. */
export function samplerOf(model: Model, inputs: readonly ModelInput[], rows: EncodedRows, backend: Backend): Sample {
  const count = Math.min(mostSampled, rows.rows)
  const chosen = takeRows(rows, Int32Array.from({ length: count }, (_, i) => Math.floor((i * rows.rows) / count)))
  return async (values) => {
    const compiled = program(values)
    const executable = await backend.compile(compiled)
    try {
      const outputs = await executable.run(feedsFor('int8.sample', model, inputs.filter(({ input }) => compiled.inputs.has(input)), chosen))
      return new Map([...values.keys()].map((name) => [name, outputs[name].data as Float32Array]))
    } finally {
      executable.dispose()
    }
  }
}

/**
 * What a cheaper ranker loses against the exact one: NDCG@k and AUC of both, request by request, with the paired
 * difference (cheaper − exact), its 95% interval by Student's t and what to make of it.
 *
 * Requests without a label above 0, or without one of each kind, have no NDCG or AUC and are left out of it.
 *
 * @throws ArgumentError when fewer than two requests have a value, or a head is not there; ShapeError when labels are not
 * one a candidate
 */
export async function precisionLoss<Head extends string>(
  exact: Ranker<Head>, cheaper: Ranker<Head>, validation: readonly JudgedRequest[], { head = exact.heads[0], k = 10 }: PrecisionLossOptions<NoInfer<Head>> = {},
): Promise<Comparison> {
  const where = 'precisionLoss'
  checkInteger(where, 'k', k)
  if (!Array.isArray(validation)) throw new ArgumentError(expected(where, 'validation', 'an array of { request, candidates, labels }', validation))
  if (!exact.heads.includes(head) || !cheaper.heads.includes(head)) throw new ArgumentError(expected(where, 'head', `one of ${exact.heads.map(show).join(', ')}`, head))
  const measure = async (ranker: Ranker<Head>) => {
    const values = { [`ndcg@${k}`]: [] as number[], auc: [] as number[] }
    for (const [i, judged] of validation.entries()) {
      const { request, candidates, labels } = checkObject(where, `validation[${i}]`, judged, '{ request, candidates, labels }')
      const scores = (await ranker.score(request, candidates)).get(head)!
      if (labels?.length !== scores.length) throw new ShapeError(`feedrank/${where}: expected ${scores.length} labels for request ${i}, one a candidate, got ${show(labels?.length)}`)
      const grades = Float64Array.from(labels)
      // Without a label above 0 no metric would look at the others.
      const wrong = grades.findIndex((grade) => !(grade >= 0))
      if (wrong >= 0) throw new ArgumentError(expected(where, `validation[${i}].labels[${wrong}]`, 'a grade of at least 0', labels[wrong]))
      const relevant = grades.filter((grade) => grade > 0).length
      values[`ndcg@${k}`].push(relevant > 0 ? ndcg(grades, scores, { k }) : NaN)
      values.auc.push(relevant > 0 && relevant < grades.length ? auc(grades.map((grade) => Number(grade > 0)), scores) : NaN)
    }
    return values
  }
  return compare({ name: 'cheaper', values: await measure(cheaper) }, { name: 'exact', values: await measure(exact) }, { unit: 'request' })
}

/** @throws BackendError when the loss may exceed what is allowed */
export function checkLoss({ metrics }: Comparison, maxLoss: number): void {
  const worst = metrics.filter(({ low }) => -low > maxLoss)
  if (worst.length === 0) return
  const losses = worst.map(({ metric, difference, low, high, pairs }) => `${metric} changes by ${difference.toFixed(5)} (${low.toFixed(5)} to ${high.toFixed(5)}, ${pairs} requests)`)
  throw new BackendError(`feedrank/compileRanker: expected bytes to lose at most ${maxLoss}, but ${losses.join(' and ')}; use float32, a better sample, or more requests`)
}
