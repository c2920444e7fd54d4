import type { TensorValue } from '../backends'
import { ArgumentError, DataError, FeedrankError, ShapeError, SpecError, expected, show } from '../errors'
import type { Id } from '../data/values'
import { sliceRows, takeRows, type EncodedColumn, type EncodedRows } from '../features'
import { featureFeeds, type Model, type ModelInput } from '../models'
import { checkRows } from '../models/check-rows'
import type { InputRate } from '../tensor'
import { checkColumns } from './check-columns'
import type { ItemStore } from './item-cache'
import type { ItemRows } from './item-rows'
import type { Candidates } from './ranker'
import type { RankerEncoder } from './ranker-encoder'
import type { ScoreJob } from './score-executor'

type Rows = readonly object[] | EncodedRows
type Values = Readonly<Record<string, TensorValue<Float32Array>>>

/** What a ranker's jobs are made with. */
export interface JobSetup {
  readonly model: Model
  readonly encoder: RankerEncoder
  /** The inputs that the compiled graph still takes, by rate. */
  readonly inputs: (rate: InputRate) => readonly ModelInput[]
  readonly store: ItemStore
  /** Whether anything is kept of items. */
  readonly keepsItems: boolean
  readonly compute: (rows: Rows, from: number, to: number) => Promise<{ readonly columns: readonly Float32Array[]; readonly encoded: EncodedRows }>
}

/** A job, and how to let go of what it reads once it has run. */
export interface Prepared {
  readonly job: ScoreJob
  readonly release: () => void
}

const where = 'ranker.score'

/** Feeds for inputs of one rate, made of encoded rows. */
export function feedsFor(name: string, model: Model, inputs: readonly ModelInput[], rows: EncodedRows): Values {
  checkRows('ranker', name, rows, model, inputs)
  const byAxis = new Map(inputs.map(({ axis }) => [axis, rows]))
  // Inputs of a ranker are float32: gathered rows and numbers.
  return featureFeeds(model, inputs, byAxis, (_, length) => new Float32Array(length)) as Values
}

/** Encodes a request and its candidates, finds the items in the cache, works out those that are new. */
export async function prepareJob(setup: JobSetup, request: object, candidates: Candidates): Promise<Prepared> {
  const { model, encoder, inputs, store, keepsItems } = setup
  const encoded = encodedRequest(encoder, request)
  const { ids, rows, count } = readCandidates(candidates)
  if (isEncoded(rows)) checkColumns(where, 'rows', rows)
  // An empty list may be one of ids or of rows.
  if (count === 0) return { job: { requests: 1, candidates: 0, request: {}, pair: {}, requestOf: undefined, items: { columns: [] } }, release: nothing }
  const requestFeeds = feedsFor('request', model, inputs('request'), encoded)
  const finish = (items: ScoreJob['items'], part: (feature: string) => EncodedColumn | undefined): ScoreJob => {
    const pairRows = encoder.pairs(rows, count, encoded, part)
    return { requests: 1, candidates: count, request: requestFeeds, pair: feedsFor('rows', model, inputs('pair'), pairRows), requestOf: undefined, items }
  }
  if (!keepsItems) return { job: finish({ columns: [] }, () => undefined), release: nothing }
  if (ids === undefined) return { job: await withoutCache(setup, rows!, count, finish), release: nothing }

  const { slots, missing } = store.hold(ids)
  let held = missing.length === 0 ? slots : slots.filter((slot) => slot >= 0)
  try {
    if (missing.length > 0) {
      if (rows === undefined) throw unknownIds(missing.map((i) => ids[i]), count)
      const changed = store.begin()
      try {
        const fresh = await missed(setup, ids, rows, missing)
        for (const [row, i] of missing.entries()) slots[i] = store.put(changed, ids[i], fresh.columns, fresh.encoded, row)
      } finally {
        store.end(changed)
      }
      held = slots.filter((slot) => slot >= 0)
      if (slots.includes(-1)) {
        // They are not kept: this call works with the rows it was given.
        const job = await withoutCache(setup, rows, count, finish)
        store.release(held)
        return { job, release: nothing }
      }
    }
    return reading(store, held, (read) => finish({ slots, rows: read }, (feature) => store.part(feature, slots)))
  } catch (error) {
    store.release(held)
    throw error
  }
}

const nothing = () => {}

/** A job that reads rows of the cache, which stay where they are meanwhile. */
function reading(store: ItemStore, held: Int32Array, make: (rows: ItemRows) => ScoreJob): Prepared {
  const rows = store.read()
  try {
    const job = make(rows)
    return {
      job,
      release() {
        store.done(rows)
        store.release(held)
      },
    }
  } catch (error) {
    store.done(rows)
    throw error
  }
}

/** What the cache lacks, from the rows that were given. */
async function missed({ compute }: JobSetup, ids: readonly Id[], rows: Rows, missing: readonly number[]) {
  try {
    return await compute(Array.isArray(rows) ? missing.map((i) => rows[i] as object) : takeRows(rows as EncodedRows, missing), 0, missing.length)
  } catch (cause) {
    if (!FeedrankError.isInstance(cause) || (cause.code !== 'data' && cause.code !== 'spec')) throw cause
    throw new DataError(`${unknownIds(missing.map((i) => ids[i]), ids.length).message}; the rows that came with them are none of items: ${cause.message}`, { cause })
  }
}

async function withoutCache({ compute }: JobSetup, rows: Rows, count: number, finish: (items: ScoreJob['items'], part: (feature: string) => EncodedColumn | undefined) => ScoreJob): Promise<ScoreJob> {
  const { columns, encoded } = await compute(rows, 0, count)
  return finish({ columns }, (feature) => encoded.columns.get(feature))
}

function encodedRequest(encoder: RankerEncoder, request: object): EncodedRows {
  if (typeof request !== 'object' || request === null || Array.isArray(request))
    throw new ArgumentError(expected(where, 'request', 'the features of a request, or one encoded row', request))
  if (isEncoded(request)) checkColumns(where, 'request', request)
  const encoded = encoder.requests(isEncoded(request) ? request : [request])
  if (encoded.rows !== 1) throw new ShapeError(`feedrank/${where}: expected \`request\` to be one encoded row, got ${encoded.rows}; use scoreAll for several`)
  return encoded
}

interface Read {
  readonly ids: readonly Id[] | undefined
  readonly rows: Rows | undefined
  readonly count: number
}

function readCandidates(candidates: Candidates): Read {
  if (isEncoded(candidates)) return { ids: undefined, rows: candidates, count: candidates.rows }
  if (Array.isArray(candidates)) {
    const list = candidates as readonly unknown[]
    const rows = list.length > 0 && typeof list[0] === 'object'
    return { ids: rows ? undefined : (list as readonly Id[]), rows: rows ? (list as readonly object[]) : undefined, count: list.length }
  }
  const { ids, rows } = (candidates ?? {}) as { readonly ids?: readonly Id[]; readonly rows?: Rows }
  if (!Array.isArray(ids)) throw new ArgumentError(expected(where, 'candidates', 'ids, rows or { ids, rows }', candidates))
  const length = Array.isArray(rows) ? rows.length : isEncoded(rows) ? rows.rows : undefined
  if (length !== ids.length) throw new ArgumentError(expected(where, 'candidates.rows', `${ids.length} rows, one for each id`, rows))
  return { ids, rows, count: ids.length }
}

export const isEncoded = (value: unknown): value is EncodedRows =>
  typeof value === 'object' && value !== null && typeof (value as Partial<EncodedRows>).columns?.get === 'function' && typeof (value as Partial<EncodedRows>).rows === 'number'

function unknownIds(ids: readonly Id[], count: number): DataError {
  const some = ids.slice(0, 5).map(show).join(', ')
  return new DataError(`feedrank/${where}: expected ids that the cache holds, got ${ids.length} of ${count} that it does not: ${some}${ids.length > 5 ? ', ...' : ''}; add them by items.set, or give { ids, rows }`)
}

/** Encodes rows `from` to `to` of items. */
export function encodedItems(encoder: RankerEncoder, rows: Rows, from: number, to: number): EncodedRows {
  if (!Array.isArray(rows)) return encoder.items(from === 0 && to === (rows as EncodedRows).rows ? rows : sliceRows(rows as EncodedRows, from, to))
  const encoded = encoder.items(rows.slice(from, to) as readonly object[])
  if (encoded.rows !== to - from) throw new SpecError(`feedrank/ranker: expected ${to - from} encoded items, got ${encoded.rows}`)
  return encoded
}
