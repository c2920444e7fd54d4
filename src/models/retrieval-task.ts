import type { Backend } from '../backends'
import { ArgumentError, ContractError, DataError, checkInteger, expected, show } from '../errors'
import { takeRows, type EncodedRows } from '../features'
import { neverNegative } from '../losses'
import type { Random } from '../random'
import { exactIndex } from '../retrieval'
import { inBatchSampler, type NegativeSampler } from '../samplers'
import { checkRows } from './check-rows'
import type { Model, TrainingGraph, TrainingTask, Validator } from './model'
import { createPredictor } from './predictor'

/** Who took what: row `i` of `queries` took item `positives[i]`. */
export interface Interactions {
  /** Users (and their context) at the time, encoded: `[examples]`. */
  readonly queries: EncodedRows
  /** Row numbers of `items`, `[examples]`. */
  readonly positives: Int32Array
}

/** What a retrieval model learns from. */
export interface RetrievalData extends Interactions {
  /** The catalogue, encoded: every item that may be retrieved. */
  readonly items: EncodedRows
  /** Where negatives come from. @defaultValue `inBatchSampler` with the frequencies of `positives` */
  readonly sampler?: NegativeSampler
  /** Interactions of a later time, to stop by. */
  readonly validation?: Interactions
  /** The k of the validation measure `recall@k`. @defaultValue 100 */
  readonly k?: number
}

/** The training task of a model with a user tower on axis `batch` and an item tower on axis `candidates`. */
export function retrievalTask(model: Model, data: RetrievalData, graph: TrainingGraph): TrainingTask {
  const { queries, positives, items, validation } = (data ?? {}) as RetrievalData
  const inputsOn = (axis: string) => model.inputs.filter((to) => to.axis === axis)
  checkRows('fit', 'items', items, model, inputsOn('candidates'))
  for (const [what, held] of [['train', data], ['validation', validation]] as const) {
    if (held === undefined) continue
    checkRows('fit', what === 'train' ? 'queries' : 'validation.queries', held.queries, model, inputsOn('batch'))
    checkInteractions(what, held, items.rows)
  }
  const k = checkInteger('fit', 'k', data.k ?? 100)
  const sampler = data.sampler ?? inBatchSampler({ frequencies: countsOf(positives, items.rows) })
  if (typeof sampler?.sample !== 'function') throw new ArgumentError(expected('fit', 'sampler', 'a negative sampler', sampler))
  return {
    examples: queries.rows,
    graph,
    batch(examples, random) {
      const own = Int32Array.from(examples, (row) => positives[row])
      const { ids, logQ, positiveLogQ } = withPositives(sampler, own, items.rows, random)
      if (ids.length === 1)
        throw new DataError('feedrank/fit: expected batches with at least one negative, got a single interaction and no other candidate; raise `batchSize`')
      const feeds = {
        logQ, positiveLogQ, positiveIds: own, candidateIds: ids,
        positions: upTo(own.length), places: upTo(ids.length),
      }
      return { rows: new Map([['batch', takeRows(queries, examples)], ['candidates', takeRows(items, ids)]]), feeds }
    },
    ...(validation !== undefined && { validation: (backend: Backend) => validator(model, items, validation, k, backend) }),
  }
}

/** Candidates that begin with the positives; where the sampler did not offer them, they are nobody's negatives. */
function withPositives(sampler: NegativeSampler, positives: Int32Array, catalogue: number, random: Random) {
  const { ids, logQ, positiveLogQ } = sampler.sample(positives, random)
  const wrong = (what: string) => new ContractError(`feedrank/fit: expected sampler ${show(sampler.name)} to offer ${what}`)
  const stray = ids.findIndex((id) => id < 0 || id >= catalogue)
  if (stray >= 0) throw wrong(`rows of \`items\`, in [0, ${catalogue}), got ${ids[stray]}`)
  if (logQ.length !== ids.length || positiveLogQ.length !== positives.length)
    throw wrong(`one logQ a candidate and a positive, got ${logQ.length} for ${ids.length} and ${positiveLogQ.length} for ${positives.length}`)
  const moved = sampler.includesPositives ? positives.findIndex((id, row) => ids[row] !== id) : -1
  if (moved >= 0) throw wrong(`the positives first, as it says; got ${ids[moved] ?? 'none'} in place of ${positives[moved]} at row ${moved}`)
  if (sampler.includesPositives) return { ids, logQ, positiveLogQ }
  const allIds = new Int32Array(positives.length + ids.length)
  allIds.set(positives)
  allIds.set(ids, positives.length)
  const allLogQ = new Float32Array(allIds.length).fill(neverNegative)
  allLogQ.set(logQ, positives.length)
  return { ids: allIds, logQ: allLogQ, positiveLogQ }
}

/** The share of interactions whose item is among the k nearest of the whole catalogue. */
async function validator(model: Model, items: EncodedRows, held: Interactions, k: number, backend: Backend): Promise<Validator> {
  const user = await createPredictor(model, 'user', backend)
  const item = await createPredictor(model, 'item', backend).catch((error: unknown) => {
    user.dispose()
    throw error
  })
  return {
    async measure() {
      const vectors = (await item.predict(items)).get('embedding')!
      const queries = (await user.predict(held.queries)).get('embedding')!
      const index = exactIndex({ dim: vectors.length / items.rows, metric: 'dot' })
      index.add([...upTo(items.rows)], vectors)
      const found = index.search(queries, k)
      const hits = found.filter(({ keys }, i) => keys.includes(held.positives[i])).length
      return new Map([[`recall@${k}`, hits / held.positives.length]])
    },
    dispose() {
      user.dispose()
      item.dispose()
    },
  }
}

function checkInteractions(what: string, { queries, positives }: Interactions, catalogue: number): void {
  if (queries.rows === 0) throw new DataError(`feedrank/fit: expected at least one interaction to ${what === 'train' ? 'train on' : 'validate on'}, got none`)
  if (Object.prototype.toString.call(positives) !== '[object Int32Array]')
    throw new ArgumentError(expected('fit', `positives (${what})`, 'an Int32Array of row numbers of `items`', positives))
  if (positives.length !== queries.rows)
    throw new ArgumentError(`feedrank/fit: expected \`positives\` (${what}) to name one item for each of ${queries.rows} queries, got ${positives.length}`)
  positives.forEach((item, row) => {
    if (item < 0 || item >= catalogue) throw new DataError(`feedrank/fit: expected \`positives\` (${what}) to be rows of \`items\`, in [0, ${catalogue}), got ${item} at row ${row}`)
  })
}

const countsOf = (ids: Int32Array, catalogue: number): Float64Array => {
  const counts = new Float64Array(catalogue)
  for (const id of ids) counts[id]++
  return counts
}

const upTo = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i)
