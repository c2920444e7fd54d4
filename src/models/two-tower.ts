import type { EmbeddingTable } from '../embeddings'
import { checkInteger, checkNumber } from '../errors'
import type { FeatureInfo, FeatureSchema } from '../features'
import { sampledSoftmax } from '../losses'
import { seededRandom, type Seed } from '../random'
import { input, l2Normalize, type Tensor } from '../tensor'
import { checkLayers, embeddingDimOf, featureTables, featureTensor, selectFeatures, sideBySide, tablesByName, type FeatureTensor } from './inputs'
import { dense, mlp } from './layers/mlp'
import { emptyWeights, graphScope, type GraphScope, type WeightStore } from './layers/scope'
import type { ModelInput, Trainable, TrainingTask } from './model'
import { retrievalTask, type RetrievalData } from './retrieval-task'

export interface TwoTowerOptions {
  /** Units of each tower's hidden layers, first to last. @defaultValue [64] */
  readonly hidden?: readonly number[]
  /** Size of the vectors users and items meet in. @defaultValue 32 */
  readonly dim?: number
  /** τ: similarities are divided by it in the loss. @defaultValue 0.1 */
  readonly temperature?: number
  /** Share of hidden units silenced while training, in [0, 1). @defaultValue 0 */
  readonly dropout?: number
  /** The features to use, by name. @defaultValue all of scope user, context and item */
  readonly features?: readonly string[]
  /** Seeds the first weights. @defaultValue 0 */
  readonly seed?: Seed
}

const users = 'batch'
const items = 'candidates'

/**
 * Two-tower retrieval: a user and an item each become a unit vector, and their inner product says how well they fit, so
 * the best of millions of items are found by nearest-neighbour search.
 *
 * `u = normalize(MLP_user(x_user))`, `v = normalize(MLP_item(x_item))`, `s = u·v / τ`, trained by sampled softmax with
 * log-Q correction (Yi et al. 2019, "Sampling-bias-corrected neural modeling for large corpus item recommendations").
 * The user tower reads features of scope user and context, the item tower those of scope item; features of pairs and
 * crosses belong to a ranker and take no part. A user's history is told best in the vectors of the items themselves: give it
 * the item's id as `sharedWith`.
 *
 * Its graphs `user` and `item` have one output each, `embedding`, `[batch, dim]`, of norm 1.
 */
export class TwoTower implements Trainable<RetrievalData> {
  readonly kind = 'TwoTower'
  readonly spec: FeatureSchema
  readonly config: Required<TwoTowerOptions>
  readonly tables: ReadonlyMap<string, EmbeddingTable>
  readonly weights: WeightStore = emptyWeights()
  readonly inputs: readonly ModelInput[]
  readonly graphs: { readonly user: ReadonlyMap<string, Tensor>; readonly item: ReadonlyMap<string, Tensor> }
  readonly #user: readonly FeatureTensor[]
  readonly #item: readonly FeatureTensor[]

  /**
   * @throws SpecError when a feature is not one a tower can use, or a tower has none; ArgumentError when a number is
   * out of range
   */
  constructor(spec: FeatureSchema, options: TwoTowerOptions = {}) {
    const { hidden = [64], dim = 32, temperature = 0.1, dropout = 0, seed = 0 } = options
    checkLayers('TwoTower', { hidden, dropout, batchNorm: false })
    checkInteger('TwoTower', 'dim', dim)
    checkNumber('TwoTower', 'temperature', temperature, { above: 0 })
    const features = selectFeatures('TwoTower', spec, options.features, (f) => f.part === 'deep' && f.scope !== 'pair')
    this.spec = spec
    this.config = { hidden, dim, temperature, dropout, features: features.map((f) => f.name), seed }
    const tensors = (axis: string, keep: (f: FeatureInfo) => boolean) => features.filter(keep).map((f) => featureTensor(f, axis, embeddingDimOf(f)))
    this.#user = tensors(users, (f) => f.scope !== 'item')
    this.#item = tensors(items, (f) => f.scope === 'item')
    this.inputs = [...this.#user, ...this.#item].map((f) => f.input)
    this.tables = tablesByName('TwoTower', featureTables(features, embeddingDimOf, seed))
    const scope = graphScope(this.weights, seededRandom(seed), false)
    this.graphs = { user: new Map([['embedding', this.#tower(scope, 'user')]]), item: new Map([['embedding', this.#tower(scope, 'item')]]) }
  }

  /** How to learn from who took what; `fit` asks for it. */
  trainingTask(data: RetrievalData): TrainingTask {
    const scope = graphScope(this.weights, seededRandom(this.config.seed), true)
    const ids = (name: string, axis: string) => input(name, [axis], { dtype: 'int32' })
    const loss = sampledSoftmax({
      queries: this.#tower(scope, 'user'),
      candidates: this.#tower(scope, 'item'),
      temperature: this.config.temperature,
      logQ: input('logQ', [items]),
      positiveLogQ: input('positiveLogQ', [users]),
      positiveIds: ids('positiveIds', users),
      candidateIds: ids('candidateIds', items),
      positions: ids('positions', users),
      places: ids('places', items),
    })
    return retrievalTask(this, data, { loss, parts: new Map(), observed: scope.observed, masks: scope.masks })
  }

  #tower(scope: GraphScope, name: 'user' | 'item'): Tensor {
    const features = name === 'user' ? this.#user : this.#item
    const what = name === 'user' ? 'user or context' : 'item'
    const { hidden, dropout, dim } = this.config
    const h = mlp(scope, name, sideBySide('TwoTower', features, what), { hidden, dropout, batchNorm: false })
    return l2Normalize(dense(scope, `${name}/embedding`, h, dim))
  }
}
