import {
  auc, calibrationRatio, downsamplingCorrection, fitBeta, fitHistogram, fitIsotonic, fitPlatt, fitTemperature, expectedCalibrationError, loadCalibrator, logLoss,
  maximumCalibrationError, reliabilityCurve, wilsonInterval,
} from 'feedrank/metrics'
import { describe, expect, test } from 'vitest'
import { ArgumentError, ModelFileError } from '../../src/errors'
import { seededRandom } from '../../src/random'
import { expectAllClose, expectClose, readJson } from './peers'

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
const probabilityFits = { beta: fitBeta, histogram: fitHistogram }

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

describe.each(Object.entries(probabilityFits))('%s', (kind, fit) => {
  test('calibrates probabilities and survives JSON', () => {
    for (let seed = 0; seed < 3; seed++) {
      const { labels, logits } = overconfident(seed)
      const test = overconfident(seed + 50)
      const raw = test.logits.map(sigmoid)
      const calibrator = fit(logits.map(sigmoid), labels)
      const calibrated = calibrator.apply(raw)
      expect(logLoss(test.labels, calibrated)).toBeLessThan(logLoss(test.labels, raw))
      expect(expectedCalibrationError(test.labels, calibrated)).toBeLessThan(expectedCalibrationError(test.labels, raw) / 2)
      const saved = loadCalibrator(JSON.parse(JSON.stringify(calibrator)))
      expect(saved.kind).toBe(kind)
      expect(saved.apply(raw)).toEqual(calibrated)
    }
  })

  test('takes probabilities of both classes only', () => {
    expect(() => fit([0.1, 0.2], [1, 1])).toThrow(ArgumentError)
    expect(() => fit([0.1, 0.2], [1])).toThrow(/same length/)
    expect(() => fit([0.1, 2], [0, 1])).toThrow(/`scores\[1\]` to be a probability/)
    expect(() => fit([0.1, 0.2], [0, 1]).apply([NaN])).toThrow(/`probabilities\[0\]`/)
    expect(() => fit([0.1, 0.2], [0, 1], null as unknown as object)).toThrow(/`options`/)
  })

  test('weights repeat rows, a mask leaves them out', () => {
    const { labels, logits } = overconfident(2, 90, 1)
    const p = logits.map(sigmoid)
    const weights = p.map((_, i) => i % 3)
    const repeat = (values: Float64Array) => Array.from(values).flatMap((value, i) => Array.from({ length: weights[i] }, () => value))
    expectAllClose(fit(p, labels, { weights }).apply(p), fit(repeat(p), repeat(labels)).apply(p), 1e-9)
    const mask = Array.from(weights, (weight) => weight > 0)
    const kept = (values: Float64Array) => values.filter((_, i) => mask[i])
    expect(fit(p.map((value, i) => (mask[i] ? value : NaN)), labels, { mask }).apply(p)).toEqual(fit(kept(p), kept(labels)).apply(p))
  })
})

interface BetaCase {
  readonly labels: number[]
  readonly p: number[]
  readonly weights?: number[]
  readonly abm: [number, number, number]
  readonly am?: [number, number, number]
  readonly ab?: [number, number, number]
}
test.each(readJson<{ beta: BetaCase[] }>('calibration.json').beta)('beta calibration is the logistic regression of its paper (make_calibration.py), %#', (one) => {
  for (const parameters of ['abm', 'am', 'ab'] as const) {
    const want = one[parameters]
    if (!want) continue
    const { a, b, c } = fitBeta(one.p, one.labels, { parameters, weights: one.weights }).toJSON()
    expectAllClose([a, b, c], want, 1e-8)
  }
})

test('beta calibration is finite where the classes separate, and flat where scores mislead', () => {
  const { a, b, c } = fitBeta([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]).toJSON()
  expect([a, b, c].every(Number.isFinite)).toBe(true)
  expect(Array.from(fitBeta([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]).apply([0.1, 0.9])).map((p) => Math.round(p * 1e3) / 1e3)).toEqual([0, 1])
  for (const parameters of ['abm', 'am'] as const) {
    const flat = fitBeta([0.9, 0.8, 0.7, 0.1, 0.2], [0, 0, 1, 1, 1], { parameters })
    expect(flat.toJSON()).toMatchObject({ a: 0, b: 0 })
    expectAllClose(flat.apply([0, 0.5, 1]), [0.6, 0.6, 0.6], 1e-9)
  }
  expect(Array.from(fitBeta([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1], { parameters: 'ab' }).apply([0.3]))).toEqual([0.5])
  expect(() => fitBeta([0.1, 0.9], [0, 1], { parameters: 'b' as 'ab' })).toThrow(/`parameters`/)
})

test('histogram binning gives the rate of each bin, of equal width or mass; a bin without rows changes nothing', () => {
  const p = [0.05, 0.15, 0.15, 0.35, 0.95, 0.97]
  const labels = [0, 0, 1, 1, 1, 0]
  expect(Array.from(fitHistogram(p, labels, { bins: 4 }).apply([0, 0.25, 0.26, 0.6, 1]))).toEqual([1 / 3, 1 / 3, 1, 0.6, 0.5])
  expect(fitHistogram(p, labels, { bins: 4 }).toJSON().rates).toEqual([1 / 3, 1, null, 0.5])
  expect(fitHistogram(p, labels, { bins: 2, strategy: 'equal-mass' }).toJSON()).toEqual({ kind: 'histogram', cuts: [0.05, 0.25, 0.97], rates: [1 / 3, 2 / 3] })
  expect(() => fitHistogram(p, labels, { bins: 0 })).toThrow(/`bins`/)
})

test.each(Object.entries({ fitPlatt, fitTemperature }))('%s does not guess whether scores are logits', (name, fit) => {
  for (const options of [undefined, {}, { input: 'score' }])
    expect(() => fit([0.1, 0.9, 0.5], [0, 1, 1], options as { input: 'logit' })).toThrow(new RegExp(`feedrank/${name}: expected \`(input|options)\` to be .*'logit' or 'probability'`))
  expect(() => fit([0.1, 3], [0, 1], { input: 'probability' })).toThrow(/`scores\[1\]` to be a probability/)
  expect(() => fit([0.1, 0.9, 0.3], [0, 1, 1], { input: 'probability' }).apply([4])).toThrow(/probability/)
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
  ['points that are no probabilities', { kind: 'isotonic', x: [1, 2], y: [0, 5] }, /`y`/],
  ['points below 0', { kind: 'isotonic', x: [1, 2], y: [-1, 0.5] }, /`y`/],
  ['points out of order', { kind: 'isotonic', x: [2, 1], y: [0, 1] }, /`x`/],
  ['a beta that falls', { kind: 'beta', a: -1, b: 0, c: 0 }, /`a`/],
  ['a beta without c', { kind: 'beta', a: 1, b: 0 }, /`c`/],
  ['cuts that fall', { kind: 'histogram', cuts: [1, 0], rates: [0] }, /`cuts`/],
  ['rates that do not fit', { kind: 'histogram', cuts: [0, 1], rates: [0, 1] }, /`rates`/],
  ['a rate that is text', { kind: 'histogram', cuts: [0, 1], rates: ['0'] }, /`rates`/],
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
