import {
  auc, calibrationRatio, downsamplingCorrection, fitIsotonic, fitPlatt, fitTemperature, expectedCalibrationError, loadCalibrator, logLoss,
  maximumCalibrationError, reliabilityCurve, wilsonInterval,
} from 'feedrank/metrics'
import { describe, expect, test } from 'vitest'
import { ArgumentError, ModelFileError } from '../../src/errors'
import { seededRandom } from '../../src/random'
import { expectAllClose, expectClose } from './peers'

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z))

/** An overconfident model: its logits are `sharpness` times those the labels were drawn from, plus an offset. */
function overconfident(seed: number, n = 4000, sharpness = 3, offset = 0) {
  const random = seededRandom(seed)
  const truth = Float64Array.from({ length: n }, () => random.normal())
  const labels = truth.map((z) => (random.next() < sigmoid(z) ? 1 : 0))
  return { labels, logits: truth.map((z) => sharpness * z + offset), truth }
}

const fits = {
  platt: (scores: ArrayLike<number>, labels: ArrayLike<number>) => fitPlatt(scores, labels, { input: 'logit' }),
  temperature: (scores: ArrayLike<number>, labels: ArrayLike<number>) => fitTemperature(scores, labels, { input: 'logit' }),
  isotonic: (scores: ArrayLike<number>, labels: ArrayLike<number>) => fitIsotonic(scores, labels),
}

describe.each(Object.entries(fits))('%s', (kind, fit) => {
  test('calibrates, keeps the order and survives JSON', () => {
    for (let seed = 0; seed < 3; seed++) {
      const { labels, logits } = overconfident(seed)
      const test = overconfident(seed + 50)
      const calibrator = fit(logits, labels)
      const calibrated = calibrator.apply(test.logits)
      const raw = test.logits.map(sigmoid)
      expect(logLoss(test.labels, calibrated)).toBeLessThan(logLoss(test.labels, raw))
      expect(expectedCalibrationError(test.labels, calibrated)).toBeLessThan(expectedCalibrationError(test.labels, raw) / 2)
      const order = Array.from(test.logits.keys()).sort((a, b) => test.logits[a] - test.logits[b])
      expect(order.every((row, i) => i === 0 || calibrated[row] >= calibrated[order[i - 1]])).toBe(true)
      const saved = loadCalibrator(JSON.parse(JSON.stringify(calibrator)))
      expect(saved.kind).toBe(kind)
      expect(saved.apply(test.logits)).toEqual(calibrated)
    }
  })

  test('refuses one class, and lengths that differ', () => {
    expect(() => fit([1, 2], [1, 1])).toThrow(ArgumentError)
    expect(() => fit([1, 2], [1])).toThrow(/same length/)
    expect(() => fit([1, NaN], [0, 1])).toThrow(/`scores\[1\]`/)
  })
})

test('temperature finds the sharpness, platt also the offset', () => {
  const { labels, logits } = overconfident(9, 40_000)
  expect(Math.abs(fitTemperature(logits, labels, { input: 'logit' }).toJSON().temperature - 3)).toBeLessThan(0.15)
  const shifted = overconfident(9, 40_000, 3, 5)
  const { slope, intercept } = fitPlatt(shifted.logits, shifted.labels, { input: 'logit' }).toJSON()
  expect(Math.abs(slope - 1 / 3)).toBeLessThan(0.02)
  expect(Math.abs(intercept + 5 / 3)).toBeLessThan(0.1)
})

test('probabilities are calibrated through their logits', () => {
  const { labels, logits } = overconfident(4, 500, 1.5)
  const probabilities = logits.map(sigmoid)
  expectAllClose(fitPlatt(probabilities, labels, { input: 'probability' }).apply(probabilities), fitPlatt(logits, labels, { input: 'logit' }).apply(logits), 1e-9)
  expectAllClose(fitTemperature(probabilities, labels, { input: 'probability' }).apply(probabilities), fitTemperature(logits, labels, { input: 'logit' }).apply(logits), 1e-9)
  expect(fitPlatt([0, 1, 0.5, 0.7], [0, 1, 1, 0], { input: 'probability' }).apply([0, 1]).every(Number.isFinite)).toBe(true)
})

test('platt is finite where the classes separate, temperature says there is none', () => {
  const { slope, intercept } = fitPlatt([-1e6, -2, 3, 1e6], [0, 0, 1, 1], { input: 'logit' }).toJSON()
  expect(Number.isFinite(slope) && Number.isFinite(intercept)).toBe(true)
  expect(() => fitTemperature([-2, 3], [0, 1], { input: 'logit' })).toThrow(/separate/)
  expect(() => fitTemperature([2, -3], [0, 1], { input: 'logit' })).toThrow(/do not rise/)
  expect(() => fitTemperature([0, 0], [0, 1], { input: 'logit' })).toThrow(/do not rise/)
  expect(fitPlatt([1, 1, 1], [0, 1, 1], { input: 'logit' }).apply([1])[0]).toBeCloseTo((3 / 4 + 3 / 4 + 1 / 3) / 3, 6)
})

test('weights repeat rows', () => {
  const { labels, logits } = overconfident(2, 60, 1)
  const weights = logits.map((_, i) => i % 3)
  const repeat = (values: Float64Array) => Array.from(values).flatMap((value, i) => Array.from({ length: weights[i] }, () => value))
  const pairs = [fitPlatt, fitTemperature, fitIsotonic] as const
  for (const fit of pairs) expectAllClose(fit(logits, labels, { weights, input: 'logit' }).apply(logits), fit(repeat(logits), repeat(labels), { input: 'logit' }).apply(logits), 1e-9)
})

test('isotonic fits its own rows without a calibration error, and never ranks worse', () => {
  const { labels, logits } = overconfident(6)
  const fitted = fitIsotonic(logits, labels).apply(logits)
  expectClose(calibrationRatio(labels, fitted), 1)
  expect(auc(labels, fitted)).toBeGreaterThanOrEqual(auc(labels, logits))
})

test('the correction for downsampling restores the odds', () => {
  const rate = 0.05
  const { apply } = downsamplingCorrection({ rate })
  for (const p of [0.001, 0.3, 0.9]) {
    const [restored] = apply([p])
    expectClose(restored / (1 - restored), rate * (p / (1 - p)))
  }
  expect(Array.from(apply([0, 1]))).toEqual([0, 1])
  expect(Array.from(downsamplingCorrection({ rate: 1 }).apply([0.25]))).toEqual([0.25])
  expect(() => downsamplingCorrection({ rate: 0 })).toThrow(/`rate`/)
  expect(loadCalibrator({ kind: 'downsampling', rate }).apply([0.5])).toEqual(apply([0.5]))
})

test.each<[string, unknown, RegExp]>([
  ['nothing', null, /`json`/],
  ['another kind', { kind: 'spline' }, /`kind`/],
  ['a slope that is text', { kind: 'platt', input: 'logit', slope: '1', intercept: 0 }, /`slope`/],
  ['an unknown input', { kind: 'platt', slope: 1, intercept: 0 }, /`input`/],
  ['a temperature of 0', { kind: 'temperature', input: 'logit', temperature: 0 }, /`temperature`/],
  ['points that fall', { kind: 'isotonic', x: [1, 2], y: [1, 0] }, /`y`/],
  ['points out of order', { kind: 'isotonic', x: [2, 1], y: [0, 1] }, /`x`/],
  ['a rate above 1', { kind: 'downsampling', rate: 2 }, /`rate`/],
])('loadCalibrator refuses %s', (_name, json, text) => {
  expect(() => loadCalibrator(json)).toThrow(text)
  expect(() => loadCalibrator(json)).toThrow(ModelFileError)
})

test('bins partition the rows; errors follow from the curve', () => {
  for (let seed = 0; seed < 10; seed++) {
    const { labels, logits } = overconfident(seed, 300)
    const probabilities = logits.map(sigmoid)
    for (const strategy of ['equal-width', 'equal-mass'] as const) {
      const curve = reliabilityCurve(labels, probabilities, { strategy, bins: 7 })
      expect(curve.reduce((sum, bin) => sum + bin.count, 0)).toBe(300)
      const gaps = curve.map((bin) => Math.abs(bin.meanPredicted - bin.observed))
      expectClose(expectedCalibrationError(labels, probabilities, { strategy, bins: 7 }), curve.reduce((sum, bin, i) => sum + (bin.count * gaps[i]) / 300, 0))
      expectClose(maximumCalibrationError(labels, probabilities, { strategy, bins: 7 }), Math.max(...gaps))
      for (const { observed, interval } of curve) {
        expect(interval.low).toBeLessThanOrEqual(observed)
        expect(interval.high).toBeGreaterThanOrEqual(observed)
      }
      if (strategy === 'equal-mass') for (const { count } of curve) expect(Math.abs(count - 300 / 7)).toBeLessThanOrEqual(1)
    }
  }
})

test('the Wilson interval covers the rate about as often as it says', () => {
  const random = seededRandom(3)
  let covered = 0
  for (let trial = 0; trial < 2000; trial++) {
    let hits = 0
    for (let i = 0; i < 40; i++) hits += random.next() < 0.1 ? 1 : 0
    const { low, high } = wilsonInterval(hits, 40)
    if (low <= 0.1 && 0.1 <= high) covered++
  }
  expect(Math.abs(covered / 2000 - 0.95)).toBeLessThan(0.03)
})
