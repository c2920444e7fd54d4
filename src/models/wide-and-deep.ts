import type { EmbeddingTable } from '../embeddings'
import { ArgumentError, SpecError, checkNumber, expected, show } from '../errors'
import type { FeatureSchema, LabelInfo } from '../features'
import { maskedMean, sigmoidCrossEntropy, squaredError } from '../losses'
import { seededRandom, type Seed } from '../random'
import { add, divide, input, multiply, reshape, sigmoid, slice, subtract, type Tensor } from '../tensor'
import { checkFlag, checkLayers, embeddingDimOf, featureTables, featureTensor, selectFeatures, sideBySide, tablesByName, type FeatureTensor } from './inputs'
import { values } from './layers/initializers'
import { dense, mlp } from './layers/mlp'
import { emptyWeights, graphScope, type GraphScope, type WeightStore } from './layers/scope'
import type { ModelInput, Trainable, TrainingTask } from './model'
import { rankingTask, type RankingData } from './ranking-task'

/** One output of a model: what it learns a label with. */
export interface HeadOptions {
  /** Its factor in the sum of losses. @defaultValue 1 */
  readonly weight?: number
  /** Regression only: predict in units of the training labels' deviation, so that heads are alike in scale. @defaultValue true */
  readonly standardize?: boolean
}

export interface WideAndDeepOptions {
  /** Units of the hidden layers, first to last. @defaultValue [128, 64] */
  readonly hidden?: readonly number[]
  /** Share of hidden units silenced while training, in [0, 1). @defaultValue 0 */
  readonly dropout?: number
  /** Batch normalisation between hidden layers; batches then need two rows or more. @defaultValue true */
  readonly batchNorm?: boolean
  /** The labels to learn, by name. @defaultValue all labels of the spec, each with weight 1 */
  readonly heads?: Readonly<Record<string, HeadOptions>>
  /** The features to use, by name. @defaultValue all features of the spec */
  readonly features?: readonly string[]
  /** Seeds the first weights. @defaultValue 0 */
  readonly seed?: Seed
}

interface Head extends LabelInfo {
  readonly weight: number
  /** The prediction is `offset + scale · z`. */
  readonly offset: number
  readonly scale: number
}

const axis = 'batch'

/**
 * Wide & Deep: a linear model over feature crosses, which memorises, beside a neural network over embeddings and
 * numbers, which generalises; trained together.
 *
 * `z_h = w_hᵀ·crosses(x) + v_hᵀ·MLP([embeddings(x), numbers(x)]) + b_h`, one row of `z` for each head `h`; a binary
 * head predicts the probability `σ(z_h)`, a regression head `mean_h + deviation_h · z_h` with the label's statistics in
 * training. The loss is `Σ_h weight_h · loss_h`, each `loss_h` the mean over the rows in which the label counts:
 * cross-entropy, or squared error of `z_h`. (Cheng et al. 2016, "Wide & Deep Learning for Recommender Systems", eq. 3.)
 *
 * Its graph `score` has one output a head, `[batch]`.
 *
 * @example
 * ```ts
 * import { WideAndDeep, binary, categorical, defineFeatures, fit, loadBackend, predict } from 'feedrank'
 *
 * const rows = Array.from({ length: 64 }, (_, i) => ({ topic: i % 2 ? 'cats' : 'tax', clicked: i % 2 }))
 * const spec = defineFeatures({ features: { topic: categorical({ scope: 'item' }) }, labels: { clicked: binary() } }).fit(rows)
 * const model = new WideAndDeep(spec, { hidden: [4], seed: 1 })
 * const backend = await loadBackend('javascript')
 * await fit(model, { rows: spec.encode(rows, { labels: true }) }, { backend, epochs: 50, batchSize: 16, learningRate: 0.05 })
 * const scores = await predict(model, spec.encode([{ topic: 'cats' }, { topic: 'tax' }]), { backend })
 * console.log(scores.get('clicked')![0] > 0.9, scores.get('clicked')![1] < 0.1) // true true
 * ```
 */
export class WideAndDeep implements Trainable<RankingData> {
  readonly kind = 'WideAndDeep'
  readonly spec: FeatureSchema
  readonly config: Required<Omit<WideAndDeepOptions, 'heads' | 'features'>> & {
    readonly heads: Readonly<Record<string, Required<HeadOptions>>>
    readonly features: readonly string[]
  }
  readonly tables: ReadonlyMap<string, EmbeddingTable>
  readonly weights: WeightStore = emptyWeights()
  readonly inputs: readonly ModelInput[]
  readonly graphs: { readonly score: ReadonlyMap<string, Tensor> }
  readonly #deep: readonly FeatureTensor[]
  readonly #wide: readonly FeatureTensor[]
  readonly #heads: readonly Head[]

  /**
   * @throws SpecError when a head or feature is not one of the spec's, or there is no label or no deep feature;
   * ArgumentError when a number is out of range
   */
  constructor(spec: FeatureSchema, options: WideAndDeepOptions = {}) {
    const { hidden = [128, 64], dropout = 0, batchNorm = true, seed = 0 } = options
    checkLayers('WideAndDeep', { hidden, dropout, batchNorm })
    const features = selectFeatures('WideAndDeep', spec, options.features, () => true)
    const heads = headOptions(spec, options.heads)
    this.spec = spec
    this.config = { hidden, dropout, batchNorm, heads, features: features.map((f) => f.name), seed }
    this.#heads = Object.entries(heads).map(([name, head]) => headOf(spec, name, head))

    const deep = features.filter((f) => f.part === 'deep')
    const wide = features.filter((f) => f.part === 'wide')
    this.#deep = deep.map((f) => featureTensor(f, axis, embeddingDimOf(f)))
    this.#wide = wide.map((f) => featureTensor(f, axis, this.#heads.length, 'wide'))
    this.inputs = [...this.#deep, ...this.#wide].map((f) => f.input)
    this.tables = tablesByName('WideAndDeep', [
      ...featureTables(deep, embeddingDimOf, seed),
      ...featureTables(wide, () => this.#heads.length, seed, { prefix: 'wide', initializer: { kind: 'zeros' } }),
    ])

    const logits = this.#logits(graphScope(this.weights, seededRandom(seed), false))
    this.graphs = { score: new Map(this.#heads.map((head, i) => [head.name, prediction(head, logits[i])])) }
  }

  /** How to learn from encoded rows; `fit` asks for it. */
  trainingTask(data: RankingData): TrainingTask {
    const scope = graphScope(this.weights, seededRandom(this.config.seed), true)
    const logits = this.#logits(scope)
    const parts = this.#heads.map((head, i) => [head.name, headLoss(head, logits[i])] as const)
    const loss = parts.map(([, part], i) => multiply(part, this.#heads[i].weight)).reduce((a, b) => add(a, b))
    return rankingTask(this, this.#heads, data, { loss, parts: new Map(parts), observed: scope.observed, masks: scope.masks })
  }

  /** `z`, one tensor `[batch]` a head. */
  #logits(scope: GraphScope): Tensor[] {
    const units = this.#heads.length
    const hidden = mlp(scope, 'deep', sideBySide('WideAndDeep', this.#deep, 'deep'), this.config)
    const bias = values(this.#heads.map(startingBias))
    const deep = dense(scope, 'head', hidden, units, { bias })
    const all = this.#wide.reduce((sum, { tensor }) => add(sum, tensor), deep)
    return this.#heads.map((_, i) => reshape(slice(all, 1, i, i + 1), [axis]))
  }
}

function headOptions(spec: FeatureSchema, heads: WideAndDeepOptions['heads']): Record<string, Required<HeadOptions>> {
  if (heads !== undefined && (typeof heads !== 'object' || heads === null || Array.isArray(heads)))
    throw new ArgumentError(expected('WideAndDeep', 'heads', 'options by label name', heads))
  const chosen: Readonly<Record<string, HeadOptions>> = heads ?? Object.fromEntries(spec.labels.map((label) => [label.name, {}]))
  if (Object.keys(chosen).length === 0) throw new SpecError('feedrank/WideAndDeep: expected at least one label to learn, got none')
  return Object.fromEntries(Object.entries(chosen).map(([name, options]) => {
    if (typeof options !== 'object' || options === null) throw new ArgumentError(expected('WideAndDeep', `heads.${name}`, 'an object of options', options))
    const { weight = 1, standardize = true } = options
    checkNumber('WideAndDeep', `heads.${name}.weight`, weight, { above: 0 })
    checkFlag('WideAndDeep', `heads.${name}.standardize`, standardize)
    return [name, { weight, standardize }]
  }))
}

function headOf(spec: FeatureSchema, name: string, { weight, standardize }: Required<HeadOptions>): Head {
  const label = spec.labels.find((l) => l.name === name)
  if (label === undefined)
    throw new SpecError(`feedrank/WideAndDeep: expected \`heads\` to name labels of the spec (${spec.labels.map((l) => l.name).join(', ')}), got ${show(name)}`)
  if (label.kind !== 'regression' || !standardize) return { ...label, weight, offset: 0, scale: 1 }
  // A deviation that float32 cannot tell from a constant label is rounding, and dividing by it would blow that up.
  const varies = label.deviation > 2 ** -23 * Math.abs(label.mean)
  return { ...label, weight, offset: label.mean, scale: varies ? label.deviation : 1 }
}

/** Where `z` starts, so that the first prediction is the label's mean. */
function startingBias({ kind, mean, offset, scale }: Head): number {
  if (kind === 'regression') return (mean - offset) / scale
  const rate = Math.min(Math.max(mean, 1e-4), 1 - 1e-4)
  return Math.log(rate / (1 - rate))
}

const prediction = ({ kind, offset, scale }: Head, z: Tensor): Tensor => (kind === 'binary' ? sigmoid(z) : add(multiply(z, scale), offset))

function headLoss({ name, kind, offset, scale }: Head, z: Tensor): Tensor {
  const label = input(`label:${name}`, [axis])
  const perExample = kind === 'binary' ? sigmoidCrossEntropy(z, label) : squaredError(z, divide(subtract(label, offset), scale))
  return maskedMean(perExample, input(`mask:${name}`, [axis]))
}
