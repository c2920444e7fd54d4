import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { dropColumnImportance, partialDependence, permutationImportance, seededRandom, segmentErrors, whatIf } from '../../src'
import type { DropColumnImportanceOptions, PermutationImportanceOptions, SegmentErrorsOptions } from '../../src'
import { shownRows } from './rows'

/** By scikit-learn, with the shuffles it drew: `golden/inspection.py`. */
interface Golden {
  readonly X: readonly (readonly [number, number, number])[]
  readonly y: readonly number[]
  readonly coefficients: readonly number[]
  readonly intercept: number
  readonly permutations: readonly (readonly (readonly number[])[])[]
  readonly importances: Readonly<Record<string, readonly (readonly number[])[]>>
  readonly grid: readonly number[]
  readonly average: readonly number[]
  readonly individual: readonly (readonly number[])[]
}
const golden: Golden = JSON.parse(readFileSync(new URL('./golden/inspection.json', import.meta.url), 'utf8'))
const table = golden.X.map(([a, b, c], i) => ({ a, b, c, y: golden.y[i] }))
type Row = (typeof table)[number]
const logistic = (rows: readonly Row[]) => rows.map(({ a, b, c }) =>
  1 / (1 + Math.exp(-(golden.intercept + a * golden.coefficients[0] + b * golden.coefficients[1] + c * golden.coefficients[2]))))
const names = ['a', 'b', 'c'] as const

describe('permutationImportance', () => {
  it.each(['auc', 'logLoss', 'averagePrecision'])('is scikit-learn’s on its own shuffles, by %s', async (measure) => {
    const { features } = await permutationImportance({
      rows: table, label: 'y', measure, features: [...names], score: logistic, repeats: 4,
      permutation: (feature, repeat) => golden.permutations[names.indexOf(feature as 'a')][repeat],
    })
    for (const { name, importance, low, high } of features) {
      const theirs = golden.importances[measure][names.indexOf(name as 'a')]
      expect(importance).toBeCloseTo(theirs.reduce((sum, one) => sum + one, 0) / 4, 12)
      expect(low).toBeLessThanOrEqual(importance)
      expect(high).toBeGreaterThanOrEqual(importance)
    }
  })

  it('gives nothing to what the model does not read, and the same each time', async () => {
    const options = { rows: table, label: 'y', measure: 'auc', features: ['a', 'c'], score: (rows: readonly Row[]) => rows.map(({ a }) => a), seed: 5 } satisfies PermutationImportanceOptions<Row>
    const { features, intervalOf } = await permutationImportance(options)
    expect(features.map(({ name }) => name)).toEqual(['a', 'c'])
    expect(features[1]).toMatchObject({ importance: 0, low: 0, high: 0 })
    expect(intervalOf).toBe('shuffles')
    expect((await permutationImportance(options)).features).toEqual(features)
    // What is drawn for one feature does not depend on the others.
    expect((await permutationImportance({ ...options, features: ['a'] })).features[0]).toEqual(features[0])
  })

  it('finds by groups what stand-ins hide', async () => {
    const random = seededRandom(1)
    const rows = Array.from({ length: 200 }, () => { const x = random.next(); return { x, copy: x, liked: random.next() < x } })
    const score = (some: readonly { x: number; copy: number }[]) => some.map(({ x, copy }) => Math.max(x, copy))
    const { features } = await permutationImportance({ rows, label: 'liked', measure: 'auc', score, features: ['x', 'copy', { name: 'both', columns: ['x', 'copy'] }] })
    expect(features[0].name).toBe('both')
    expect(features[0].importance).toBeGreaterThan(features[1].importance)
  })

  it('says what is wrong', async () => {
    const bad = (change: object) => permutationImportance({ rows: table, label: 'y', features: ['a'], score: logistic, ...change } as PermutationImportanceOptions<Row>)
    await expect(bad({ features: ['z'] })).rejects.toThrow('the column "z"')
    await expect(bad({ features: [] })).rejects.toMatchObject({ code: 'argument' })
    await expect(bad({ features: ['a', 'a'] })).rejects.toThrow('a name no other feature has')
    await expect(bad({ repeats: 0 })).rejects.toMatchObject({ code: 'argument' })
    await expect(bad({ measure: 'gauc' })).rejects.toThrow('`user`')
    await expect(bad({ score: () => [1] })).rejects.toMatchObject({ code: 'contract' })
    await expect(bad({ score: undefined })).rejects.toMatchObject({ code: 'argument' })
    await expect(bad({ score: (rows: readonly Row[]) => rows.map(() => NaN) })).rejects.toMatchObject({ code: 'data' })
    await expect(bad({ permutation: () => [0, 0] })).rejects.toThrow('each once')
    await expect(bad({ measure: 'auc', label: () => 1 })).rejects.toThrow('AUC has no value on these 60 rows: it takes both positive and negative rows')
  })
})

describe('dropColumnImportance', () => {
  it('is the difference between models, with its interval by user', async () => {
    const rows = shownRows(600, 'drop')
    const { features, intervalOf, base } = await dropColumnImportance({
      rows, label: 'liked', user: 'user', measure: 'auc', features: ['taste', 'topic'], resamples: 200,
      refit: async (without) => (some) => some.map((row) => (without.includes('taste') ? 0.5 : row.taste)),
    })
    expect(intervalOf).toBe('users')
    expect(features[0]).toMatchObject({ name: 'taste', importance: base - 0.5 })
    expect(features[0].low).toBeGreaterThan(0)
    expect(features[1]).toMatchObject({ name: 'topic', importance: 0, low: 0, high: 0 })
  })

  it('says what is wrong', async () => {
    const bad = (change: object) => dropColumnImportance({ rows: table, label: 'y', features: ['a'], refit: () => logistic, ...change } as DropColumnImportanceOptions<Row>)
    await expect(bad({ refit: undefined })).rejects.toMatchObject({ code: 'argument', message: expect.stringContaining('`refit`') })
    await expect(bad({ refit: () => 1 })).rejects.toMatchObject({ code: 'argument', message: expect.stringContaining('`score`') })
    await expect(bad({ resamples: 0 })).rejects.toMatchObject({ code: 'argument', message: expect.stringContaining('`resamples`') })
  })
})

describe('partialDependence', () => {
  it('is scikit-learn’s, with its individual curves', async () => {
    const { mean, individuals, rows } = await partialDependence({ rows: table, feature: 'a', grid: golden.grid, score: logistic, individuals: table.length })
    golden.average.forEach((value, g) => expect(mean[g]).toBeCloseTo(value, 12))
    golden.individual.forEach((line, i) => line.forEach((value, g) => expect(individuals[i][g]).toBeCloseTo(value, 12)))
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(60)
  })

  it('chooses quantiles of numbers and the commonest of names', async () => {
    const rows = shownRows(300, 'grid')
    const numbers = await partialDependence({ rows, feature: 'taste', score: (some) => some.map(({ taste }) => 2 * taste) })
    expect(numbers.grid).toHaveLength(20)
    numbers.grid.forEach((value, g) => expect(numbers.mean[g]).toBeCloseTo(2 * Number(value), 12))
    const topics = await partialDependence({ rows, feature: 'topic', score: (some) => some.map(({ topic }) => topic.length) })
    expect(topics.numeric).toBe(false)
    expect(new Set(topics.grid)).toEqual(new Set(['cats', 'tax', 'news']))
    expect(topics.rows.reduce((sum, count) => sum + count, 0)).toBe(300)
    const lists = await partialDependence({ rows: [{ g: ['x'] }, { g: ['x'] }, { g: [] }], feature: 'g', score: (some) => some.map(({ g }) => g.length) })
    expect(lists.mean).toEqual([1, 0])
    await expect(partialDependence({ rows: [{ g: null }], feature: 'g', score: () => [0] })).rejects.toMatchObject({ code: 'data' })
  })
})

describe('segmentErrors', () => {
  it('finds the part that is wrong, and none where nothing is', () => {
    const rows = shownRows(4000, 'errors')
    const probabilities = rows.map((row) => (row.topic === 'tax' ? Math.max(row.truth - 0.3, 0.01) : row.truth))
    const { segments, parts } = segmentErrors({ rows, label: 'liked', probabilities, columns: ['topic', 'taste'], user: 'user' })
    expect(parts).toBe(7)
    expect(segments[0]).toMatchObject({ column: 'topic', value: 'tax' })
    expect(segments[0].findings).toContain('promises too little')
    // Thirty of the sixty items are looked at, and the others counted.
    const items = new Set(rows.map(({ item }) => item)).size
    expect(segmentErrors({ rows, label: 'liked', probabilities, columns: ['item'], leastRows: 20 })).toMatchObject({ parts: 30, leftOut: items - 30 })
    let found = 0
    for (let seed = 0; seed < 30; seed++) {
      const some = shownRows(800, `fine ${seed}`)
      const fine = segmentErrors({ rows: some, label: 'liked', probabilities: some.map(({ truth }) => truth), columns: ['topic', 'item'], user: 'user', leastRows: 20 })
      found += fine.segments.some(({ findings }) => findings.some((one) => one.startsWith('promises'))) ? 1 : 0
    }
    expect(found).toBeLessThanOrEqual(5)
  })

  it('says what is wrong', () => {
    const rows = shownRows(10, 'bad')
    const bad = (change: object) => () => segmentErrors({ rows, label: 'liked', probabilities: rows.map(() => 0.5), columns: ['topic'], ...change } as SegmentErrorsOptions<(typeof rows)[0]>)
    expect(bad({ probabilities: rows.map(() => 2) })).toThrow('a probability between 0 and 1')
    expect(bad({ probabilities: [0.5] })).toThrow('one for each of 10 rows')
    expect(bad({ columns: [] })).toThrow('columns')
    expect(bad({ columns: ['colour'] })).toThrow('colour')
    expect(bad({})().segments).toEqual([])
  })
})

describe('whatIf', () => {
  it('tells each change alone and all together', async () => {
    const result = await whatIf({ row: { a: 1, b: 2 }, changes: { a: 3, b: 5 }, score: (rows) => rows.map(({ a, b }) => a * b) })
    expect(result).toEqual({
      score: 2, changed: 15, difference: 13, together: 6,
      changes: [{ column: 'a', from: 1, to: 3, score: 6, difference: 4 }, { column: 'b', from: 2, to: 5, score: 5, difference: 3 }],
    })
    await expect(whatIf({ row: { a: 1 }, changes: {}, score: () => [1, 1] })).rejects.toThrow('at least one change')
    await expect(whatIf({ row: { a: 1 } as { a: number; c?: number }, changes: { c: 1 }, score: () => [1, 1] })).rejects.toThrow('columns that the row has (a)')
  })
})
