import type { Backend, Feeds } from '../backends'
import type { Combiner, EmbeddingTable } from '../embeddings'
import type { EncodedRows, FeatureSchema } from '../features'
import type { Random } from '../random'
import type { Tensor } from '../tensor'
import type { DropoutMask, WeightStore } from './layers/scope'

/** Plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * An input of a model that is made from an encoded feature. `axis` names both the graph's axis and the group of rows
 * that feeds it: a two-tower model has its users on one and its items on another.
 */
export type ModelInput = RowsInput | DenseInput

/** Embedding rows gathered from a table, `[axis, dim]`. */
export interface RowsInput {
  readonly kind: 'rows'
  readonly input: string
  readonly feature: string
  readonly table: string
  /** How the rows of a bag become one; absent where each example has one row. */
  readonly combiner?: Combiner
  readonly axis: string
}

/** Numbers as they were encoded, `[axis, width]`. */
export interface DenseInput {
  readonly kind: 'dense'
  readonly input: string
  readonly feature: string
  /** Numbers a row. */
  readonly width: number
  readonly axis: string
}

/**
 * What all models have in common: a description, its numbers, and graphs made from them. A model runs nothing itself;
 * training, serving and files are done by others that read it.
 */
export interface Model {
  /** The name that model files carry, such as `'WideAndDeep'`. */
  readonly kind: string
  readonly spec: FeatureSchema
  /** The options it was made with, from which it can be made again. */
  readonly config: { readonly [key: string]: Json }
  readonly tables: ReadonlyMap<string, EmbeddingTable>
  readonly weights: WeightStore
  readonly inputs: readonly ModelInput[]
  /** What it computes for inference, as separate graphs: `{ score: … }`, or `{ user: …, item: … }`. */
  readonly graphs: Readonly<Record<string, ReadonlyMap<string, Tensor>>>
}

/** A model that can be trained on data of some kind. */
export interface Trainable<Data> extends Model {
  readonly trainingTask: (data: Data) => TrainingTask
}

/** What a training loop needs to know: a loss, and how to make a batch. */
export interface TrainingTask {
  /** How many examples an epoch has. */
  readonly examples: number
  readonly graph: TrainingGraph
  /** The rows and further feeds of one batch of examples. */
  readonly batch: (examples: Int32Array, random: Random) => TrainingBatch
  /** Makes batches of rows that come in parts; absent where a task needs all of its examples at hand. */
  readonly stream?: {
    /** A part, checked, and as a batch wants it. */
    readonly accept: (part: EncodedRows) => EncodedRows
    readonly batch: (rows: EncodedRows) => TrainingBatch
  }
  /** Prepares the measuring of validation data; absent where there is none. */
  readonly validation?: (backend: Backend) => Promise<Validator>
}

export interface TrainingGraph {
  /** The scalar that is minimised. */
  readonly loss: Tensor
  /** Its parts, for the record. */
  readonly parts: ReadonlyMap<string, Tensor>
  /** Statistics measured on the batch, to be averaged into the model's own. */
  readonly observed: ReadonlyMap<string, Tensor>
  readonly masks: readonly DropoutMask[]
}

export interface TrainingBatch {
  /** Encoded rows by axis. */
  readonly rows: ReadonlyMap<string, EncodedRows>
  readonly feeds: Feeds
}

/** Measures the model as it stands. */
export interface Validator {
  readonly measure: () => Promise<ReadonlyMap<string, number>>
  readonly dispose: () => void
}
