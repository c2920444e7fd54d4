/** What names a vector: equal keys are the same vector (`1` and `'1'` are not equal). */
export type VectorKey = string | number

/**
 * How alike two vectors are; larger is always more alike.
 *
 * - `dot`: q·x.
 * - `cosine`: q·x / (‖q‖·‖x‖), in [−1, 1]; 0 where either is all zeros.
 * - `euclidean`: −‖q − x‖, at most 0.
 */
export type VectorMetric = 'dot' | 'cosine' | 'euclidean'

/** The best matches of one query, best first; as many as were found, at most `k`. */
export interface VectorMatches<K extends VectorKey> {
  readonly keys: readonly K[]
  /** The similarity of each key: shape `[keys]`, falling. */
  readonly scores: Float64Array
}

/** What {@link VectorIndex.search} can be told. */
export interface VectorSearchOptions<K extends VectorKey> {
  /** Keys that are not to be found: what was seen, what is blocked. The k best of the others are returned. */
  readonly exclude?: ReadonlySet<K> | ((key: K) => boolean)
}

/** Vectors by key, and the search for those most like a query. */
export interface VectorIndex<K extends VectorKey = VectorKey> {
  readonly name: string
  readonly dim: number
  readonly metric: VectorMetric
  /** How many vectors there are. */
  readonly size: number
  /**
   * Adds `vectors` of shape `[keys, dim]`. A key that is there already gets the new vector and keeps its place in the
   * order of insertion. Either all are added or, where something is wrong, none.
   *
   * @throws DataError when a value is NaN or infinite; the message names the key.
   * @throws ArgumentError when a key is neither a string nor a finite number, or comes twice.
   * @throws ShapeError when `vectors` does not have the shape.
   */
  readonly add: (keys: readonly K[], vectors: Float32Array) => void
  /** Removes what is there of `keys` and returns how many that were. */
  readonly remove: (keys: readonly K[]) => number
  readonly has: (key: K) => boolean
  /**
   * The `k` best matches of each query of `queries`, shape `[queries, dim]`; equal scores in order of insertion.
   *
   * @throws DataError when a value is NaN or infinite.
   * @throws ArgumentError when `k` is not a positive integer.
   * @throws ShapeError when `queries` is not made of whole vectors.
   */
  readonly search: (queries: Float32Array, k: number, options?: VectorSearchOptions<K>) => readonly VectorMatches<K>[]
}
