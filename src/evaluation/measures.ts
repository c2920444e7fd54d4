import { ArgumentError, checkObject, expected } from '../errors'
import {
  accuracy, auc, averagePrecision, brierScore, calibrationRatio, expectedCalibrationError, expectedReciprocalRank, gauc, hitRate,
  kolmogorovSmirnov, listAveragePrecision, listPrecision, listRecall, logLoss, ndcg, normalizedEntropy, rankBiasedPrecision,
  reciprocalRank, relativeCrossEntropy,
} from '../metrics'
import type { Groups, ListMetric, Numbers, ResampledMetric, RowMetric } from '../metrics'
import type { NothingRelevant } from '../metrics/list-metric'
import type { Better, MeasureInfo } from './result'

/** A measure of your own. */
export interface CustomMeasure {
  /** Names it in tables; no two measures have one name. */
  readonly name: string
  readonly label?: string | undefined
  readonly better: Better
  /** A metric over rows with weights, or a list metric; NaN where it has no value. */
  readonly metric: ResampledMetric
  /** Options of the metric, such as `{ k: 10 }`. */
  readonly options?: object | undefined
  /** True where scores must be probabilities. @defaultValue false */
  readonly probabilities?: boolean | undefined
}

/** A measure by name (`auc`, `logLoss`, `ndcg@10`, …) or of your own. */
export type MeasureOption = string | CustomMeasure

/** What a measure of rows is computed from. */
export interface MeasuredRows {
  readonly labels: Numbers
  /** Grades for NDCG and ERR; the labels where no grade was named. */
  readonly grades: Numbers
  readonly scores: Numbers
  /** The lists of list metrics; absent where no user and no list was named. */
  readonly lists?: Groups | undefined
}

/** A measure, ready for rows. */
export interface RowMeasure extends MeasureInfo {
  readonly kind: 'auc' | 'averagePrecision' | 'gauc' | 'mean' | 'bins' | 'entropy' | 'ratio' | 'list' | 'other'
  readonly probabilities: boolean
  readonly needsLists: boolean
  /** Why it may have no value. */
  readonly because: string
  /** The public metric; NaN where it has no value. */
  readonly whole: (rows: MeasuredRows) => number
  /** Of kind `list`: the metric and its options, and whether it reads grades. */
  readonly list?: { readonly metric: ListMetric<NothingRelevant>; readonly options: object; readonly graded: boolean }
  /** Of kind `other`: with weights. */
  readonly weighted?: (rows: MeasuredRows, weights: Numbers) => number
}

const undefinedIsNaN = { whenUndefined: NaN } as const
const bothClasses = 'it takes both positive and negative rows'

type Plain = (labels: Numbers, scores: Numbers, options: { readonly whenUndefined: number; readonly weights?: Numbers }) => number

const rowMeasure = (
  name: string, label: string, better: Better, kind: RowMeasure['kind'], metric: Plain, because: string, probabilities = false,
): RowMeasure => ({
  name, label, better, kind, probabilities, needsLists: false, because,
  whole: ({ labels, scores }) => metric(labels, scores, undefinedIsNaN),
  weighted: ({ labels, scores }, weights) => metric(labels, scores, { ...undefinedIsNaN, weights }),
})

const grouped: RowMeasure = {
  name: 'gauc', label: 'GAUC', better: 'higher', kind: 'gauc', probabilities: false, needsLists: true,
  because: 'it takes a list with both positive and negative rows',
  whole: ({ labels, scores, lists }) => (lists ? gauc(labels, scores, lists, undefinedIsNaN) : NaN),
}

const rowMeasures: ReadonlyMap<string, RowMeasure> = new Map([
  rowMeasure('auc', 'AUC', 'higher', 'auc', auc, bothClasses),
  grouped,
  rowMeasure('averagePrecision', 'Average precision', 'higher', 'averagePrecision', averagePrecision, 'it takes a positive row'),
  rowMeasure('ks', 'KS', 'higher', 'other', kolmogorovSmirnov, bothClasses),
  rowMeasure('logLoss', 'Log loss', 'lower', 'mean', logLoss, 'it takes a row', true),
  rowMeasure('brierScore', 'Brier score', 'lower', 'mean', brierScore, 'it takes a row', true),
  rowMeasure('accuracy', 'Accuracy', 'higher', 'other', accuracy, 'it takes a row', true),
  rowMeasure('normalizedEntropy', 'Normalized entropy', 'lower', 'entropy', normalizedEntropy, bothClasses, true),
  rowMeasure('relativeCrossEntropy', 'RCE', 'higher', 'other', relativeCrossEntropy, bothClasses, true),
  rowMeasure('ece', 'ECE', 'lower', 'bins', expectedCalibrationError, 'it takes a row', true),
  rowMeasure('calibrationRatio', 'Predicted / observed', 'near 1', 'ratio', calibrationRatio, 'it takes a positive row', true),
].map((measure) => [measure.name, measure]))

interface Listed {
  readonly label: string
  readonly metric: ListMetric<NothingRelevant>
  readonly graded?: boolean
}

const asListed = (label: string, metric: unknown, graded = false): Listed => ({ label, metric: metric as ListMetric<NothingRelevant>, graded })

/** List metrics by name, each with or without `@k`; NDCG and ERR read grades, the others 0 and 1. */
const listMetrics: ReadonlyMap<string, Listed> = new Map([
  ['ndcg', asListed('NDCG', ndcg, true)], ['map', asListed('MAP', listAveragePrecision)], ['mrr', asListed('MRR', reciprocalRank)],
  ['recall', asListed('Recall', listRecall)], ['precision', asListed('Precision', listPrecision)], ['hitRate', asListed('Hit rate', hitRate)],
  ['err', asListed('ERR', expectedReciprocalRank, true)], ['rbp', asListed('RBP', rankBiasedPrecision)],
])

/** `ndcg@10` as its name and depth; undefined for what is no list metric. */
export function listMetricNamed(name: string): (Listed & { readonly k: number | undefined }) | undefined {
  const match = /^([A-Za-z]+)(?:@([1-9]\d{0,8}))?$/.exec(name)
  const found = match ? listMetrics.get(match[1]) : undefined
  return found && { ...found, k: match?.[2] === undefined ? undefined : Number(match[2]) }
}

export const depthLabel = (label: string, k: number | undefined) => (k === undefined ? label : `${label}@${k}`)

const listMeasure = (name: string, label: string, better: Better, metric: ListMetric<NothingRelevant>, options: object, graded: boolean): RowMeasure => {
  metric.check(options)
  return { name, label, better, kind: 'list', probabilities: false, needsLists: true, because: 'no list counts', whole: () => NaN, list: { metric, options, graded } }
}

/** The measure behind an option of `measures`. */
export function measureOf(where: string, option: MeasureOption, i: number): RowMeasure {
  if (typeof option === 'string') {
    const listed = listMetricNamed(option)
    if (listed) return listMeasure(option, depthLabel(listed.label, listed.k), 'higher', listed.metric, listed.k === undefined ? {} : { k: listed.k }, listed.graded ?? false)
    const found = rowMeasures.get(option)
    if (found) return found
    const names = [...rowMeasures.keys(), ...[...listMetrics.keys()].map((name) => `${name}@k`)].join(', ')
    throw new ArgumentError(expected(where, `measures[${i}]`, `one of ${names}, or a measure of your own`, option))
  }
  const { name, label = name, better, metric, options = {}, probabilities = false } = checkObject(where, `measures[${i}]`, option, 'the name of a measure or one of your own')
  if (typeof name !== 'string' || name === '') throw new ArgumentError(expected(where, `measures[${i}].name`, 'a name', name))
  if (better !== 'higher' && better !== 'lower' && better !== 'near 1')
    throw new ArgumentError(expected(where, `measures[${i}].better`, "'higher', 'lower' or 'near 1'", better))
  if (typeof metric !== 'function') throw new ArgumentError(expected(where, `measures[${i}].metric`, 'a metric function, such as auc', metric))
  if ('ofRows' in metric) return listMeasure(name, label, better, metric as unknown as ListMetric<NothingRelevant>, options, true)
  const plain = metric as RowMetric
  return rowMeasure(
    name, label, better, 'other',
    (labels, scores, given) => plain(labels, scores, { ...options, whenUndefined: NaN, weights: given.weights ?? new Float64Array(labels.length).fill(1) }),
    'the metric gave none', probabilities,
  )
}

/** The measures of rows unless others are named. */
export const usualMeasures = ['auc', 'logLoss', 'ndcg@10', 'ece', 'normalizedEntropy', 'gauc', 'calibrationRatio'] as const
