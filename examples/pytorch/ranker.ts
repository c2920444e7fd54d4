import { WideAndDeep, binary, bucketized, categorical, columnOf, cross, defineFeatures, multiHot, numeric, regression, seededRandom, type EncodedRows, type WeightMap } from 'feedrank'

const spec = defineFeatures({
  features: {
    user: categorical({ scope: 'user', embeddingDim: 6 }),
    tags: multiHot({ scope: 'item', combiner: 'mean', missing: 'empty', embeddingDim: 4 }),
    hour: numeric({ scope: 'context' }),
    daypart: bucketized({ scope: 'context', column: 'hour', boundaries: [6, 12, 18], embeddingDim: 1 }),
  },
  crosses: { user_daypart: cross(['user', 'daypart'], { buckets: 64 }) },
  labels: { clicked: binary(), seconds: regression() },
})

/** A made-up log: who likes what is a matter of the user and the tags. */
export function makeLog(seed: string, n: number) {
  const random = seededRandom(seed)
  return Array.from({ length: n }, () => {
    const user = random.integer(20)
    const tags = Array.from({ length: random.integer(4) }, () => `t${random.integer(8)}`)
    const likes = tags.filter((tag) => (user + Number(tag.slice(1))) % 3 === 0).length
    const clicked = random.next() < 0.1 + 0.25 * likes
    return { user, tags, hour: random.integer(24), clicked, seconds: clicked ? 5 + 2 * likes + random.normal() : 0 }
  })
}

/** The spec learns from the log; both sides use its ids. */
export const fitted = spec.fit(makeLog('train', 600))

/** The architecture of model.py. Its head for seconds gives seconds, not deviations from their mean. */
export const makeRanker = (seed: number) =>
  new WideAndDeep(fitted, {
    features: ['user', 'tags', 'hour', 'user_daypart'], hidden: [12, 8], batchNorm: true, heads: { clicked: {}, seconds: { standardize: false, weight: 0.1 } }, seed,
  })

/** Which number of the ranker has which name in the PyTorch model. Kernels are turned around: `nn.Linear` holds `[out, in]`. */
export const names: WeightMap = {
  'table:user': 'user.weight',
  'table:tags': 'tags.weight',
  'table:wide:user_daypart': 'wide.weight',
  'weight:deep/0/kernel': 'deep.0.weight',
  'weight:deep/0/bias': 'deep.0.bias',
  'weight:deep/0/norm/scale': 'deep.2.weight',
  'weight:deep/0/norm/shift': 'deep.2.bias',
  'statistic:deep/0/norm/mean': 'deep.2.running_mean',
  'statistic:deep/0/norm/variance': 'deep.2.running_var',
  'weight:deep/1/kernel': 'deep.3.weight',
  'weight:deep/1/bias': 'deep.3.bias',
  // One matrix here, a layer for each head there.
  'weight:head/kernel': ['clicked.weight', 'seconds.weight'],
  'weight:head/bias': ['clicked.bias', 'seconds.bias'],
}

/** Encoded rows as the plain numbers that the Python side reads. */
export function plain(rows: EncodedRows): Readonly<Record<string, readonly number[]>> {
  const tags = columnOf(rows.columns, 'tags', 'bags')
  return {
    user: [...columnOf(rows.columns, 'user', 'ids').ids],
    tags: [...tags.ids],
    offsets: [...tags.offsets.subarray(0, -1)],
    cross: [...columnOf(rows.columns, 'user_daypart', 'ids').ids],
    hour: [...columnOf(rows.columns, 'hour', 'dense').values],
    ...Object.fromEntries([...rows.labels].map(([name, { values }]) => [name, [...values]])),
  }
}
