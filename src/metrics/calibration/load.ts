import { ModelFileError, expected } from '../../errors'
import type { Calibrator, CalibratorJson, ScoreKind } from './calibrator'
import { betaCalibrator } from './beta'
import { downsamplingCorrection } from './downsampling'
import { histogramCalibrator } from './histogram'
import { isotonicCalibrator } from './isotonic'
import { plattCalibrator } from './platt'
import { temperatureCalibrator } from './temperature'

/**
 * The calibrator that its JSON describes.
 *
 * @param json what `JSON.parse` made of a saved calibrator
 * @throws ModelFileError when it is not one, naming the field.
 * @example
 * ```ts
 * import { downsamplingCorrection, loadCalibrator } from 'feedrank'
 *
 * const saved = JSON.stringify(downsamplingCorrection({ rate: 0.5 }))
 * console.log(loadCalibrator(JSON.parse(saved)).kind) // downsampling
 * ```
 */
export function loadCalibrator(json: unknown): Calibrator {
  if (typeof json !== 'object' || json === null) throw broken('json', 'the object a calibrator was saved as', json)
  const fields = json as Record<keyof CalibratorJson | string, unknown>
  switch (fields['kind']) {
    case 'platt':
      return plattCalibrator({ kind: 'platt', input: scoreKind(fields), slope: finite(fields, 'slope'), intercept: finite(fields, 'intercept') })
    case 'temperature':
      return temperatureCalibrator({ kind: 'temperature', input: scoreKind(fields), temperature: positive(fields, 'temperature') })
    case 'beta':
      return betaCalibrator({ kind: 'beta', a: atLeastZero(fields, 'a'), b: atLeastZero(fields, 'b'), c: finite(fields, 'c') })
    case 'histogram':
      return histogramCalibrator({ kind: 'histogram', ...histogram(fields['cuts'], fields['rates']) })
    case 'isotonic':
      return isotonicCalibrator({ kind: 'isotonic', ...points(fields['x'], fields['y']) })
    case 'downsampling': {
      const rate = positive(fields, 'rate')
      if (rate > 1) throw broken('rate', 'at most 1', rate)
      return downsamplingCorrection({ rate })
    }
    default:
      throw broken('kind', "'platt', 'temperature', 'beta', 'isotonic', 'histogram' or 'downsampling'", fields['kind'])
  }
}

const broken = (field: string, expectation: string, got: unknown) => new ModelFileError(expected('loadCalibrator', field, expectation, got))

function finite(fields: Record<string, unknown>, name: string): number {
  const value = fields[name]
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw broken(name, 'a finite number', value)
}

function positive(fields: Record<string, unknown>, name: string): number {
  const value = finite(fields, name)
  if (value > 0) return value
  throw broken(name, 'a number above 0', value)
}

function atLeastZero(fields: Record<string, unknown>, name: string): number {
  const value = finite(fields, name)
  if (value >= 0) return value
  throw broken(name, 'a number of at least 0', value)
}

function scoreKind(fields: Record<string, unknown>): ScoreKind {
  const input = fields['input']
  if (input === 'logit' || input === 'probability') return input
  throw broken('input', "'logit' or 'probability'", input)
}

const numbers = (values: unknown): values is number[] => Array.isArray(values) && values.every((value) => Number.isFinite(value))

function histogram(cuts: unknown, rates: unknown): { cuts: number[]; rates: (number | null)[] } {
  if (!numbers(cuts) || cuts.length < 2 || cuts.some((cut, i) => i > 0 && !(cut >= cuts[i - 1])))
    throw broken('cuts', 'finite numbers that never fall, two or more', cuts)
  const isRate = (rate: unknown) => rate === null || (typeof rate === 'number' && rate >= 0 && rate <= 1)
  if (!Array.isArray(rates) || rates.length !== cuts.length - 1 || !rates.every(isRate))
    throw broken('rates', `${cuts.length - 1} rates between 0 and 1, or null`, rates)
  return { cuts, rates }
}

function points(x: unknown, y: unknown): { x: number[]; y: number[] } {
  if (!numbers(x) || x.length === 0 || x.some((value, i) => i > 0 && !(value > x[i - 1]))) throw broken('x', 'rising finite numbers', x)
  if (!numbers(y) || y.length !== x.length || y.some((value, i) => !(value >= (i === 0 ? 0 : y[i - 1]) && value <= 1)))
    throw broken('y', `${x.length} probabilities that never fall`, y)
  return { x, y }
}
