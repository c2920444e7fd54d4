/**
 * What a {@link FeatureSpec} makes of rows: columns of numbers, ready for embedding tables and graphs.
 *
 * Arrays are row-major. Names are map keys, so a feature called `__proto__` is a feature like any other.
 */
export interface EncodedRows {
  readonly rows: number
  readonly columns: ReadonlyMap<string, EncodedColumn>
  readonly labels: ReadonlyMap<string, EncodedLabel>
  /** The `hash` of the spec that encoded them; models refuse rows of another spec. Absent where rows were made by hand. */
  readonly specHash?: string
}

export type EncodedColumn = IdColumn | BagColumn | DenseColumn

/** One id per row, shape `[rows]`, each in `[0, cardinality)`; id 0 is the out-of-vocabulary row where there is one. */
export interface IdColumn {
  readonly kind: 'ids'
  readonly ids: Int32Array
}

/** Any number of ids per row: row `r` owns `ids[offsets[r] .. offsets[r + 1])`; `offsets` has `rows + 1` entries, from 0. */
export interface BagColumn {
  readonly kind: 'bags'
  readonly ids: Int32Array
  readonly offsets: Int32Array
  /** One weight per id; absent means all ones. */
  readonly weights?: Float32Array
}

/** `width` numbers per row, shape `[rows, width]`. */
export interface DenseColumn {
  readonly kind: 'dense'
  readonly values: Float32Array
  readonly width: number
}

/** Targets, shape `[rows]`. Where `mask` is 0 the row says nothing about this label; absent means all rows count. */
export interface EncodedLabel {
  readonly values: Float32Array
  readonly mask?: Float32Array
}
