import { isMissing } from '../data/values'
import { DataError, SpecError, expected } from '../errors'
import type { ColumnEncoder, ColumnFitter } from './feature'
import { badJson, readArray, readNumber, readObject, readPositive } from './json'
import type { NumericFeature } from './numeric'
import { moments, quantileOf, sample } from './statistics'
import { badValue, finite } from './values'

/** What was learnt: encoded = (transform(clip(x)) − shift) / scale; `mean` is that of the transformed value. */
interface NumericState {
  readonly bounds: readonly [number, number] | null
  readonly shift: number
  readonly scale: number
  readonly mean: number
}

export function fitNumeric(column: string, feature: NumericFeature): ColumnFitter {
  const { clip, missing } = feature
  const quantiles = clip !== undefined && 'quantiles' in clip ? clip.quantiles : null
  const fixed = clip !== undefined && !('quantiles' in clip) ? clip : null
  const all = sample()
  const learnt = moments()
  return {
    observe(value, row) {
      if (isMissing(value) && missing !== 'error') return
      const number = finite('fit', column, row, value)
      if (quantiles) all.add(number)
      else learnt.add(transform('fit', column, row, feature, fixed, number))
    },
    finish() {
      let bounds = fixed
      if (quantiles) {
        const sorted = all.sorted()
        if (sorted.length > 0) bounds = [quantileOf(sorted, quantiles[0]), quantileOf(sorted, quantiles[1])]
        for (const number of sorted) learnt.add(transform('fit', column, 0, feature, bounds, number))
      }
      if (learnt.count() === 0) throw new DataError(`feedrank/fit: expected column \`${column}\` to have a value in some row, got none`)
      if (!Number.isFinite(learnt.deviation() + learnt.max() - learnt.min()))
        throw new DataError(`feedrank/fit: expected column \`${column}\` to have a finite deviation, got values from ${learnt.min()} to ${learnt.max()}`)
      const mean = learnt.mean()
      const [shift, scale] = feature.scale === 'z-score' ? [mean, learnt.deviation()]
        : feature.scale === 'min-max' ? [learnt.min(), learnt.max() - learnt.min()] : [0, 1]
      return numericEncoder(column, feature, { bounds, shift, scale: scale > 0 ? scale : 1, mean })
    },
  }
}

export function restoreNumeric(column: string, feature: NumericFeature, json: unknown, at: string): ColumnEncoder {
  const state = readObject(json, at)
  const bounds = state['bounds'] === null ? null : readBounds(state['bounds'], `${at}.bounds`)
  if (bounds !== null && feature.transform === 'log1p' && bounds[1] <= -1) throw badJson(`${at}.bounds[1]`, 'above -1', bounds[1])
  return numericEncoder(column, feature, {
    bounds,
    shift: readNumber(state['shift'], `${at}.shift`),
    scale: readPositive(state['scale'], `${at}.scale`),
    mean: readNumber(state['mean'], `${at}.mean`),
  })
}

function readBounds(json: unknown, at: string): readonly [number, number] {
  const bounds = readArray(json, at).map((bound, i) => readNumber(bound, `${at}[${i}]`))
  if (bounds.length === 2 && bounds[0] <= bounds[1]) return [bounds[0], bounds[1]]
  throw badJson(at, 'null or two ascending numbers', json)
}

/** The largest finite 32-bit float. */
const largest = 3.4028234663852886e38

function numericEncoder(column: string, feature: NumericFeature, state: NumericState): ColumnEncoder {
  const { bounds, shift, scale, mean } = state
  const { missing } = feature
  const flag = missing !== 'error' && missing.flag === true
  const fill = missing === 'error' ? 0
    : missing.fill === 'mean' ? mean : transform('fit', `${column} (its fill)`, 0, feature, bounds, missing.fill)
  const encodedFill = (fill - shift) / scale
  if (!(Math.abs(encodedFill) <= largest))
    throw new SpecError(expected('fit', `${column}: missing.fill`, 'a number that fits a 32-bit float when scaled', fill))
  const width = flag ? 2 : 1
  return {
    encoding: { kind: 'dense', width },
    encode(rows) {
      const values = new Float32Array(rows.length * width)
      for (let row = 0; row < rows.length; row++) {
        const value = rows[row]
        if (isMissing(value) && missing !== 'error') {
          values[row * width] = encodedFill
          if (flag) values[row * width + 1] = 1
        } else {
          const number = finite('encode', column, row, value)
          const scaled = (transform('encode', column, row, feature, bounds, number) - shift) / scale
          if (!(Math.abs(scaled) <= largest)) throw badValue('encode', column, row, 'a number that fits a 32-bit float when scaled', value)
          values[row * width] = scaled
        }
      }
      return { kind: 'dense', values, width }
    },
    state: Object.freeze({ ...state, bounds: bounds && Object.freeze([...bounds]) }),
    summary: summarize(feature, state),
  }
}

function transform(
  where: string, column: string, row: number, feature: NumericFeature, bounds: readonly [number, number] | null, value: number,
): number {
  const clipped = bounds === null ? value : Math.min(bounds[1], Math.max(bounds[0], value))
  if (feature.transform === 'none') return clipped
  if (clipped > -1) return Math.log1p(clipped)
  throw badValue(where, column, row, 'above -1, as its log1p is taken', value)
}

function summarize(feature: NumericFeature, { bounds, shift, scale }: NumericState): string {
  const short = (value: number) => String(Number(value.toPrecision(4)))
  return [
    bounds && `clip ${short(bounds[0])}..${short(bounds[1])}`,
    feature.transform !== 'none' && feature.transform,
    feature.scale !== 'none' && `${feature.scale} (x - ${short(shift)}) / ${short(scale)}`,
    feature.missing !== 'error' && `missing: ${feature.missing.fill}${feature.missing.flag ? ' and a flag' : ''}`,
  ].filter(Boolean).join(', ') || 'as it is'
}
