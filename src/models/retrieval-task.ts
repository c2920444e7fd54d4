import type { Backend } from '../backends'
import { ArgumentError, DataError, checkInteger } from '../errors'
import { takeRows, type EncodedRows } from '../features'
import { neverNegative } from '../losses'
import type { Random } from '../random'
import { exactIndex } from '../retrieval'
import { inBatchSampler, type NegativeSampler } from '../samplers'
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
  const { queries, positives, items, validation } = data
  checkInteractions('train', data, items.rows)
  const sampler = data.sampler ?? inBatchSampler({ frequencies: countsOf(positives, items.rows) })
  return {
    examples: queries.rows,
    graph,
    batch(examples, random) {
      const own = Int32Array.from(examples, (row) => positives[row])
      const { ids, logQ, positiveLogQ } = withPositives(sampler, own, random)
      const feeds = {
        logQ, positiveLogQ, positiveIds: own, candidateIds: ids,
        positions: upTo(own.length), places: upTo(ids.length),
      }
      return { rows: new Map([['batch', takeRows(queries, examples)], ['candidates', takeRows(items, ids)]]), feeds }
    },
    ...(validation !== undefined && { validation: (backend: Backend) => validator(model, items, validation, data.k ?? 100, backend) }),
  }
}

/** Candidates that begin with the positives; where the sampler did not offer them, they are nobody's negatives. */
function withPositives(sampler: NegativeSampler, positives: Int32Array, random: Random) {
  const { ids, logQ, positiveLogQ } = sampler.sample(positives, random)
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
  checkInteger('fit', 'k', k)
  checkInteractions('validation', held, items.rows)
  const user = await createPredictor(model, 'user', backend)
  const item = await createPredictor(model, 'item', backend)
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
