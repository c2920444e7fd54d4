/**
 * The seed model's workload: its shapes, first weights and batches, made by formula so that
 * `benchmarks/peers/train_wide_and_deep.py` has the same numbers.
 *
 * Deep part: the embeddings of user (10,000 x 128), post (100,000 x 128), author (50,000 x 64), postType (8 x 8) and
 * device (8 x 8) and 7 numbers, in this order, `[batch, 343]` -> 512 -> ReLU -> BatchNorm -> 256 -> ReLU -> BatchNorm
 * -> 128 -> ReLU -> two heads. Wide part: 4 crosses, each a table of 100,000 rows x 2 (click, dwell), added to the heads.
 * Loss: mean binary cross-entropy of the click logit + mean squared error of dwell. BatchNorm: batch statistics,
 * biased variance, epsilon 1e-5, gamma 1 and beta 0 at first.
 */
import { chances, crossed, ids, signedNumbers } from './synthetic'

export const embeddings = [
  { name: 'user', rows: 10_000, dim: 128 },
  { name: 'post', rows: 100_000, dim: 128 },
  { name: 'author', rows: 50_000, dim: 64 },
  { name: 'postType', rows: 8, dim: 8 },
  { name: 'device', rows: 8, dim: 8 },
] as const

export const numericals = 7

export const crosses = [
  { name: 'userPostType', of: ['user', 'postType'] },
  { name: 'authorDevice', of: ['author', 'device'] },
  { name: 'postTypeDevice', of: ['postType', 'device'] },
  { name: 'userAuthor', of: ['user', 'author'] },
] as const

export const crossRows = 100_000
export const heads = ['click', 'dwell'] as const
export const hidden = [512, 256, 128] as const
export const deepWidth = embeddings.reduce((sum, { dim }) => sum + dim, numericals)
export const batchNormEpsilon = 1e-5

/** Dense layers as `[inputs, outputs]`, weights named `NAME.weight`, biases zero. */
export const layers = [
  { name: 'deep0', inputs: deepWidth, outputs: hidden[0] },
  { name: 'deep1', inputs: hidden[0], outputs: hidden[1] },
  { name: 'deep2', inputs: hidden[1], outputs: hidden[2] },
  { name: 'click', inputs: hidden[2], outputs: 1 },
  { name: 'dwell', inputs: hidden[2], outputs: 1 },
] as const

/** The first weights of an embedding table, `[rows, dim]`, in [-0.05, 0.05): stream `embedding.NAME`. */
export const embeddingWeights = ({ name, rows, dim }: (typeof embeddings)[number]): Float32Array => signedNumbers(`embedding.${name}`, 0, rows * dim, 0.05)

/** The first weights of a cross, `[100000, 2]`, in [-0.01, 0.01): stream `wide.NAME`. */
export const crossWeights = (name: string): Float32Array => signedNumbers(`wide.${name}`, 0, crossRows * heads.length, 0.01)

/** The first weights of a dense layer, `[inputs, outputs]`, in +-sqrt(6 / (inputs + outputs)): stream `NAME.weight`. */
export const layerWeights = ({ name, inputs, outputs }: (typeof layers)[number]): Float32Array =>
  signedNumbers(`${name}.weight`, 0, inputs * outputs, Math.sqrt(6 / (inputs + outputs)))

type EmbeddingName = (typeof embeddings)[number]['name']
type CrossName = (typeof crosses)[number]['name']

export interface Batch {
  readonly ids: Readonly<Record<EmbeddingName, Int32Array>>
  readonly crosses: Readonly<Record<CrossName, Int32Array>>
  /** `[batch, 7]` in [-1, 1). */
  readonly numericals: Float32Array
  /** `[batch]`, 1 in 3 of 10. */
  readonly click: Float32Array
  /** `[batch]` in [-1, 1). */
  readonly dwell: Float32Array
}

/** The `index`-th batch of `size` examples. */
export function batch(index: number, size: number): Batch {
  const from = index * size
  const idsOf = Object.fromEntries(embeddings.map(({ name, rows }) => [name, ids(`ids.${name}`, from, size, rows)])) as Record<EmbeddingName, Int32Array>
  const crossIds = Object.fromEntries(
    crosses.map(({ name, of: [a, b] }) => [name, crossed(`cross.${name}`, idsOf[a], idsOf[b], crossRows)]),
  ) as Record<CrossName, Int32Array>
  return {
    ids: idsOf,
    crosses: crossIds,
    numericals: signedNumbers('numericals', from * numericals, size * numericals),
    click: chances('click', from, size, 0.3),
    dwell: signedNumbers('dwell', from, size),
  }
}

/** How many distinct batches a run goes round in, and the learning rate of every optimizer. */
export const distinctBatches = 64
export const learningRate = 0.001

/**
 * Rows of batch 0 that are checked, at most: among millions of units one lies so near to 0 that rounding decides whether its
 * ReLU is open, and the gradients of a larger batch then differ for no fault of anybody's.
 */
export const checkedRows = 1024

/**
 * What every variant must agree on for the first rows of batch 0 and the first weights, before any step:
 *
 * - `loss`: `[total, click, dwell]`
 * - `clickLogits`, `dwell`: the first 8 outputs
 * - `gradient.deep0.weight`, `gradient.deep2.weight`, `gradient.click.weight`: the first 8 values, in `[inputs, outputs]` order
 * - `gradient.user`, `gradient.post`: the first 8 values of the row that example 0 names, summed over the batch
 * - `gradient.wide.userAuthor`: both values of the row that example 0 names
 */
export const checkedNames = [
  'loss', 'clickLogits', 'dwell', 'gradient.deep0.weight', 'gradient.deep2.weight', 'gradient.click.weight',
  'gradient.user', 'gradient.post', 'gradient.wide.userAuthor',
] as const
