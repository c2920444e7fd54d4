import type { Program } from '../tensor'

/**
 * A backend runs graphs, and nothing else. It is not a tensor library: it has no arrays of its own that a caller could
 * hold, no training loop, no optimizer, no random numbers. Numbers come in as typed arrays and go out as typed arrays.
 */
export interface Backend {
  readonly name: string
  readonly device: Device
  /** Prepares a program for running. Shapes named in the program may differ from run to run. */
  readonly compile: (program: Program) => Promise<Executable>
  /**
   * Memory of the backend's own, all zeros, for numbers that are fed again and again: weights, rows, what is gathered for
   * each run. A feed that lies in it is read there and not copied. Absent where a backend has none.
   *
   * @throws ArgumentError for a shape that is none; BackendError when there is not enough memory
   */
  readonly allocate?: {
    (shape: readonly number[], dtype?: 'float32'): ResidentArray<Float32Array>
    (shape: readonly number[], dtype: 'int32'): ResidentArray<Int32Array>
  }
}

/** Numbers in memory of a backend's own, which can be fed as they are. */
export interface ResidentArray<A extends NumericArray = NumericArray> extends TensorValue<A> {
  /** The numbers where they lie. Memory that grows moves: ask for them anew after anything was compiled, run or allocated. */
  readonly data: A
  /** Gives the memory back, once no run reads it; freeing twice is harmless. */
  readonly free: () => void
}

/** What a backend computes on. */
export type Device = 'cpu' | 'gpu'

/** A compiled program. */
export interface Executable {
  /**
   * Computes all outputs from feeds named like the program's inputs.
   *
   * A feed may be a bare typed array when its named sizes follow from its length. `into` gives arrays to write outputs
   * into (matched by name and length), which keeps a loop free of allocation; other outputs are new arrays, the
   * caller's to keep. Until the run has ended, feeds must stay as they are: some backends read them where they lie.
   *
   * @throws ShapeError when a feed is missing, unknown, of the wrong dtype or of a size that does not fit;
   * DataError when a fed index lies outside its table; BackendError after `dispose`
   */
  readonly run: (feeds: Feeds, into?: OutputBuffers) => Promise<Outputs>
  /** Frees what the executable holds. Later runs fail; disposing twice is harmless. */
  readonly dispose: () => void
}

export type NumericArray = Float32Array | Int32Array

/** Numbers in row-major order with their shape. */
export interface TensorValue<A extends NumericArray = NumericArray> {
  readonly data: A
  readonly shape: readonly number[]
}

export type Feeds = Readonly<Record<string, NumericArray | TensorValue>>
export type Outputs = Readonly<Record<string, TensorValue>>
export type OutputBuffers = Readonly<Record<string, NumericArray>>
