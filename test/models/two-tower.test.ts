import { describe, expect, it } from 'vitest'
import { javascriptBackend } from '../../src/backends'
import { ArgumentError, ContractError, DataError, SpecError } from '../../src/errors'
import { categorical, defineFeatures, numeric, sliceRows, type EncodedRows } from '../../src/features'
import { spearman } from '../../src/metrics'
import { TwoTower, predict, type Interactions, type RetrievalData, type TwoTowerOptions } from '../../src/models'
import { seededRandom } from '../../src/random'
import { inBatchSampler, mixedSampler, popularitySampler, uniformSampler, type NegativeSampler } from '../../src/samplers'
import { fit, type FitOptions } from '../../src/training'
import { forEachBackend } from '../conformance/backends/harness'
import { caught, rejected } from './caught'
import { fitted, numbersOf, randomRows } from './samples'

const backend = javascriptBackend()

/**
 * Users and items of some groups. A user takes an item with the chance popularity × (pull within the group, else 1), so
 * the log of the pull is the affinity, whatever the popularity.
 */
function planted(seed: number, { users = 60, items = 40, groups = 4, pull = 30, skew = 1, taken = 3000 } = {}) {
  const random = seededRandom(`planted ${seed}`)
  const popularity = Array.from({ length: items }, () => Math.exp(skew * random.normal()))
  const affinity = (user: number, item: number) => (user % groups === item % groups ? Math.log(pull) : 0)
  const draw = (user: number): number => {
    const chances = popularity.map((p, item) => p * Math.exp(affinity(user, item)))
    let left = random.next() * chances.reduce((a, b) => a + b)
    return Math.max(0, chances.findIndex((chance) => (left -= chance) < 0))
  }
  const interactions = (n: number) => Array.from({ length: n }, () => {
    const user = random.integer(users)
    return { user, item: draw(user) }
  })
  const spec = defineFeatures({
    features: { user: categorical({ scope: 'user', embeddingDim: 8 }), item: categorical({ scope: 'item', embeddingDim: 8 }) },
  }).fit([...Array.from({ length: Math.max(users, items) }, (_, i) => ({ user: i % users, item: i % items }))])
  const train = interactions(taken)
  const encode = (list: readonly { user: number; item: number }[]): Interactions =>
    ({ queries: spec.encode(list, { scopes: ['user', 'context'] }), positives: Int32Array.from(list, ({ item }) => item) })
  return {
    spec, popularity, affinity, users, items,
    data: { ...encode(train), items: spec.encode(Array.from({ length: items }, (_, item) => ({ item })), { scopes: ['item'] }) },
    held: encode(interactions(600)),
    counts: train.reduce((counts, { item }) => counts.with(item, counts[item] + 1), Array.from({ length: items }, () => 0)),
  }
}

const training: FitOptions = { backend, epochs: 6, batchSize: 60, learningRate: 0.02, progress: false }
const small: TwoTowerOptions = { hidden: [16], dim: 8 }

async function vectorsOf(model: TwoTower, graph: 'user' | 'item', rows: EncodedRows): Promise<Float32Array[]> {
  const all = (await predict(model, rows, { backend, graph })).get('embedding')!
  const dim = model.config.dim
  return Array.from({ length: rows.rows }, (_, i) => all.subarray(i * dim, (i + 1) * dim))
}
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i], 0)

describe('vectors', () => {
  forEachBackend((on) => {
    it('have norm 1, before and after training', async () => {
      const model = new TwoTower(fitted, { ...small, seed: 1 })
      const rows = randomRows(1, 40)
      const queries = fitted.encode(rows, { scopes: ['user', 'context'] })
      const items = fitted.encode(rows.slice(0, 10), { scopes: ['item'] })
      const check = async () => {
        for (const [graph, given] of [['user', queries], ['item', items]] as const) {
          const all = (await predict(model, given, { backend: on, graph })).get('embedding')!
          expect(all.length).toBe(given.rows * 8)
          for (let i = 0; i < given.rows; i++) expect(Math.hypot(...all.subarray(i * 8, i * 8 + 8))).toBeCloseTo(1, 5)
        }
      }
      await check()
      await fit(model, { queries, items, positives: Int32Array.from(rows, (_, i) => i % 10) }, { ...training, backend: on, epochs: 2, batchSize: 8 })
      await check()
    })
  })

  it('read user and context features on one side and item features on the other', () => {
    const model = new TwoTower(fitted)
    expect(model.config.features).toEqual(['user', 'hour', 'topic', 'tags'])
    expect(model.inputs.map(({ feature, axis }) => `${feature} ${axis}`)).toEqual(['user batch', 'hour batch', 'topic candidates', 'tags candidates'])
    expect([...model.tables.keys()]).toEqual(['user', 'topic', 'tags'])
  })

  it('of one seed are equal, of another are not', async () => {
    const items = fitted.encode(randomRows(1, 5), { scopes: ['item'] })
    const of = (seed: number) => vectorsOf(new TwoTower(fitted, { ...small, seed }), 'item', items)
    expect(await of(1)).toEqual(await of(1))
    expect(await of(1)).not.toEqual(await of(2))
  })
})

describe('learning', () => {
  const samplers: Readonly<Record<string, (counts: readonly number[]) => NegativeSampler | undefined>> = {
    'in-batch, by default': () => undefined,
    uniform: ({ length }) => uniformSampler({ catalogueSize: length, count: 20 }),
    mixed: (frequencies) => mixedSampler({ frequencies, count: 20 }),
    popularity: (counts) => popularitySampler({ counts, count: 20, smoothing: 1 }),
  }
  // 4 groups of 10 items, 30 to 1 for the own group: a perfect model puts the group's 10 first and finds 10/11 of what is
  // taken, more or less, with popularity to help; the 10 most popular hold far less.
  it.each(Object.entries(samplers))('finds a planted structure: %s', async (_, make) => {
    for (const seed of [1, 2]) {
      const { spec, data, held, counts } = planted(seed, { taken: 2000 })
      const sampler = make(counts)
      const model = new TwoTower(spec, { ...small, seed })
      const { epochs } = await fit(model, { ...data, ...(sampler && { sampler }), validation: held, k: 10 }, { ...training, seed })
      const popular = counts.map((_, item) => item).sort((a, b) => counts[b] - counts[a]).slice(0, 10)
      const byPopularity = held.positives.filter((item) => popular.includes(item)).length / held.positives.length
      expect(byPopularity).toBeLessThan(0.72)
      expect(epochs.at(-1)!.validation['recall@10']).toBeGreaterThan(0.85)
    }
  })

  it('validates by the share of positives among the k nearest', async () => {
    const { spec, data, held } = planted(3, { taken: 300 })
    const model = new TwoTower(spec, small)
    const { epochs } = await fit(model, { ...data, validation: held, k: 7 }, { ...training, epochs: 1 })
    const [users, items] = [await vectorsOf(model, 'user', held.queries), await vectorsOf(model, 'item', data.items)]
    const hits = users.filter((user, i) => {
      const own = dot(user, items[held.positives[i]])
      return items.filter((item) => dot(user, item) > own).length < 7
    }).length
    expect(epochs[0].validation).toEqual({ 'recall@7': hits / users.length })
  })

  it('with k beyond the catalogue, finds everything', async () => {
    const { spec, data, held } = planted(3, { taken: 120 })
    const { epochs } = await fit(new TwoTower(spec, small), { ...data, validation: held }, { ...training, epochs: 1 })
    expect(epochs[0].validation).toEqual({ 'recall@100': 1 })
  })

  // In-batch negatives come by popularity. Uncorrected, an item that is offered often as a negative is pushed down by it and
  // the scores tend to log P(item | user) − log P(item); corrected, they tend to log P(item | user), popularity included.
  it('log-Q correction turns scores from affinity alone into what is taken', async () => {
    for (const seed of [1, 2]) {
      const { spec, data, affinity, popularity, users } = planted(seed, { pull: 4, skew: 1.2, taken: 4000 })
      const learnt = async (sampler?: NegativeSampler) => {
        const model = new TwoTower(spec, { hidden: [], dim: 16, temperature: 0.2, seed })
        await fit(model, { ...data, ...(sampler && { sampler }) }, { ...training, epochs: 8, seed })
        const [u, v] = [await vectorsOf(model, 'user', spec.encode(Array.from({ length: users }, (_, user) => ({ user })), { scopes: ['user'] })), await vectorsOf(model, 'item', data.items)]
        const correlation = (truth: (user: number, item: number) => number) => {
          const pairs = u.flatMap((_, user) => v.map((_, item) => [user, item] as const))
          return spearman(pairs.map(([user, item]) => dot(u[user], v[item])), pairs.map(([user, item]) => truth(user, item)))
        }
        return { taken: correlation((user, item) => affinity(user, item) + Math.log(popularity[item])), affinity: correlation(affinity) }
      }
      const corrected = await learnt()
      // The same candidates with a Q that is the same for all: no correction.
      const uncorrected = await learnt(inBatchSampler({ frequencies: popularity.map(() => 1) }))
      expect(corrected.taken).toBeGreaterThan(uncorrected.taken + 0.2)
      expect(uncorrected.affinity).toBeGreaterThan(corrected.affinity + 0.1)
    }
  })
})

describe('training', () => {
  it('gives equal weights twice for a seed, and others for another', async () => {
    const { spec, data, counts } = planted(1, { taken: 300 })
    const trained = async (seed: number) => {
      const model = new TwoTower(spec, { ...small, dropout: 0.2, seed: 1 })
      await fit(model, { ...data, sampler: mixedSampler({ frequencies: counts.map((n) => n + 1), count: 8 }) }, { ...training, epochs: 2, seed })
      return numbersOf(model)
    }
    expect(await trained(1)).toEqual(await trained(1))
    expect(await trained(1)).not.toEqual(await trained(2))
  })

  it('learns nothing from a batch in which every candidate is the positive', async () => {
    const { spec, data } = planted(1, { taken: 40 })
    const model = new TwoTower(spec, small)
    const before = numbersOf(model)
    const { epochs } = await fit(model, { ...data, positives: new Int32Array(40).fill(3) }, { ...training, epochs: 2, batchSize: 10 })
    expect(epochs.map(({ loss }) => Math.abs(loss))).toEqual([0, 0])
    expect(numbersOf(model)).toEqual(before)
  })

  const { spec, data, held } = planted(1, { taken: 50 })
  const cases: readonly [string, object, RegExp, { isInstance: (e: unknown) => boolean }][] = [
    ['no queries', { queries: sliceRows(data.queries, 0, 0), positives: new Int32Array(0) }, /at least one interaction to train on, got none/, DataError],
    ['too few positives', { positives: data.positives.slice(1) }, /`positives` \(train\) to name one item for each of 50 queries, got 49/, ArgumentError],
    ['positives that are no Int32Array', { positives: Array.from(data.positives) }, /`positives \(train\)` to be an Int32Array of row numbers of `items`, got an array of 50/, ArgumentError],
    ['a positive outside the catalogue', { positives: data.positives.with(4, 40) }, /`positives` \(train\) to be rows of `items`, in \[0, 40\), got 40 at row 4/, DataError],
    ['a negative positive', { positives: data.positives.with(0, -1) }, /got -1 at row 0/, DataError],
    ['items never encoded', { items: [{ item: 1 }] }, /`items` to be rows encoded by a spec.*got an array of 1/, ArgumentError],
    ['no items', { items: undefined }, /`items` to be rows encoded by a spec/, ArgumentError],
    ['queries of items', { queries: data.items, positives: new Int32Array(40) }, /expected encoded rows to hold feature "user" as ids, got "item" \(ids\)/, SpecError],
    ['no sampler', { sampler: 'uniform' }, /`sampler` to be a negative sampler, got "uniform"/, ArgumentError],
    ['a sampler of a larger catalogue', { sampler: uniformSampler({ catalogueSize: 4000, count: 50 }) }, /sampler "uniform" to offer rows of `items`, in \[0, 40\), got \d+/, ContractError],
    ['a sampler that hides the positives', { sampler: { ...inBatchSampler({ frequencies: Array.from({ length: 40 }, () => 1) }), sample: (p: Int32Array) => ({ ids: p.slice().reverse(), logQ: new Float32Array(p.length), positiveLogQ: new Float32Array(p.length) }) } }, /the positives first, as it says/, ContractError],
    ['a sampler without log Q', { sampler: { ...uniformSampler({ catalogueSize: 40, count: 3 }), sample: (p: Int32Array) => ({ ids: Int32Array.of(1, 2), logQ: new Float32Array(1), positiveLogQ: new Float32Array(p.length) }) } }, /one logQ a candidate and a positive, got 1 for 2/, ContractError],
    ['k of 0', { k: 0 }, /`k` to be a positive integer, got 0/, ArgumentError],
    ['validation without interactions', { validation: { queries: sliceRows(data.queries, 0, 0), positives: new Int32Array(0) } }, /at least one interaction to validate on, got none/, DataError],
    ['a validation positive outside the catalogue', { validation: { ...held, positives: held.positives.with(1, 99) } }, /`positives` \(validation\) to be rows of `items`, in \[0, 40\), got 99 at row 1/, DataError],
  ]
  it.each(cases)('refuses %s, and leaves the model as it was', async (_, change, message, kind) => {
    const model = new TwoTower(spec, small)
    const before = numbersOf(model)
    const error = await rejected(() => fit(model, { ...data, ...change } as RetrievalData, training))
    expect(String(error)).toMatch(message)
    expect(kind.isInstance(error)).toBe(true)
    expect(numbersOf(model)).toEqual(before)
  })
})

describe('options', () => {
  const bad: readonly [object, RegExp, { isInstance: (e: unknown) => boolean }][] = [
    [{ dim: 0 }, /TwoTower: expected `dim` to be a positive integer, got 0/, ArgumentError],
    [{ hidden: [8, 1.5] }, /`hidden\[1\]` to be a positive integer, got 1.5/, ArgumentError],
    [{ temperature: 0 }, /`temperature` to be a finite number > 0, got 0/, ArgumentError],
    [{ dropout: -0.1 }, /`dropout` to be a finite number >= 0 and < 1, got -0.1/, ArgumentError],
    [{ features: ['affinity', 'user'] }, /`features` to name features it can use \(user, hour, topic, tags\), got "affinity"/, SpecError],
    [{ features: ['user_topic'] }, /got "user_topic"/, SpecError],
    [{ features: ['user'] }, /at least one item feature, got none/, SpecError],
    [{ features: ['topic'] }, /at least one user or context feature, got none/, SpecError],
  ]
  it.each(bad)('refuses %o', (options, message, kind) => {
    const error = caught(() => new TwoTower(fitted, options))
    expect(String(error)).toMatch(message)
    expect(kind.isInstance(error)).toBe(true)
  })

  it('refuses a spec of items alone', () => {
    const items = defineFeatures({ features: { year: numeric({ scope: 'item' }) } }).fit([{ year: 1 }])
    expect(SpecError.isInstance(caught(() => new TwoTower(items)))).toBe(true)
  })
})
