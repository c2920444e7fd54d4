/**
 * Bad input to everything `feedrank/metrics` exports: each is a typed error or a documented value, never a NaN without a word.
 * A new export that has no line in these tables fails the first test.
 */
import * as metrics from 'feedrank/metrics'
import { describe, expect, test } from 'vitest'
import { FeedrankError } from '../../src/errors'

type Options = { [name: string]: unknown }
type Columns = (labels: unknown, scores: unknown, options?: unknown) => unknown
const untyped = <T>(value: unknown) => value as T

/** What a metric gives where it has no value by default: a number it documents, or an error. */
type Value = number | 'error'

const call = (metric: unknown, required: Options = {}): Columns => (labels, scores, options) =>
  untyped<Columns>(metric)(labels, scores, options === null || typeof options === 'string' ? options : { ...required, ...untyped<Options>(options) })

/** Metrics over rows of labels 0 and 1: their value where all labels are 0, and where all are 1. */
const binary: { readonly [name: string]: readonly [metric: Columns, negatives: Value, positives: Value] } = {
  auc: [call(metrics.auc), 'error', 'error'],
  averagePrecision: [call(metrics.averagePrecision), 'error', 1],
  kolmogorovSmirnov: [call(metrics.kolmogorovSmirnov), 'error', 'error'],
  accuracy: [call(metrics.accuracy), 0.5, 0.5],
  lift: [call(metrics.lift, { share: 0.5 }), 'error', 1],
  precisionAtRecall: [call(metrics.precisionAtRecall, { recall: 0.5 }), 'error', 1],
  recallAtPrecision: [call(metrics.recallAtPrecision, { precision: 0.5 }), 'error', 1],
}
const probabilistic: typeof binary = {
  logLoss: [call(metrics.logLoss), (-Math.log(0.75) - Math.log(0.5)) / 2, (-Math.log(0.25) - Math.log(0.5)) / 2],
  brierScore: [call(metrics.brierScore), (0.0625 + 0.25) / 2, (0.5625 + 0.25) / 2],
  normalizedEntropy: [call(metrics.normalizedEntropy), 'error', 'error'],
  relativeCrossEntropy: [call(metrics.relativeCrossEntropy), 'error', 'error'],
  expectedCalibrationError: [call(metrics.expectedCalibrationError), 0.375, 0.625],
  maximumCalibrationError: [call(metrics.maximumCalibrationError), 0.5, 0.75],
  calibrationRatio: [call(metrics.calibrationRatio), 'error', 0.375],
}
/** Curves and groups have no one number: what they return without rows. */
const curves: { readonly [name: string]: readonly [metric: Columns, empty: 'error' | readonly never[]] } = {
  rocCurve: [call(metrics.rocCurve), 'error'],
  precisionRecallCurve: [call(metrics.precisionRecallCurve), 'error'],
  reliabilityCurve: [call(metrics.reliabilityCurve), []],
  aucPerGroup: [(labels, scores, options) => metrics.aucPerGroup(untyped(labels), untyped(scores), { ids: untyped<number[]>(labels)?.map?.(() => 1) ?? [] }, untyped(options)), []],
  gauc: [(labels, scores, options) => metrics.gauc(untyped(labels), untyped(scores), { ids: untyped<number[]>(labels)?.map?.(() => 1) ?? [] }, untyped(options)), 'error'],
}
const regression = { meanAbsoluteError: metrics.meanAbsoluteError, rootMeanSquaredError: metrics.rootMeanSquaredError, rSquared: metrics.rSquared, explainedVariance: metrics.explainedVariance }
const correlations = { spearman: metrics.spearman, kendallTau: metrics.kendallTau }
/** Metrics of one list: their value where nothing is relevant is 0, or what `noRelevant` says. */
const lists: { readonly [name: string]: Columns } = {
  bpref: call(metrics.bpref), expectedReciprocalRank: call(metrics.expectedReciprocalRank), fScore: call(metrics.fScore), hitRate: call(metrics.hitRate),
  inferredAveragePrecision: call(metrics.inferredAveragePrecision), interpolatedPrecision: call(metrics.interpolatedPrecision, { recall: 0.5 }),
  listAveragePrecision: call(metrics.listAveragePrecision), listPrecision: call(metrics.listPrecision), listRecall: call(metrics.listRecall),
  ndcg: call(metrics.ndcg), rankBiasedPrecision: call(metrics.rankBiasedPrecision), reciprocalRank: call(metrics.reciprocalRank),
  relativePrecision: call(metrics.relativePrecision), rPrecision: call(metrics.rPrecision),
}
const unnormalized: typeof lists = { dcg: call(metrics.dcg), judgedShare: call(metrics.judgedShare) }
const deep = ['bpref', 'inferredAveragePrecision', 'interpolatedPrecision']

type Grouped = (labels: unknown, scores: unknown, groups: unknown, options?: unknown) => unknown
const grouped: { readonly [name: string]: Grouped } = {
  meanNdcg: untyped(metrics.meanNdcg), meanReciprocalRank: untyped(metrics.meanReciprocalRank), meanAveragePrecision: untyped(metrics.meanAveragePrecision),
  meanOverLists: (labels, scores, groups, options) => metrics.meanOverLists(metrics.hitRate, untyped(labels), untyped(scores), untyped(groups), untyped(options)),
}
const retrieval = { hitRateAtK: metrics.hitRateAtK, precisionAtK: metrics.precisionAtK, recallAtK: metrics.recallAtK }
const same = () => 0.5
/** Metrics over recommended lists: without lists each is undefined. */
const recommended: { readonly [name: string]: (lists: unknown, options?: Options) => unknown } = {
  catalogueCoverage: (lists, options) => metrics.catalogueCoverage(untyped(lists), untyped<unknown[]>(lists).length ? ['a'] : [], options),
  userCoverage: (lists, options) => metrics.userCoverage(untyped(lists), options),
  exposureEntropy: (lists, options) => metrics.exposureEntropy(untyped(lists), options),
  exposureFairness: (lists, options) => metrics.exposureFairness(untyped(lists), String, options),
  novelty: (lists, options) => metrics.novelty(untyped(lists), new Map([['a', 1]]), options),
  personalization: (lists, options) => metrics.personalization(untyped(lists), options),
  intraListDiversity: (lists, options) => metrics.intraListDiversity(untyped(lists), same, options),
  serendipity: (lists, options) => metrics.serendipity({ lists: untyped(lists), histories: untyped(lists), similarity: same }, options),
}
const streaming = {
  accuracyMetric: metrics.accuracyMetric, aucMetric: metrics.aucMetric, averagePrecisionMetric: metrics.averagePrecisionMetric, brierScoreMetric: metrics.brierScoreMetric,
  calibrationRatioMetric: metrics.calibrationRatioMetric, expectedCalibrationErrorMetric: metrics.expectedCalibrationErrorMetric, gaucMetric: metrics.gaucMetric,
  logLossMetric: metrics.logLossMetric, maximumCalibrationErrorMetric: metrics.maximumCalibrationErrorMetric, meanAbsoluteErrorMetric: metrics.meanAbsoluteErrorMetric,
  normalizedEntropyMetric: metrics.normalizedEntropyMetric, relativeCrossEntropyMetric: metrics.relativeCrossEntropyMetric,
  rootMeanSquaredErrorMetric: metrics.rootMeanSquaredErrorMetric, rowsMetric: () => metrics.rowsMetric('auc', metrics.auc),
  listMeanMetric: () => metrics.listMeanMetric(metrics.ndcg),
}
const paired = { pairedTTest: metrics.pairedTTest, wilcoxonSignedRank: metrics.wilcoxonSignedRank, permutationTest: metrics.permutationTest, pairedBootstrapTest: metrics.pairedBootstrapTest, effectSize: metrics.effectSize }
const calibrators = {
  fitPlatt: metrics.fitPlatt, fitTemperature: metrics.fitTemperature, fitBeta: metrics.fitBeta, fitHistogram: metrics.fitHistogram, fitIsotonic: metrics.fitIsotonic,
}
/** What takes no columns of rows: each with calls that must be refused. */
const others: { readonly [name: string]: readonly (() => unknown)[] } = {
  adjustPValues: [() => metrics.adjustPValues([2]), () => metrics.adjustPValues([NaN]), () => metrics.adjustPValues(untyped(3))],
  aucDifference: [() => metrics.aucDifference([1, 1, 1], [1, 2, 3], [1, 2, 3]), () => metrics.aucDifference([], [], []), () => metrics.aucDifference([0, 0, 1, 1], [1, 2, 3, 4], [1, 2, 3])],
  aucInterval: [() => metrics.aucInterval([1, 1, 1], [1, 2, 3]), () => metrics.aucInterval([], []), () => metrics.aucInterval([0, 2, 1, 1], [1, 2, 3, 4])],
  bootstrapDifference: [() => metrics.bootstrapDifference({ labels: [0, 1], a: [1, 2], b: [1], metric: metrics.auc }), () => metrics.bootstrapDifference(untyped(null))],
  bootstrapInterval: [() => metrics.bootstrapInterval({ labels: [1, 1], scores: [1, 2], metric: metrics.auc }), () => metrics.bootstrapInterval({ labels: [], scores: [], metric: metrics.auc })],
  compare: [() => metrics.compare(untyped(null), untyped(null)), () => metrics.compare({ name: 'a', values: { m: [] } }, { name: 'b', values: { m: [] } })],
  cooccurrenceSimilarity: [() => metrics.cooccurrenceSimilarity(untyped(null)), () => metrics.cooccurrenceSimilarity([untyped(3)])],
  downsamplingCorrection: [() => metrics.downsamplingCorrection({ rate: 0 }), () => metrics.downsamplingCorrection({ rate: NaN }), () => metrics.downsamplingCorrection(untyped(undefined))],
  geometricMean: [() => metrics.geometricMean([]), () => metrics.geometricMean([-1]), () => metrics.geometricMean([1], { floor: 0 })],
  gini: [() => metrics.gini([]), () => metrics.gini([-1]), () => metrics.gini([NaN]), () => metrics.gini([0])],
  gradedRanking: [() => metrics.gradedRanking([-1]), () => metrics.gradedRanking([1], { relevant: 0 }), () => metrics.gradedRanking(untyped('x'))],
  judgeRanking: [() => metrics.judgeRanking(untyped('ab'), ['a']), () => metrics.judgeRanking(['a'], untyped(3)), () => metrics.judgeRanking(['a'], new Map([['a', NaN]]))],
  judgeRun: [() => metrics.judgeRun(untyped('q'), new Map()), () => metrics.judgeRun(new Map(), new Map(), { maxItems: 0 }), () => metrics.judgeRun(new Map(), new Map(), untyped(null))],
  loadCalibrator: [() => metrics.loadCalibrator(null), () => metrics.loadCalibrator({ kind: 'constructor' })],
  meanInterval: [() => metrics.meanInterval([]), () => metrics.meanInterval([1]), () => metrics.meanInterval([1, NaN])],
  meanOverRankings: [() => metrics.meanOverRankings(metrics.ndcg, []), () => metrics.meanOverRankings(metrics.ndcg, [{ grades: [-1], missed: [] }]), () => metrics.meanOverRankings(metrics.ndcg, untyped(null))],
  normalCdf: [() => metrics.normalCdf(NaN), () => metrics.normalCdf(untyped('0'))],
  normalQuantile: [() => metrics.normalQuantile(0), () => metrics.normalQuantile(1), () => metrics.normalQuantile(NaN)],
  parseQrels: [() => metrics.parseQrels('q 0 d'), () => metrics.parseQrels(untyped(null))],
  parseRun: [() => metrics.parseRun('q Q0 d 1 nan t'), () => metrics.parseRun(untyped(null))],
  rankByScore: [() => metrics.rankByScore([1], [1, 2]), () => metrics.rankByScore([-1], [1]), () => metrics.rankByScore([1], [NaN])],
  studentCdf: [() => metrics.studentCdf(NaN, 1), () => metrics.studentCdf(1, 0), () => metrics.studentCdf(1, Infinity)],
  studentQuantile: [() => metrics.studentQuantile(1, 1), () => metrics.studentQuantile(0.5, 0), () => metrics.studentQuantile(NaN, 2)],
  trecEval: [() => metrics.trecEval(new Map(), new Map()), () => metrics.trecEval(untyped(null), new Map())],
  trecOrder: [() => metrics.trecOrder(['a'], [NaN]), () => metrics.trecOrder(['a'], [1, 2]), () => metrics.trecOrder(untyped(null), [1])],
  valuesPerList: [() => metrics.valuesPerList(metrics.ndcg, [1], [1, 2], { sizes: [1] }), () => metrics.valuesPerList(metrics.ndcg, [1], [1], { sizes: [2] }), () => metrics.valuesPerList(untyped<typeof metrics.ndcg>(metrics.auc), [1], [1], { sizes: [1] })],
  wilsonInterval: [() => metrics.wilsonInterval(1, 0), () => metrics.wilsonInterval(2, 1), () => metrics.wilsonInterval(NaN, 1)],
}

test('every export is in one of these tables', () => {
  const tables = [binary, probabilistic, curves, regression, correlations, lists, unnormalized, grouped, retrieval, recommended, streaming, paired, calibrators, others]
  const listed = tables.flatMap((table) => Object.keys(table)).sort()
  expect(listed).toEqual(Object.keys(metrics).sort())
})

function refused(mistake: () => unknown, what: string): void {
  let error: unknown = 'nothing was thrown'
  try {
    error = `no error, but ${JSON.stringify(mistake())}`
  } catch (thrown) {
    error = thrown
  }
  expect(FeedrankError.isInstance(error), `${what}: ${String(error)}`).toBe(true)
  expect((error as Error).message).toMatch(/^feedrank\//)
}

function expectValue(got: () => unknown, want: Value, what: string): void {
  if (want === 'error') return refused(got, what)
  const value = got()
  expect(value, what).toBeTypeOf('number')
  expect(value as number, what).toBeCloseTo(want, 12)
}

/** What no metric over two columns takes, whatever its kind. */
function refusesColumns(metric: Columns): void {
  refused(() => metric([0, 1, 1], [0.5, 0.2]), 'lengths that differ')
  refused(() => metric([0, 1], [0.5, NaN]), 'a NaN score')
  refused(() => metric([0, 1], [0.5, undefined]), 'a missing score')
  refused(() => metric([0, 1], [0.5, '0.2']), 'a score that is text')
  refused(() => metric([0, NaN], [0.5, 0.2]), 'a NaN label')
  refused(() => metric([0, '1'], [0.5, 0.2]), 'a label that is text')
  refused(() => metric([0n, 1n], [0.5, 0.2]), 'labels that are bigint')
  refused(() => metric(undefined, [0.5]), 'no labels')
  refused(() => metric([0, 1], undefined), 'no scores')
  refused(() => metric('01', [0.5, 0.2]), 'labels that are a string')
}

function refusesRowOptions(metric: Columns): void {
  refused(() => metric([0, 1], [0.5, 0.2], { weights: [1] }), 'weights of another length')
  refused(() => metric([0, 1], [0.5, 0.2], { weights: [1, -1] }), 'a negative weight')
  refused(() => metric([0, 1], [0.5, 0.2], { weights: [1, NaN] }), 'a NaN weight')
  refused(() => metric([0, 1], [0.5, 0.2], { weights: 'x' }), 'weights that are none')
  refused(() => metric([0, 1], [0.5, 0.2], null), 'options that are null')
  refused(() => metric([0, 1], [0.5, 0.2], 'weighted'), 'options that are text')
}

function refusesMasks(metric: Columns): void {
  refused(() => metric([0, 1], [0.5, 0.2], { mask: [true] }), 'a mask of another length')
  refused(() => metric([0, 1], [0.5, 0.2], { mask: [1, 2] }), 'a mask that is none')
  refused(() => metric([0, 1], [0.5, 0.2], { mask: 'ab' }), 'a mask that is text')
}

/** Rows behind the mask are as if they had not been given, whatever stands in them. */
function obeysMasks(metric: Columns): void {
  const [labels, scores, weights] = [[0, 1, 1, 0, 1], [0.2, 0.9, 0.6, 0.7, 0.4], [1, 2, 1, 3, 1]]
  const hidden = { mask: [true, false, true, true, false, true, true], weights: [1, NaN, 2, 1, -5, 3, 1] }
  const [withJunk, junkScores] = [[0, NaN, 1, 1, 7, 0, 1], [0.2, NaN, 0.9, 0.6, 8, 0.7, 0.4]]
  expect(metric(withJunk, junkScores, { mask: hidden.mask })).toEqual(metric(labels, scores))
  expect(metric(withJunk, junkScores, { mask: Uint8Array.from(hidden.mask, Number) })).toEqual(metric(labels, scores))
  expect(metric(withJunk, junkScores, hidden)).toEqual(metric(labels, scores, { weights }))
}

describe.each(Object.entries({ ...binary, ...probabilistic }))('%s', (_name, [metric, negatives, positives]) => {
  test('refuses what is no data', () => {
    refusesColumns(metric)
    refusesRowOptions(metric)
    refusesMasks(metric)
    refused(() => metric([0, 2], [0.5, 0.2]), 'a label outside {0, 1}')
    refused(() => metric([0, 0.5], [0.5, 0.2]), 'half a label')
  })
  test('one class, no rows, no weight', () => {
    expectValue(() => metric([0, 0], [0.25, 0.5]), negatives, 'negatives only')
    expectValue(() => metric([1, 1], [0.25, 0.5]), positives, 'positives only')
    refused(() => metric([], []), 'no rows')
    refused(() => metric([0, 1], [0.5, 0.2], { weights: [0, 0] }), 'no weight')
    refused(() => metric([0, 1], [0.5, 0.2], { mask: [0, 0] }), 'all masked')
    expect(metric([], [], { whenUndefined: 0.25 })).toBe(0.25)
    expect(metric([0, 1], [0.5, 0.2], { mask: [false, false], whenUndefined: 0.25 })).toBe(0.25)
    refused(() => metric([], [], { whenUndefined: 'zero' }), 'a rule that is none')
  })
  test('a mask hides', () => obeysMasks(metric))
})

describe.each(Object.entries(probabilistic))('%s', (_name, [metric]) => {
  test('takes probabilities only', () => {
    for (const bad of [-0.1, 1.1, Infinity]) refused(() => metric([0, 1], [0.5, bad]), String(bad))
  })
})

describe.each(Object.entries(curves))('%s', (_name, [metric, empty]) => {
  test('refuses what is no data', () => {
    refusesColumns(metric)
    refusesRowOptions(metric)
    refusesMasks(metric)
    refused(() => metric([0, 2], [0.5, 0.2]), 'a label outside {0, 1}')
    if (empty === 'error') refused(() => metric([], []), 'no rows')
    else expect(Array.from(untyped<never[]>(metric([], [])))).toEqual(empty)
  })
  test('a mask hides', () => {
    const [labels, scores] = [[0, 1, 1, 0], [0.2, 0.9, 0.6, 0.7]]
    expect(metric([0, NaN, 1, 1, 0], [0.2, NaN, 0.9, 0.6, 0.7], { mask: [1, 0, 1, 1, 1] })).toEqual(metric(labels, scores))
  })
})

describe.each(Object.entries(regression))('%s', (_name, metric) => {
  test('refuses what is no data', () => {
    refusesColumns(untyped(metric))
    refusesRowOptions(untyped(metric))
    refusesMasks(untyped(metric))
    refused(() => metric([1, Infinity], [1, 2]), 'an infinite target')
    refused(() => metric([1, 2], [1, Infinity]), 'an infinite prediction')
    refused(() => metric([], []), 'no rows')
    expect(metric([], [], { whenUndefined: 3 })).toBe(3)
  })
  test('a mask hides', () => obeysMasks(untyped(metric)))
})

describe.each(Object.entries(correlations))('%s', (_name, metric) => {
  test('refuses what is no data', () => {
    refusesColumns(untyped(metric))
    refusesMasks(untyped(metric))
    refused(() => metric([], []), 'no rows')
    refused(() => metric([1, 1], [1, 2]), 'a side that does not vary')
    refused(() => metric([1, 2], [1, 2], untyped(null)), 'options that are null')
    expect(metric([1, NaN, 2, 3], [4, 1, 5, 6], { mask: [1, 0, 1, 1] })).toBe(1)
  })
})

describe.each(Object.entries({ ...lists, ...unnormalized }))('%s', (name, metric) => {
  test('refuses what is no list', () => {
    refusesColumns(metric)
    refused(() => metric([0, -1], [0.5, 0.2]), 'a negative grade')
    refused(() => metric([0, 1], [0.5, 0.2], null), 'options that are null')
    refused(() => untyped<Columns>(metrics[name as 'ndcg'])([0, 1], [0.5, 0.2], 10), 'a bare k')
    refused(() => metric([0, Infinity], [0.5, 0.2]), 'an infinite grade')
    for (const k of deep.includes(name) ? [] : [0, -1, 1.5, NaN, '3', Infinity]) refused(() => metric([0, 1], [0.5, 0.2], { k }), `k of ${k}`)
    if (!(name in unnormalized)) refused(() => metric([0, 1], [0.5, 0.2], { noRelevant: 'zero' }), 'an unknown rule')
    refused(() => untyped<Columns>(metrics[name as 'ndcg'])({ grades: [NaN, -2], missed: [] }, {}), 'a ranking with a negative grade')
    refused(() => untyped<Columns>(metrics[name as 'ndcg'])({ grades: [1] }, {}), 'a ranking without what it missed')
  })
  test('nothing relevant, and nothing at all', () => {
    if (name === 'judgedShare') return expect([metric([0, 0], [0.5, 0.2]), metric([], [])]).toEqual([1, 0])
    expect(metric([0, 0], [0.5, 0.2])).toBe(0)
    expect(metric([], [])).toBe(0)
    if (name === 'dcg') return
    expect(metric([0, 0], [0.5, 0.2], { noRelevant: 1 })).toBe(1)
    expect(metric([], [], { noRelevant: 0.25 })).toBe(0.25)
    expect(metric([0, 0], [0.5, 0.2], { noRelevant: 'skip' })).toBeNaN()
  })
})

describe.each(Object.entries(grouped))('%s', (_name, metric) => {
  const sizes = { sizes: [2] }
  test('refuses what is no list', () => {
    refusesColumns((labels, scores) => metric(labels, scores, sizes))
    refusesMasks((labels, scores, options) => metric(labels, scores, sizes, options))
    refused(() => metric([0, -1], [0.5, 0.2], sizes), 'a negative grade')
    refused(() => metric([0, 1], [0.5, 0.2], sizes, { k: 0 }), 'k of 0')
    refused(() => metric([0, 1], [0.5, 0.2], sizes, null), 'options that are null')
    for (const groups of [undefined, null, [2], { sizes: [1] }, { sizes: [2, 0] }, { sizes: [-1, 3] }, { sizes: 'x' }, { ids: ['a'] }, { ids: [undefined, 'a'] }, { ids: null }])
      refused(() => metric([0, 1], [0.5, 0.2], groups), `groups ${JSON.stringify(groups)}`)
    refused(() => metric([0, 1], [0.5, 0.2], sizes, { listWeights: [1, 1] }), 'weights of more lists')
    refused(() => metric([0, 1], [0.5, 0.2], sizes, { listWeights: [-1] }), 'a negative weight')
  })
  test('no list, or none that counts', () => {
    refused(() => metric([], [], { sizes: [] }), 'no lists')
    refused(() => metric([0, 0], [0.5, 0.2], sizes, { noRelevant: 'skip' }), 'all skipped')
    refused(() => metric([0, 1], [0.5, 0.2], sizes, { mask: [0, 0] }), 'all masked')
    refused(() => metric([0, 1], [0.5, 0.2], sizes, { listWeights: [0] }), 'no weight')
    expect(metric([], [], { sizes: [] }, { whenUndefined: 0.5 })).toBe(0.5)
    expect(metric([0, 0], [0.5, 0.2], sizes)).toBe(0)
  })
})

describe.each(Object.entries(retrieval))('%s', (_name, metric) => {
  test('refuses what is no list, and takes none', () => {
    for (const k of [0, -1, 1.5, NaN, undefined]) refused(() => metric(['a'], ['a'], { k: untyped(k) }), `k of ${k}`)
    refused(() => metric(untyped('ab'), ['a'], { k: 1 }), 'a string')
    refused(() => metric(['a'], untyped(undefined), { k: 1 }), 'no judgements')
    refused(() => metric(['a'], ['a'], untyped(null)), 'no options')
    expect([metric([], ['a'], { k: 1 }), metric(['a'], [], { k: 1 }), metric([], [], { k: 1, noRelevant: 1 })]).toEqual([0, 0, 1])
  })
})

describe.each(Object.entries(recommended))('%s', (_name, metric) => {
  test('refuses what are no lists, and has no value without', () => {
    refused(() => metric([untyped(3)]), 'a list that is none')
    refused(() => metric([]), 'no lists')
    refused(() => metric([], untyped(null)), 'options that are null')
    expect(JSON.stringify(metric([], { whenUndefined: 0.5 }))).toMatch(/0\.5/)
  })
})

describe.each(Object.entries(streaming))('%s', (name, make) => {
  test('refuses bad batches; has no value without rows', () => {
    const metric = untyped<metrics.Metric<unknown>>(make())
    const update: Columns = (labels, scores) => metric.update(metric.init(), { labels: untyped(labels), scores: untyped(scores), groups: { ids: untyped<number[]>(labels)?.map?.(() => 1) ?? [] } })
    refusesColumns(update)
    if (name === 'listMeanMetric') refused(() => update([0, -1], [1, 2]), 'a negative grade')
    refused(() => metric.result(metric.init()), 'no rows')
    expect(metric.result(metric.init(), { whenUndefined: 0.5 })).toBe(0.5)
  })
})

describe.each(Object.entries(paired))('%s', (_name, run) => {
  test('refuses bad pairs', () => {
    if (run !== metrics.effectSize) for (const options of [null, 'less', 0.05]) refused(() => untyped<Grouped>(run)([1, 2], [2, 1], options), `options ${options}`)
    for (const [a, b] of [[[1, 2], [1]], [[1, NaN], [1, 2]], [[1, Infinity], [1, 2]], [[], []], [[1, '2'], [1, 2]], [undefined, [1]], ['ab', [1, 2]]])
      refused(() => run(untyped(a), untyped(b)), JSON.stringify([a, b]))
  })
})

describe.each(Object.entries(calibrators))('%s', (_name, fit) => {
  const run: Columns = (labels, scores, options) => untyped<Columns>(fit)(scores, labels, options === null || typeof options === 'string' ? options : { input: 'probability', ...untyped<Options>(options) })
  test('refuses what it cannot be fitted on', () => {
    refusesColumns(run)
    refusesRowOptions(run)
    refusesMasks(run)
    refused(() => run([0, 2], [0.5, 0.2]), 'a label outside {0, 1}')
    refused(() => run([0, 0], [0.5, 0.2]), 'negatives only')
    refused(() => run([1, 1], [0.5, 0.2]), 'positives only')
    refused(() => run([], []), 'no rows')
    refused(() => run([0, 1], [0.5, 0.2], { weights: [0, 1] }), 'a class without weight')
    refused(() => run([0, 1, 0], [0.1, 0.9, 0.95], { mask: [1, 0, 1] }), 'a class behind the mask')
  })
  test('refuses to apply to what are no scores', () => {
    const calibrator = untyped<metrics.Calibrator>(run([0, 1, 0, 1], [0.1, 0.4, 0.5, 0.9]))
    for (const bad of [[NaN], [undefined], ['0.5'], undefined, 'x']) refused(() => calibrator.apply(untyped(bad)), JSON.stringify(bad))
    expect(Array.from(calibrator.apply([]))).toEqual([])
    expect(Array.from(calibrator.apply([0, 0.3, 1])).every((p) => p >= 0 && p <= 1)).toBe(true)
  })
})

describe.each(Object.entries(others))('%s', (_name, mistakes) => {
  test('refuses mistakes', () => {
    for (const mistake of mistakes) refused(mistake, String(mistake))
  })
})
