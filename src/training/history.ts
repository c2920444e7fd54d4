/** What one epoch brought. */
export interface EpochRecord {
  /** Counts from 1. */
  readonly epoch: number
  /** The mean training loss over the epoch's examples. */
  readonly loss: number
  /** The mean of each part of the loss, such as a head's. */
  readonly parts: Readonly<Record<string, number>>
  /** Measures on validation data after the epoch, such as `auc:clicked`. */
  readonly validation: Readonly<Record<string, number>>
  /** The learning rate the epoch was trained with. */
  readonly learningRate: number
  /** The mean over batches of the gradient's global norm before clipping. */
  readonly gradientNorm: number
  /** Wall-clock time of the epoch's training, in ms. */
  readonly trainingMs: number
}

/** How a training went. */
export interface History {
  readonly epochs: readonly EpochRecord[]
  /** The epoch whose weights the model has now. */
  readonly bestEpoch: number
  /** True when training ended before its last epoch. */
  readonly stoppedEarly: boolean
}
