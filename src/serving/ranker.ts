import type { Id } from '../data/values'
import type { EncodedRows } from '../features'
import type { ServingPlan } from './compiler/plan'
import type { ItemCache } from './item-cache'

/** The candidates of one request. */
export type Candidates<Row extends object = object> =
  /** Ids of items in the cache. */
  | readonly Id[]
  /** Features of the items, and of the pairs where the model reads any; nothing is kept. */
  | readonly Row[]
  | EncodedRows
  /** Ids of items, with pair features, and with item features for those that the cache may lack: these are kept. */
  | { readonly ids: readonly Id[]; readonly rows: readonly Row[] | EncodedRows }

/** The heads of a model for the candidates of one request, in their order. */
export type Scores<Head extends string = string> = ReadonlyMap<Head, Float32Array>

/** A model compiled for serving. It keeps the weights it was compiled with; train, then compile again. */
export interface Ranker<Head extends string = string, Request extends object = object, Row extends object = object> {
  readonly kind: string
  /** Changes with every number of the model; a cache belongs to one version. */
  readonly version: string
  readonly heads: readonly Head[]
  /** What is kept of items. */
  readonly items: ItemCache<Row>
  /**
   * One number a candidate for each head, calibrated where there is a calibrator.
   *
   * Requests that are there at the same time may share a run; each still gets its own scores.
   *
   * @param request the features of user and context, raw or as one encoded row
   * @throws DataError for ids that the cache lacks (without rows for them) or values that cannot be encoded; SpecError for
   * a feature that is not there, or rows encoded by another spec; BackendError when a worker died, or after `dispose`
   */
  readonly score: (request: Request | EncodedRows, candidates: Candidates<Row>) => Promise<Scores<Head>>
  /** Several requests at once; small ones share runs. */
  readonly scoreAll: (lists: readonly { readonly request: Request | EncodedRows; readonly candidates: Candidates<Row> }[]) => Promise<readonly Scores<Head>[]>
  /** What is computed when, and the multiplications that are saved. */
  readonly explainPlan: () => ServingPlan
  /** Frees what it holds; requests that wait fail. Disposing twice is harmless. */
  readonly dispose: () => void
}
