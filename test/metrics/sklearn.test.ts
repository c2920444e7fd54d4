import {
  accuracy, auc, averagePrecision, brierScore, dcg, explainedVariance, fitIsotonic, fitPlatt, kendallTau, kolmogorovSmirnov, logLoss,
  meanAbsoluteError, ndcg, reliabilityCurve, rocCurve, rootMeanSquaredError, rSquared, spearman, wilsonInterval,
} from 'feedrank/metrics'
import { describe, expect, test } from 'vitest'
import { isotonicPoints } from '../../src/metrics/calibration/isotonic'
import { expectAllClose, expectClose, readJson } from './peers'

interface Case {
  readonly fn: string
  readonly input: { readonly [name: string]: unknown }
  readonly expected: unknown
}

const numbers = (value: unknown) => value as number[]
const weights = (input: Case['input']) => (input['w'] ? { weights: numbers(input['w']) } : {})
const rowMetric = (metric: (y: number[], p: number[], options: { weights?: number[]; whenUndefined?: number }) => number) =>
  ({ input, expected }: Case) => expectClose(metric(numbers(input['y']), numbers(input['p']), weights(input)), expected as number)

function lists(metric: typeof ndcg, ties: 'average' | 'input-order') {
  return ({ input, expected }: Case) => {
    const { y_true, y_score, k } = input as { y_true: number[][]; y_score: number[][]; k: number | null }
    const mean = y_true.reduce((sum, y, i) => sum + metric(y, y_score[i], { ties, ...(k === null ? {} : { k }) }) / y_true.length, 0)
    expectClose(mean, expected as number)
  }
}

const curve = (bins: number, strategy: 'equal-width' | 'equal-mass') => ({ input, expected }: Case) => {
  const want = expected as { prob_true?: number[]; prob_pred?: number[]; observed?: number[]; predicted?: number[] }
  const got = reliabilityCurve(numbers(input['y']), numbers(input['p']), { bins, strategy })
  expectAllClose(got.map((bin) => bin.observed), want.prob_true ?? want.observed ?? [])
  expectAllClose(got.map((bin) => bin.meanPredicted), want.prob_pred ?? want.predicted ?? [])
}

/** Platt's loss of `p = σ(slope·f + intercept)` on softened targets. */
function plattLoss(f: number[], y: number[], slope: number, intercept: number): number {
  const positive = y.filter((label) => label > 0).length
  const high = (positive + 1) / (positive + 2)
  const low = 1 / (y.length - positive + 2)
  return f.reduce((sum, value, i) => {
    const z = slope * value + intercept
    return sum + Math.log1p(Math.exp(z)) - (y[i] > 0 ? high : low) * z
  }, 0)
}

const checks: Record<string, (one: Case) => void> = {
  ndcg_score: lists(ndcg, 'average'),
  dcg_score: lists(dcg, 'average'),
  // scikit-learn's ignore_ties ranks the last of equal scores first; the tie here is between the first and the last.
  'ndcg_score(ignore_ties)': ({ input, expected }) => {
    const { y_true: [y], y_score: [s], k } = input as { y_true: number[][]; y_score: number[][]; k: number }
    expectClose(ndcg([...y].reverse(), [...s].reverse(), { k }), expected as number)
  },
  average_precision_score: rowMetric(averagePrecision),
  'average_precision_score weighted': rowMetric(averagePrecision),
  roc_auc_score: rowMetric(auc),
  'roc_auc_score weighted': rowMetric(auc),
  brier_score_loss: rowMetric(brierScore),
  'brier_score_loss weighted': rowMetric(brierScore),
  log_loss: rowMetric(logLoss),
  'log_loss weighted': rowMetric(logLoss),
  // Label ranking average precision is the mean over lists of this average precision.
  label_ranking_average_precision_score: ({ input, expected }) => {
    const { y, p } = input as { y: number[][]; p: number[][] }
    expectClose(y.reduce((sum, labels, i) => sum + averagePrecision(labels, p[i]) / y.length, 0), expected as number)
  },
  'IsotonicRegression.fit_transform': ({ input, expected }) => {
    const { x, y } = isotonicPoints(numbers(input['x']), numbers(input['y']))
    expectAllClose(numbers(input['x']).map((value) => y[x.indexOf(value)] ?? y[x.findIndex((at) => at > value)]), numbers(expected))
  },
  // Two peers, two stopping points 1e-6 apart: ours is at least as good as both, and between their digits.
  'platt (libsvm reference in sklearn tests: A=-0.20261354391187855,B=0.65236314980010512)': ({ input, expected }) => {
    const f = numbers(input['f'])
    const y = numbers(input['y']).map((label) => (label > 0 ? 1 : 0))
    const { slope, intercept } = fitPlatt(f, y, { input: 'logit' }).toJSON()
    const [a, b] = numbers(expected)
    expectAllClose([-slope, -intercept], [a, b], 2e-6)
    const loss = plattLoss(f, y, slope, intercept)
    expect(loss).toBeLessThanOrEqual(plattLoss(f, y, -a, -b))
    expect(loss).toBeLessThanOrEqual(plattLoss(f, y, 0.20261354391187855, -0.65236314980010512))
  },
  'calibration_curve n_bins=10 uniform': curve(10, 'equal-width'),

  auc: rowMetric(auc),
  averagePrecision: rowMetric(averagePrecision),
  logLoss: rowMetric(logLoss),
  brierScore: rowMetric(brierScore),
  accuracy: rowMetric(accuracy),
  meanAbsoluteError: rowMetric(meanAbsoluteError),
  rootMeanSquaredError: rowMetric(rootMeanSquaredError),
  rSquared: rowMetric(rSquared),
  explainedVariance: rowMetric(explainedVariance),
  spearman: rowMetric((y, p) => spearman(y, p)),
  kendallTau: rowMetric((y, p) => kendallTau(y, p)),
  kolmogorovSmirnov: rowMetric(kolmogorovSmirnov),
  reliabilityCurve: (one) => curve(one.input['bins'] as number, one.input['strategy'] as 'equal-width')(one),
  rocCurve: ({ input, expected }) => {
    const got = rocCurve(numbers(input['y']), numbers(input['p']))
    expectAllClose(got.falsePositiveRate, (expected as { fpr: number[] }).fpr)
    expectAllClose(got.truePositiveRate, (expected as { tpr: number[] }).tpr)
  },
  fitIsotonic: ({ input, expected }) => {
    const want = expected as { x: number[]; y: number[]; applied: number[] }
    const fitted = fitIsotonic(numbers(input['p']), numbers(input['y']), weights(input))
    expectAllClose(fitted.toJSON().x, want.x)
    expectAllClose(fitted.toJSON().y, want.y)
    expectAllClose(fitted.apply(numbers(input['asked'])), want.applied)
  },
  fitPlatt: ({ input, expected }) => {
    const { slope, intercept } = fitPlatt(numbers(input['p']), numbers(input['y']), { ...weights(input), input: 'logit' }).toJSON()
    expectAllClose([slope, intercept], numbers(expected), 1e-9)
  },
  ndcg: ({ input, expected }) =>
    expectClose(ndcg(numbers(input['y']), numbers(input['p']), { ties: 'average', k: (input['k'] as number | null) ?? undefined }), expected as number),
  'ndcg exponential': ({ input, expected }) => {
    const k = (input['k'] as number | null) ?? undefined
    expectClose(ndcg(numbers(input['y']), numbers(input['p']), { ties: 'average', gain: 'exponential', k }), expected as number)
    expectClose(ndcg(numbers(input['y']), numbers(input['p']), { ties: 'average', gain: (grade) => 2 ** grade - 1, k }), expected as number)
  },
  dcg: ({ input, expected }) =>
    expectClose(dcg(numbers(input['y']), numbers(input['p']), { ties: 'average', k: (input['k'] as number | null) ?? undefined }), expected as number),
  wilsonInterval: ({ input, expected }) => {
    const { low, high } = wilsonInterval(input['successes'] as number, input['trials'] as number, input['level'] as number)
    expectAllClose([low, high], numbers(expected))
  },
}

describe.each(['sklearn/metrics.json', 'sklearn/extra.json'])('%s', (path) => {
  const { cases } = readJson<{ cases: Case[] }>(path)
  test.each(cases.map((one, i) => [`${i}: ${one.fn}`, one] as const))('%s', (_name, one) => {
    expect(checks).toHaveProperty([one.fn])
    checks[one.fn](one)
  })
})
