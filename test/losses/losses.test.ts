import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { javascriptBackend } from '../../src/backends'
import { ArgumentError, ShapeError } from '../../src/errors'
import { maskedMean, neverNegative, sampledSoftmax, sigmoidCrossEntropy, squaredError } from '../../src/losses'
import { seededRandom, type Random } from '../../src/random'
import { gradients, input, reduceSum, type Tensor } from '../../src/tensor'
import { forEachBackend, runAll, type Numbers } from '../conformance/backends/harness'
import { caught } from '../models/caught'

const backend = javascriptBackend()
const vector = (data: ArrayLike<number>): Numbers => ({ data: Array.from(data), shape: [data.length] })
const normals = (random: Random, n: number, scale = 1) => Array.from({ length: n }, () => Math.fround(scale * random.normal()))
const expectAll = (got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number) => {
  expect(got.length).toBe(want.length)
  for (let i = 0; i < want.length; i++) expect(Math.abs(got[i] - want[i]), `element ${i}: ${got[i]}, wanted ${want[i]}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(want[i])))
}

const [z, y, m] = ['z', 'y', 'm'].map((name) => input(name, ['batch']))

describe('pointwise losses', () => {
  const formulas = {
    sigmoidCrossEntropy: { graph: sigmoidCrossEntropy, value: (z: number, y: number) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - z * y },
    squaredError: { graph: squaredError, value: (z: number, y: number) => (z - y) ** 2 },
  }
  it.each(Object.entries(formulas))('%s has the value and the slope of its formula', async (_, { graph, value }) => {
    for (let seed = 0; seed < 20; seed++) {
      const random = seededRandom(seed)
      const at = { z: vector([...normals(random, 9, 8), 0]), y: vector([...Array.from({ length: 9 }, () => random.integer(2)), 1]) }
      const loss = graph(z, y)
      const [got] = await runAll(backend, { loss, slope: gradients(reduceSum(loss), [z])[0] }, [at])
      expectAll(got.loss.data, at.z.data.map((v, i) => value(v, at.y.data[i])), 1e-6)
      const h = 1e-5
      expectAll(got.slope.data, at.z.data.map((v, i) => (value(v + h, at.y.data[i]) - value(v - h, at.y.data[i])) / (2 * h)), 1e-5)
    }
  })

  it('cross-entropy stays exact where probabilities are 0 and 1 to float32', async () => {
    const loss = sigmoidCrossEntropy(z, y)
    const [got] = await runAll(backend, { loss, slope: gradients(reduceSum(loss), [z])[0] }, [{ z: vector([80, -80, 80, -80, 1e30]), y: vector([1, 0, 0, 1, 1]) }])
    expect(got.loss.data.map((v) => Number(v.toFixed(5)))).toEqual([0, 0, 80, 80, 0])
    expect(got.slope.data.map((v) => Number(v.toFixed(5)) + 0)).toEqual([0, 0, 1, -1, 0])
  })

  it('refuses shapes that would be stretched to pairs of rows', () => {
    const column = input('column', ['batch', 1])
    for (const [where, make] of [
      ['sigmoidCrossEntropy', () => sigmoidCrossEntropy(z, column)], ['squaredError', () => squaredError(column, y)], ['maskedMean', () => maskedMean(z, column)],
    ] as const) {
      const error = caught(make)
      expect(ShapeError.isInstance(error)).toBe(true)
      expect(String(error)).toMatch(`feedrank/${where}: expected`)
    }
  })
})

describe('maskedMean', () => {
  it('is the mean of what counts, and has no slope elsewhere', async () => {
    for (let seed = 0; seed < 30; seed++) {
      const random = seededRandom(seed)
      const mask = Array.from({ length: 7 }, () => random.integer(2))
      const values = normals(random, 7)
      const loss = maskedMean(z, m)
      const [got] = await runAll(backend, { loss, slope: gradients(loss, [z])[0] }, [{ z: vector(values), m: vector(mask) }])
      const counted = values.filter((_, i) => mask[i] === 1)
      expectAll(got.loss.data, [counted.length === 0 ? 0 : counted.reduce((a, b) => a + b) / counted.length], 1e-6)
      expectAll(got.slope.data, mask.map((one) => one / Math.max(1, counted.length)), 1e-6)
    }
  })

  it('is 0 with slope 0 where nothing counts, and on no rows', async () => {
    const loss = maskedMean(z, m)
    const [got, none] = await runAll(backend, { loss, slope: gradients(loss, [z])[0] }, [{ z: vector([3, 4]), m: vector([0, 0]) }, { z: vector([]), m: vector([]) }])
    expect(got.loss.data).toEqual([0])
    expect(got.slope.data).toEqual([0, 0])
    expect(none.loss.data).toEqual([0])
  })
})

interface Sampled {
  readonly queries: readonly number[]
  readonly candidates: readonly number[]
  readonly dim: number
  readonly temperature: number
  readonly logQ: readonly number[]
  readonly positiveLogQ: readonly number[]
  readonly positiveIds: readonly number[]
  readonly candidateIds: readonly number[]
  readonly positions: readonly number[]
}

function softmaxGraph(dim: number, temperature: number): Readonly<Record<string, Tensor>> {
  const ids = (name: string, axis: string) => input(name, [axis], { dtype: 'int32' })
  const queries = input('queries', ['batch', dim])
  const candidates = input('candidates', ['candidates', dim])
  const loss = sampledSoftmax({
    queries, candidates, temperature, logQ: input('logQ', ['candidates']), positiveLogQ: input('positiveLogQ', ['batch']),
    positiveIds: ids('positiveIds', 'batch'), candidateIds: ids('candidateIds', 'candidates'), positions: ids('positions', 'batch'), places: ids('places', 'candidates'),
  })
  const [gradientOfQueries, gradientOfCandidates] = gradients(loss, [queries, candidates])
  return { loss, gradientOfQueries, gradientOfCandidates }
}

const softmaxFeeds = ({ queries, candidates, dim, ...rest }: Sampled) => ({
  queries: { data: queries, shape: [queries.length / dim, dim] },
  candidates: { data: candidates, shape: [candidates.length / dim, dim] },
  places: vector(rest.candidateIds.map((_, i) => i)),
  ...Object.fromEntries(['logQ', 'positiveLogQ', 'positiveIds', 'candidateIds', 'positions'].map((name) => [name, vector(rest[name as 'logQ'])])),
})

const runSoftmax = async (sampled: Sampled, on = backend) => (await runAll(on, softmaxGraph(sampled.dim, sampled.temperature), [softmaxFeeds(sampled)]))[0]

/** The loss by its definition, in double precision: each row over its own positive and what is no accidental hit. */
function plainSoftmax({ queries, candidates, dim, temperature, logQ, positiveLogQ, positiveIds, candidateIds, positions }: Sampled): number {
  const dot = (row: number, at: number) => Array.from({ length: dim }, (_, k) => queries[row * dim + k] * candidates[at * dim + k]).reduce((a, b) => a + b)
  const losses = positions.map((own, row) => {
    const logits = candidateIds.flatMap((id, at) =>
      at === own ? [dot(row, at) / temperature - positiveLogQ[row]] : id === positiveIds[row] || logQ[at] === neverNegative ? [] : [dot(row, at) / temperature - logQ[at]])
    const most = Math.max(...logits)
    return most + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0)) - (dot(row, own) / temperature - positiveLogQ[row])
  })
  return losses.reduce((a, b) => a + b) / losses.length
}

function randomSampled(seed: number): Sampled {
  const random = seededRandom(seed)
  const [dim, rows, extra] = [1 + random.integer(4), 1 + random.integer(5), random.integer(6)]
  const q = Array.from({ length: 6 }, () => 0.05 + random.next())
  const positiveIds = Array.from({ length: rows }, () => random.integer(6))
  const candidateIds = [...positiveIds, ...Array.from({ length: extra }, () => random.integer(6))]
  return {
    queries: normals(random, rows * dim), candidates: normals(random, candidateIds.length * dim), dim, temperature: 0.1 + random.next(),
    logQ: candidateIds.map((id) => Math.log(q[id])), positiveLogQ: positiveIds.map((id) => Math.log(q[id])), positiveIds, candidateIds,
    positions: positiveIds.map((_, i) => i),
  }
}

describe('sampledSoftmax', () => {
  it('has the value and the slopes of its definition', async () => {
    for (let seed = 0; seed < 25; seed++) {
      const sampled = randomSampled(seed)
      const got = await runSoftmax(sampled)
      expectAll(got.loss.data, [plainSoftmax(sampled)], 1e-5)
      for (const [field, slope] of [['queries', got.gradientOfQueries], ['candidates', got.gradientOfCandidates]] as const) {
        const nudged = (i: number, h: number) => plainSoftmax({ ...sampled, [field]: sampled[field].with(i, sampled[field][i] + h) })
        expectAll(slope.data, sampled[field].map((_, i) => (nudged(i, 1e-5) - nudged(i, -1e-5)) / 2e-5), 2e-5)
      }
    }
  })

  it('is the softmax over the whole catalogue where that is what was sampled, evenly', async () => {
    for (let seed = 0; seed < 10; seed++) {
      const random = seededRandom(seed)
      const [catalogue, dim, rows] = [7, 3, 4]
      const chosen = Array.from({ length: rows }, () => random.integer(catalogue))
      const even = Math.log(1 / catalogue)
      const sampled: Sampled = {
        queries: normals(random, rows * dim), candidates: normals(random, catalogue * dim), dim, temperature: 0.3,
        logQ: Array.from({ length: catalogue }, () => even), positiveLogQ: chosen.map(() => even),
        positiveIds: chosen, candidateIds: Array.from({ length: catalogue }, (_, i) => i), positions: chosen,
      }
      const losses = chosen.map((own, row) => {
        const logits = Array.from({ length: catalogue }, (_, at) => Array.from({ length: dim }, (_, k) => sampled.queries[row * dim + k] * sampled.candidates[at * dim + k]).reduce((a, b) => a + b) / 0.3)
        return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[own]
      })
      expectAll((await runSoftmax(sampled)).loss.data, [losses.reduce((a, b) => a + b) / rows], 1e-5)
    }
  })

  it('lets a factor common to all of Q cancel', async () => {
    const sampled = randomSampled(3)
    const shifted = { ...sampled, logQ: sampled.logQ.map((v) => v + 2), positiveLogQ: sampled.positiveLogQ.map((v) => v + 2) }
    expectAll((await runSoftmax(shifted)).loss.data, (await runSoftmax(sampled)).loss.data, 1e-5)
  })

  it('gives accidental hits no gradient at all, and others some', async () => {
    // One row, positive 5: the second candidate is 5 again, the third is another.
    const sampled: Sampled = {
      queries: [1, 2], candidates: [1, 0, 9, 9, 0, 1], dim: 2, temperature: 0.05,
      logQ: [-1, -1, -1], positiveLogQ: [-1], positiveIds: [5], candidateIds: [5, 5, 6], positions: [0],
    }
    const { gradientOfCandidates: { data } } = await runSoftmax(sampled)
    expect(data.slice(2, 4).map(Math.abs)).toEqual([0, 0])
    expect(Math.hypot(...data.slice(4))).toBeGreaterThan(0.1)
  })

  it('keeps a candidate that is never a negative for its own row alone', async () => {
    const sampled: Sampled = {
      queries: [1, 2, 0.5, -1], candidates: [1, 0, 3, 3, 0, 1], dim: 2, temperature: 0.5,
      logQ: [neverNegative, neverNegative, -1], positiveLogQ: [-2, -1.5], positiveIds: [1, 2], candidateIds: [1, 2, 3], positions: [0, 1],
    }
    const got = await runSoftmax(sampled)
    expectAll(got.loss.data, [plainSoftmax(sampled)], 1e-6)
    // Without the second row, its positive has nobody left to move it.
    const alone = await runSoftmax({ ...sampled, queries: [1, 2], positiveLogQ: [-2], positiveIds: [1], positions: [0] })
    expect(alone.gradientOfCandidates.data.slice(2, 4).map(Math.abs)).toEqual([0, 0])
    expect(Math.hypot(...alone.gradientOfCandidates.data.slice(0, 2))).toBeGreaterThan(0.01)
  })

  it('refuses a temperature that is not above 0, and shapes that do not fit', () => {
    for (const temperature of [0, -1, NaN]) {
      const error = caught(() => softmaxGraph(2, temperature))
      expect(ArgumentError.isInstance(error)).toBe(true)
      expect(String(error)).toContain(`feedrank/sampledSoftmax: expected \`temperature\` to be a finite number > 0, got ${temperature}`)
    }
    const sizes = { positiveIds: input('p', ['batch'], { dtype: 'int32' }), candidateIds: input('c', ['n'], { dtype: 'int32' }), positions: input('o', ['batch'], { dtype: 'int32' }), places: input('l', ['n'], { dtype: 'int32' }) }
    const error = caught(() => sampledSoftmax({ ...sizes, temperature: 1, queries: input('q', ['batch', 3]), candidates: input('k', ['n', 2]), logQ: input('lq', ['n']), positiveLogQ: input('lp', ['batch']) }))
    expect(ShapeError.isInstance(error)).toBe(true)
  })
})

// torch 2.13 in double precision, written by test/golden/make_losses.py.
const golden = JSON.parse(readFileSync(new URL('../golden/losses.json', import.meta.url), 'utf8')) as {
  readonly source: string
  readonly pointwise: Readonly<Record<'logits' | 'labels' | 'mask', readonly number[]>> & Readonly<Record<'sigmoidCrossEntropy' | 'squaredError', { readonly values: readonly number[]; readonly loss: number; readonly gradient: readonly number[] }>>
  readonly sampledSoftmax: Readonly<Record<string, Sampled & { readonly loss: number; readonly gradientOfQueries: readonly number[]; readonly gradientOfCandidates: readonly number[] }>>
}

describe(`as ${golden.source}`, () => {
  forEachBackend((on) => {
    it.each([['sigmoidCrossEntropy', sigmoidCrossEntropy], ['squaredError', squaredError]] as const)('%s under a mask', async (name, graph) => {
      const { logits, labels, mask, [name]: want } = golden.pointwise
      const values = graph(z, y)
      const loss = maskedMean(values, m)
      const [got] = await runAll(on, { values, loss, slope: gradients(loss, [z])[0] }, [{ z: vector(logits), y: vector(labels), m: vector(mask) }])
      expectAll(got.values.data, want.values, 1e-6)
      expectAll(got.loss.data, [want.loss], 1e-6)
      expectAll(got.slope.data, want.gradient, 1e-6)
    })

    it.each(Object.entries(golden.sampledSoftmax))('sampledSoftmax: %s', async (_, { loss, gradientOfQueries, gradientOfCandidates, ...sampled }) => {
      const got = await runSoftmax(sampled, on)
      expectAll(got.loss.data, [loss], 2e-6)
      expectAll(got.gradientOfQueries.data, gradientOfQueries, 1e-5)
      expectAll(got.gradientOfCandidates.data, gradientOfCandidates, 1e-5)
    })
  })
})
