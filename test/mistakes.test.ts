/** What a hurried person gets wrong: each mistake is named at once, by an error that says what was expected and what came. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  FeedrankError, MixerPipeline, TwoTower, WideAndDeep, ageFilter, auc, binary, bootstrapDifference, bootstrapInterval, categorical, collectTables, createPredictor,
  defineFeatures, evaluate, exactIndex, fit, fresh, freshness, fromList, functionScorer, inNetwork, inferSpec, javascriptBackend, leaveOneOut, loadModel,
  maximalMarginalRelevance, modelContender, modelScorer, numeric, predict, readCsv, saveModel, splitByTime, splitByUserTime, tableOf, usearchIndex,
} from '../src'
import type { Scorer } from '../src'
import { rejected } from './models/caught'

const backend = javascriptBackend()
const rows = Array.from({ length: 12 }, (_, i) => ({ user: `u${i % 3}`, price: i, clicked: i % 2 }))
const declared = defineFeatures({ features: { user: categorical({ scope: 'user' }), price: numeric({ scope: 'item' }) }, labels: { clicked: binary() } })
const spec = declared.fit(rows)
const encoded = spec.encode(rows, { labels: true })
const modelOf = () => new WideAndDeep(spec, { hidden: [4] })

const towers = () => new TwoTower(spec, { hidden: [4], dim: 2 })
const items = spec.encode(rows, { scopes: ['item'] })
const queries = spec.encode(rows, { scopes: ['user'] })

/** A value the compiler would refuse, as it comes from plain JavaScript or from a database. */
const untyped = <T>(value: unknown): T => value as T

async function refused(mistake: () => unknown, message: string): Promise<void> {
  const error = await rejected(async () => mistake())
  expect(FeedrankError.isInstance(error), String(error)).toBe(true)
  expect((error as Error).message).toContain(message)
}

describe('data and models', () => {
  it.each<readonly [string, () => unknown, string]>([
    ['no options: splitByTime', () => splitByTime([{ at: 1 }], untyped(undefined)), 'feedrank/splitByTime: expected `options` to be an object of options, got undefined'],
    ['no options: splitByUserTime', () => splitByUserTime([{ at: 1 }], untyped(null)), 'feedrank/splitByUserTime: expected `options`'],
    ['no options: leaveOneOut', () => leaveOneOut([{ at: 1 }], untyped(undefined)), 'feedrank/leaveOneOut: expected `options`'],
    ['no rows', () => splitByTime([], untyped({ timestamp: 'at', fractions: [0.8, 0.1, 0.1] })), 'feedrank/splitByTime: expected `rows` to be at least one row, got none'],
    ['no rows to fit', () => declared.fit([]), 'feedrank/fit: expected `rows` to be at least one row, got none'],
    ['no features', () => defineFeatures({ features: {} }), 'expected `features` to be at least one feature, got none'],
    ['encoded rows that are not wrapped', () => fit(modelOf(), untyped(encoded), { backend }), 'expected `data` to be { rows, validation }, got encoded rows themselves'],
    ['labels forgotten', () => fit(modelOf(), { rows: spec.encode(rows) }, { backend }), 'encode with { labels: true }'],
    ['heads as a list', () => new WideAndDeep(spec, { heads: untyped(['clicked']) }), '`heads` to be options by label name, got an array of 1'],
    ['early stopping as a flag', () => fit(modelOf(), { rows: encoded }, { backend, earlyStopping: untyped(true) }), '`earlyStopping` to be an object of options, got true'],
    ['a plateau as a flag', () => fit(modelOf(), { rows: encoded }, { backend, reduceOnPlateau: untyped(true) }), '`reduceOnPlateau` to be an object of options, got true'],
    ['batches of one row under batch normalisation', () => fit(new WideAndDeep(spec, { hidden: [4, 4] }), { rows: encoded }, { backend, batchSize: 1 }), 'expected batches of at least two rows'],
    ['one row under batch normalisation', () => fit(new WideAndDeep(spec, { hidden: [4, 4] }), { rows: spec.encode(rows.slice(0, 1), { labels: true }) }, { backend }), 'set `batchNorm: false`'],
    ['batches without a negative', () => fit(towers(), { items, queries, positives: new Int32Array(12) }, { backend, batchSize: 1 }), 'expected batches with at least one negative'],
    ['item ids in place of row numbers', () => fit(towers(), { items, queries, positives: untyped<Int32Array>(['7']) }, { backend }), '`positives (train)` to be an Int32Array of row numbers of `items`, got an array of 1'],
    ['a spec in place of a model', () => fit(untyped<WideAndDeep>(spec), { rows: encoded }, { backend }), 'feedrank/fit: expected `model` to be a model that can be trained, such as a WideAndDeep, got an object'],
    ['a measure that needs validation', () => fit(modelOf(), { rows: encoded }, { backend, earlyStopping: { metric: 'auc:clicked' } }), '`earlyStopping.metric` to be one of the measures loss (others need `validation` data), got "auc:clicked"'],
    ['a model nobody awaited', () => predict(untyped(Promise.resolve(modelOf())), encoded, { backend }), '`model` to be a model, such as a WideAndDeep, got an object (Promise)'],
    ['a backend nobody awaited', () => createPredictor(modelOf(), 'score', untyped(Promise.resolve(backend))), '`backend` to be a backend, as `await loadBackend()` gives it, got an object (Promise)'],
    ['a table nobody awaited', () => tableOf(untyped(collectTables(readCsv('a\n1\n')))), 'feedrank/tableOf: expected `data` to be an array of objects, or an object of columns, got an object (Promise); is an `await` missing?'],
    ['a draft of a table nobody awaited', () => inferSpec(untyped(collectTables(readCsv('a\n1\n'))), { labels: [] }), 'got an object (Promise); is an `await` missing?'],
    ['a reader nobody read', () => splitByTime(untyped<{ at: number }[]>(readCsv('at\n1\n')), { timestamp: 'at', fractions: [1, 0, 0] }), 'an async iterable; read it first, tables by `await collectTables(…)`'],
    ['a set for columns', () => tableOf(untyped(new Set([1]))), 'or an object of columns, got an object (Set)'],
    ['a table where rows are evaluated', () => evaluate({ rows: untyped<typeof rows>(tableOf(rows)), label: 'clicked', contenders: [{ name: 'ours', score: () => 1 }] }), 'feedrank/evaluate: expected `rows` to be an array of rows, got a table; give [...rowsOf(table)]'],
    ['a calibrator in place of its function', () => modelContender({ name: 'ours', model: modelOf(), encode: () => encoded, calibrate: untyped({ apply: () => [] }) }), '`calibrate` to be a function of scores, such as `platt.apply`, got an object (Object)'],
    ['no backend', () => createPredictor(modelOf(), 'score', untyped(undefined)), '`backend` to be a backend'],
    ['an index of nothing', () => exactIndex(untyped(undefined)), 'feedrank/exactIndex: expected `options` to be an object with `dim`, got undefined'],
    ['an approximate index of nothing', () => usearchIndex(untyped(undefined)), 'feedrank/usearchIndex: expected `options` to be an object with `dim`'],
    ['no input: MMR', () => maximalMarginalRelevance(untyped(undefined)), 'feedrank/maximalMarginalRelevance: expected `options`'],
    ['no input: interval', () => bootstrapInterval(untyped(undefined)), 'feedrank/bootstrapInterval: expected `input`'],
    ['no input: difference', () => bootstrapDifference(untyped(undefined)), 'feedrank/bootstrapDifference: expected `input`'],
    ['no labels', () => bootstrapInterval({ labels: untyped(undefined), scores: [1], metric: auc }), '`labels` to be an array or typed array of numbers, got undefined'],
  ])('%s', (_, mistake, message) => refused(mistake, message))
})

describe('components', () => {
  type Item = { readonly id: number; readonly at: string }
  const items: Item[] = [{ id: 1, at: '2025-01-01T00:00:00Z' }, { id: 2, at: '2025-01-02T00:00:00Z' }]
  const createdAt = (c: Item) => untyped<number>(c.at)
  const start = () => MixerPipeline.for<object, Item>({ name: 'feed' })
  const run = (scorer: Scorer<object, Item>) => start().source(fromList('all', items)).score(scorer).build().run({})

  it('dates as text: where nothing may fail, the request does', async () => {
    await refused(() => run(freshness({ createdAt, tauMs: 1000 })), 'feedrank/freshness: expected `createdAt(candidate)` to be ms since 1970 or a Date, got "2025-01-01T00:00:00Z"')
    const filtered = start().source(fromList('all', items)).filter(ageFilter({ createdAt, maxAgeMs: 1000 })).build()
    await refused(() => filtered.run({}), 'feedrank/ageFilter: expected `createdAt(candidate)` to be ms since 1970 or a Date')
  })

  it('dates as text: a source is skipped, and the trace says why', async () => {
    for (const source of [fresh({ items, createdAt }), inNetwork({ follows: () => ['ada'], latest: () => items, createdAt })]) {
      const { trace, selected } = await start().source(source, fromList('other', items)).build().run({})
      expect(trace.stages[0].components[0].error).toContain('to be ms since 1970 or a Date')
      expect(selected.length).toBe(2)
    }
  })

  it('a moment that is not known, ms and Dates are no mistake', async () => {
    const times = [undefined, null, 0, new Date(0), NaN]
    const list = times.map((at, id) => ({ id, at: untyped<string>(at) }))
    const { selected } = await start().source(fromList('all', list)).score(functionScorer('one', () => 1), freshness({ createdAt, tauMs: 10 })).build().run({}, { now: 0 })
    expect(selected.map(({ id, score }) => [id, score]).sort()).toEqual([[0, 1], [1, 1], [2, 2], [3, 2], [4, 1]])
  })

  it('a score that is a promise or text; one that is missing ranks last', async () => {
    await refused(() => run(functionScorer('model', () => untyped(Promise.resolve(1)))), 'feedrank/functionScorer: expected `score(candidate)` to be a number, got an object (Promise)')
    await refused(() => run(functionScorer('model', () => untyped('3'))), '`score(candidate)` to be a number, got "3"')
    for (const missing of [undefined, null]) {
      const { selected, trace } = await run(functionScorer('model', (c) => untyped(c.id === 1 ? missing : -5)))
      expect(selected.map((item) => item.id)).toEqual([2, 1])
      expect(trace.stages[1].components[0].nonFinite).toBe(1)
    }
  })

  it('a model scorer whose predictor nobody awaited, or whose head does not exist', async () => {
    const row = () => ({ user: 'u1', price: 3 })
    const encode = (list: readonly { user: string; price: number }[]) => spec.encode(list)
    const pending = createPredictor(modelOf(), 'score', backend)
    await refused(() => modelScorer({ predictor: untyped(pending), row, encode, score: ({ clicked }) => clicked }), '`predictor` to be a predictor, as `await createPredictor(…)` gives it, got an object (Promise)')
    const predictor = await pending
    await refused(() => run(modelScorer({ predictor, row, encode, score: ({ liked }) => liked })), '`score(heads)` to be a number made of the heads clicked, got undefined')
  })
})

describe('a model file', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'feedrank-mistakes-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('holds all that a service needs: what it loads encodes rows, and names what is wrong with them', async () => {
    const model = modelOf()
    await saveModel(model, folder)
    const loaded = await loadModel(folder, { kind: 'WideAndDeep' })
    const one = [{ user: 'u1', price: 3 }]
    const scores = await predict(loaded, loaded.spec.encode(one), { backend })
    expect(scores).toEqual(await predict(model, spec.encode(one), { backend }))
    await refused(() => loaded.spec.encode([{ usr: 'u1', price: 3 }]), '`rows[0].user` to be there, got a row with usr, price')
  })
})
