import { describe, expect, it } from 'vitest'
import { auc, bootstrapDifference, bootstrapInterval, evaluate, expectedCalibrationError, gauc, logLoss, meanNdcg, ndcg, normalizedEntropy } from '../../src'
import type { EvaluateOptions, Evaluation } from '../../src'
import { shownRows } from './rows'
import type { Shown } from './rows'

const train = shownRows(1500, 'train')
const rows = shownRows(800, 'test', 1500)
const base = {
  rows, train, label: 'liked', grade: 'stars', user: 'user', item: 'item', timestamp: 'at', seed: 7, resamples: 200,
  contenders: [{ name: 'Truth', score: (row: Shown) => row.truth }, { name: 'Taste', scores: rows.map((row) => row.taste) }],
} satisfies EvaluateOptions<Shown>

const labels = rows.map((row) => Number(row.liked))
const truth = rows.map((row) => row.truth)
const taste = rows.map((row) => row.taste)
const groups = { ids: rows.map((row) => row.user) }
const of = (evaluation: Evaluation, name: string) => evaluation.contenders.find((one) => one.name === name)!
const measured = (evaluation: Evaluation, name: string, measure: string) => of(evaluation, name).measures.find((one) => one.measure === measure)!

describe('evaluate', () => {
  it('measures as the metrics do, with the intervals and differences of the bootstrap by user', async () => {
    const evaluation = await evaluate(base)
    expect(measured(evaluation, 'Truth', 'auc').value).toBe(auc(labels, truth))
    expect(measured(evaluation, 'Truth', 'gauc').value).toBe(gauc(labels, truth, groups))
    expect(measured(evaluation, 'Truth', 'normalizedEntropy').value).toBe(normalizedEntropy(labels, truth))
    expect(measured(evaluation, 'Truth', 'ndcg@10').value).toBeCloseTo(meanNdcg(rows.map((row) => row.stars), truth, groups, { k: 10 }), 14)
    for (const [name, metric, options, judged] of [
      ['auc', auc, {}, labels], ['logLoss', logLoss, {}, labels], ['ece', expectedCalibrationError, {}, labels], ['normalizedEntropy', normalizedEntropy, {}, labels],
      ['ndcg@10', ndcg, { k: 10 }, rows.map((row) => row.stars)],
    ] as const) {
      const { value, low, high } = bootstrapInterval({ labels: judged, scores: truth, metric: metric as typeof auc, options, groups, seed: 7, resamples: 200 })
      const ours = measured(evaluation, 'Truth', name)
      expect(ours.value).toBeCloseTo(value, 12)
      expect(ours.low).toBeCloseTo(low, 12)
      expect(ours.high).toBeCloseTo(high, 12)
      const paired = bootstrapDifference({ labels: judged, a: truth, b: taste, metric: metric as typeof auc, options, groups, seed: 7, resamples: 200 })
      const against = of(evaluation, 'Taste').against!.find((one) => one.measure === name)!
      expect(against.difference).toBeCloseTo(paired.difference, 12)
      expect(against.low).toBeCloseTo(paired.low, 12)
      expect(against.high).toBeCloseTo(paired.high, 12)
    }
    expect(of(evaluation, 'Taste').against!.find(({ measure }) => measure === 'auc')!.standing).toBe('ahead')
  })

  it('adds the baselines that the columns allow, and says where they have no probability', async () => {
    const evaluation = await evaluate(base)
    expect(evaluation.contenders.map(({ name, role }) => `${name} ${role}`)).toEqual(
      ['Truth ours', 'Taste rival', 'Random baseline', 'Popularity baseline', 'Recency baseline'])
    expect(measured(evaluation, 'Random', 'auc').value).toBeCloseTo(0.5, 1)
    expect(measured(evaluation, 'Random', 'logLoss')).toEqual({ measure: 'logLoss', value: null, low: null, high: null, note: 'the scores are no probabilities' })
    expect(measured(evaluation, 'Popularity', 'logLoss').value).toBeGreaterThan(0)
    const bare = await evaluate({ rows, label: 'liked', contenders: base.contenders, resamples: 20 })
    expect(bare.contenders.map(({ name }) => name)).toEqual(['Truth', 'Taste', 'Random'])
    const none = await evaluate({ ...base, contenders: [{ name: 'Random', score: () => 0.5 }], baselines: ['random'], resamples: 20 })
    expect(none.contenders.map(({ name }) => name)).toEqual(['Random', 'Random (baseline)'])
  })

  it('calibrates popularity whatever the order of the rows, and never against its own order', async () => {
    const history = (count: number, itemOf: (i: number) => number, likedOf: (i: number) => boolean) =>
      Array.from({ length: count }, (_, i) => ({ user: i % 50, item: itemOf(i), at: i, liked: likedOf(i) }))
    const test = history(400, (i) => i % 20, (i) => (i * 7) % 20 < i % 20)
    const popularityAfter = async (past: typeof test) => {
      const evaluation = await evaluate({
        rows: test.map((row) => ({ ...row, at: row.at + 1e6 })), train: past, label: 'liked', user: 'user', item: 'item', timestamp: 'at', resamples: 0,
        contenders: [{ name: 'More', score: ({ item }) => item }], measures: ['auc', 'calibrationRatio'], baselines: ['popularity'],
      })
      const { value } = measured(evaluation, 'Popularity', 'calibrationRatio')
      return { auc: measured(evaluation, 'Popularity', 'auc').value, ratio: value }
    }
    // Every second row is liked: what every second row says is not what all of them say.
    const turns = await popularityAfter(history(7000, (i) => Math.floor(20 * (((i * 137) % 7000) / 7000) ** (i % 2 === 1 ? 0.5 : 1)), (i) => i % 2 === 1))
    expect(turns.ratio).toBeGreaterThan(0.5)
    expect(turns.ratio).toBeLessThan(2)
    // Items alike but for the one that is liked a little more.
    const alike = await popularityAfter(history(3000, (i) => i % 20, (i) => Math.floor(i / 20) % 2 === 1 || (i % 20 === 19 && i < 20)))
    expect(alike.ratio).toBeNull()
    expect(alike.auc).toBeGreaterThan(0.5)
    // One like among many rows, which a part of them may lack; and none.
    for (const likes of [1, 0]) expect((await popularityAfter(history(9000, (i) => i % 20, (i) => i < likes))).ratio).toBeNull()
  })

  it('says which segments it left out', async () => {
    const { segments, notes } = await evaluate({ ...base, usualSegments: false, segments: [{ by: 'item', most: 5 }, { by: 'topic' }], resamples: 0 })
    expect(segments.length).toBe(8)
    const parts = new Set(rows.map(({ item }) => item)).size
    expect(notes.filter((note) => note.includes('left out'))).toEqual([`Of the segments by item, the smallest ${parts - 5} were left out.`])
  })

  it('is the same each time, and the same with progress', async () => {
    const stages: string[] = []
    const [one, other] = [await evaluate(base), await evaluate({ ...base, onProgress: ({ stage }) => stages.push(stage) })]
    expect(other).toEqual(one)
    expect(JSON.parse(JSON.stringify(one))).toEqual(one)
    expect(new Set(stages)).toEqual(new Set(['scoring', 'resampling', 'done']))
  })

  it('holds users, items and any column apart', async () => {
    const late = shownRows(800, 'more', 1500).map((row, i) => (i % 4 === 0 ? { ...row, user: `new${i % 60}` } : row))
    const evaluation = await evaluate({
      ...base, rows: late, contenders: [base.contenders[0], { name: 'Flat', score: () => 0.5 }], segments: [{ by: 'topic' }, { name: 'odd', where: (row) => row.at % 2 === 1 }],
    })
    const segments = evaluation.segments.map(({ group, name, rows: count }) => ({ group, name, count }))
    expect(segments.map(({ group }) => group)).toEqual(expect.arrayContaining(['Users', 'Items', 'topic', 'odd']))
    expect(segments.find(({ name }) => name === 'new users')!.count).toBe(200)
    for (const group of ['Users', 'topic']) expect(segments.filter((one) => one.group === group).reduce((sum, { count }) => sum + count, 0)).toBe(800)
    const cats = late.filter((row) => row.topic === 'cats')
    expect(evaluation.segments.find(({ name }) => name === 'cats')!.ours[0].value).toBe(auc(cats.map((row) => Number(row.liked)), cats.map((row) => row.truth)))
    expect(evaluation.reference).not.toBe('Truth')
  })

  it('corrects p-values by measure, so that none is smaller than before', async () => {
    const evaluation = await evaluate(base)
    for (const { against } of evaluation.contenders.slice(1)) for (const { pValue, corrected } of against!) if (pValue !== null) expect(corrected!).toBeGreaterThanOrEqual(pValue)
  })

  it('finds no winner where both are the same, in nearly all of many tries', async () => {
    let claims = 0
    for (let seed = 0; seed < 40; seed++) {
      const some = shownRows(300, `same ${seed}`)
      const { contenders } = await evaluate({
        rows: some, label: 'liked', user: 'user', measures: ['auc'], baselines: [], seed, resamples: 200,
        contenders: ['a', 'b', 'c'].map((name, i) => ({ name, score: (row: Shown) => row.taste + 0.3 * Math.sin(1e4 * (row.at + 1) * (i + 1) * 1.7) })),
      })
      claims += contenders.slice(1).filter(({ against }) => against![0].standing !== 'undecided').length > 0 ? 1 : 0
    }
    expect(claims).toBeLessThanOrEqual(6)
  })

  it('refuses a test part that training knew, or flags it', async () => {
    await expect(evaluate({ ...base, train: [...train, rows[0]] })).rejects.toThrow(/1 training row is not before the first test row.*1 row stands in both parts.*1 test row has the user, item and moment/)
    const flagged = await evaluate({ ...base, train: [...train, rows[0]], leakage: 'flag', resamples: 20 })
    expect(flagged.leaks.map(({ kind, count }) => `${kind} ${count}`)).toEqual(['time 1', 'rows 1', 'events 1'])
    const ids = await evaluate({ ...base, id: (row) => row.at % 1500, leakage: 'flag', resamples: 20 })
    expect(ids.leaks).toEqual([{ kind: 'ids', count: 800, message: '800 test rows have the id of a training row' }])
    const knows = await evaluate({ ...base, contenders: [{ name: 'Knows', score: (row) => Number(row.liked) }], resamples: 20 })
    expect(knows.leaks[0].message).toContain('does a feature know the label?')
  })

  it('has a note for all that has no value, and no NaN', async () => {
    const one = await evaluate({ rows: rows.slice(0, 1), label: () => 1, contenders: [{ name: '__proto__', score: () => Infinity }, { name: 'constructor', score: () => 1 }] })
    const text = JSON.stringify(one)
    expect(text).not.toMatch(/NaN|Infinity/)
    for (const { measures } of one.contenders) for (const { value, note } of measures) if (value === null) expect(note).toBeTruthy()
    expect(measured(one, 'constructor', 'logLoss').note).toBe('one row is too few for an interval')
    const few = await evaluate({ rows: rows.slice(0, 300), label: 'liked', user: (row) => row.user.length, contenders: base.contenders.slice(0, 1), baselines: [] })
    expect(few.contenders[0].measures[0]).toMatchObject({ low: null, high: null, note: '2 users are too few for an interval' })
  })

  it('takes measures of your own beside those named', async () => {
    const hits = { name: 'share', better: 'higher' as const, metric: (given: ArrayLike<number>, scores: ArrayLike<number>, { weights }: { weights: ArrayLike<number> }) => {
      let [hit, all] = [0, 0]
      for (let i = 0; i < given.length; i++) if (scores[i] > 0.5) { hit += weights[i] * given[i]; all += weights[i] }
      return all > 0 ? hit / all : NaN
    } }
    const evaluation = await evaluate({ ...base, measures: [hits, 'mrr', 'recall@5', { name: 'top', better: 'higher', metric: ndcg, options: { k: 1 } }] })
    expect(evaluation.measures.map(({ label }) => label)).toEqual(['share', 'MRR', 'Recall@5', 'top'])
    expect(measured(evaluation, 'Truth', 'share').low).toBeLessThan(measured(evaluation, 'Truth', 'share').value!)
  })

  it('says what is wrong', async () => {
    const bad = (change: object) => evaluate({ ...base, ...change } as EvaluateOptions<Shown>)
    await expect(bad({ rows: [] })).rejects.toMatchObject({ code: 'data' })
    await expect(bad({ contenders: [] })).rejects.toMatchObject({ code: 'argument' })
    await expect(bad({ segments: 'topic' })).rejects.toMatchObject({ code: 'argument' })
    await expect(bad({ contenders: [{ name: 'x', score: () => NaN }] })).rejects.toThrow('feedrank/evaluate: expected "x" to score rows[0] with a number, got NaN')
    await expect(bad({ contenders: [{ name: 'x', scores: [1] }] })).rejects.toMatchObject({ code: 'contract' })
    await expect(bad({ contenders: [{ name: 'x' }] })).rejects.toThrow('to have one of `score`, `scoreAll`, `scores`, `module`, got none')
    await expect(bad({ contenders: [{ name: 'x', score: () => 0 }, { name: 'x', score: () => 0 }] })).rejects.toThrow('a name no other contender has')
    await expect(bad({ label: 'likd' })).rejects.toThrow('rows[0].likd')
    await expect(bad({ label: 'stars' })).rejects.toThrow(/rows\[\d+\]\.stars/)
    await expect(bad({ measures: ['acu'] })).rejects.toThrow('measures[0]')
    await expect(bad({ measures: ['auc', 'auc'] })).rejects.toThrow('names of their own')
    await expect(bad({ measures: ['ndcg@0'] })).rejects.toMatchObject({ code: 'argument' })
    await expect(bad({ inUse: 'Truth' })).rejects.toThrow('inUse')
    await expect(bad({ baselines: ['chance'] })).rejects.toThrow('baselines')
    await expect(bad({ contenders: [{ name: 'x', score: 3 }] })).rejects.toThrow('expected `score of "x"` to be a function, got 3')
    await expect(bad({ resamples: 3 })).rejects.toThrow('0 for no intervals, or at least 20')
    await expect(bad({ train: [{ ...rows[0], at: 0, liked: 'yes' }] })).rejects.toThrow('feedrank/evaluate/train: expected `rows[0].liked`')
    await expect(bad({ level: 1 })).rejects.toThrow('level')
    await expect(bad({ segments: [{ by: 'nothing' }] })).rejects.toThrow('nothing')
    await expect(bad({ timestamp: () => NaN })).rejects.toMatchObject({ code: 'data' })
    await expect(bad({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
  })

  it('has values alone where no intervals are wanted, and settles nothing by them', async () => {
    const { contenders } = await evaluate({ ...base, resamples: 0, contenders: [{ name: 'Truth', score: (row: Shown) => row.truth, scores: undefined } as never, base.contenders[1]] })
    expect(contenders[0].measures[0]).toEqual({ measure: 'auc', value: auc(labels, truth), low: null, high: null })
    expect(contenders[1].against![0]).toMatchObject({ low: null, pValue: null, corrected: null, standing: 'unmeasured' })
  })

  it('ends where it is aborted on the way', async () => {
    const controller = new AbortController()
    await expect(evaluate({ ...base, signal: controller.signal, onProgress: ({ stage }) => { if (stage === 'resampling') controller.abort(new Error('enough')) } })).rejects.toThrow('enough')
  })
})

describe('workers', () => {
  const module = (name: string) => ({ name, module: { url: new URL('./fixtures/score.mjs', import.meta.url), name } })
  const many = shownRows(9000, 'many')
  const run = (name: string, workers: number) => evaluate({ rows: many, label: 'liked', user: 'user', contenders: [module(name)], measures: ['auc'], workers, resamples: 20 })

  it('change no digit, however many there are', async () => {
    const here = await evaluate({ rows: many, label: 'liked', user: 'user', contenders: [{ name: 'score', score: (row) => row.taste * 0.1 + 1 / 3 }], measures: ['auc'], resamples: 20 })
    expect(await run('score', 1)).toEqual(here)
    expect(await run('score', 3)).toEqual(here)
  })

  it('end where the evaluation is aborted', async () => {
    const controller = new AbortController()
    const running = evaluate({ rows: many, label: 'liked', contenders: [module('hangs')], measures: ['auc'], workers: 2, signal: controller.signal })
    setTimeout(() => controller.abort(new Error('enough')), 100)
    await expect(running).rejects.toThrow('enough')
  })

  it('that fail, die or give too little are typed errors', async () => {
    await expect(run('fails', 2)).rejects.toMatchObject({ code: 'backend', message: 'feedrank/evaluate: a worker scoring for "fails" failed: no such feature' })
    await expect(run('dies', 2)).rejects.toMatchObject({ code: 'backend', message: 'feedrank/evaluate: a worker scoring for "dies" ended before its work, with code 7' })
    await expect(run('few', 2)).rejects.toMatchObject({ code: 'contract' })
    await expect(run('nothing', 2)).rejects.toMatchObject({ code: 'backend' })
    const unclonable = many.map((row) => ({ ...row, f: () => 0 }))
    await expect(evaluate({ rows: unclonable, label: 'liked', contenders: [module('score')], measures: ['auc'] })).rejects.toThrow('cannot be cloned')
  })
})
