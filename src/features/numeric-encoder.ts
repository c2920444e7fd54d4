import { DataError, SpecError, expected } from '../errors'
import type { Cells } from './cells'
import { badCell, numbersOf } from './cells'
import type { ColumnEncoder, FeatureKind } from './feature'
import { badJson, readArray, readNumber, readObject, readPositive } from './json'
import type { NumericFeature } from './numeric'
import { numeric } from './numeric'
import { quantileSketch } from './quantile-sketch'
import { moments } from './statistics'

/** What was learnt: encoded = (transform(clip(x)) − shift) / scale; `mean` is that of the transformed value. */
interface NumericState {
  readonly bounds: readonly [number, number] | null
  readonly shift: number
  readonly scale: number
  readonly mean: number
}

export const numericKind: FeatureKind<NumericFeature> = {
  make: numeric,
  crossable: false,
  fitter(feature, { column }) {
    const { clip, missing } = feature
    const quantiles = clip !== undefined && 'quantiles' in clip ? clip.quantiles : null
    const fixed = clip !== undefined && !('quantiles' in clip) ? clip : null
    const all = quantileSketch()
    const learnt = moments()
    return {
      observe(cells) {
        const numbers = numbersOf(cells, missing !== 'error')
        if (quantiles) all.addAll(numbers)
        else for (let i = 0; i < numbers.length; i++)
          if (numbers[i] === numbers[i]) learnt.add(transformed(feature, fixed, numbers[i]) ?? tooLow(cells, i, numbers[i]))
      },
      finish() {
        let bounds = fixed
        if (quantiles) {
          if (all.count() > 0) bounds = [all.quantile(quantiles[0]), all.quantile(quantiles[1])]
          const { values, weights } = all.kept()
          values.forEach((number, i) => learnt.add(transformed(feature, bounds, number) ?? tooLowAtAll(column, number), weights[i]))
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
  },
  restore(feature, { column }, json, at) {
    const state = readObject(json, at)
    const bounds = state['bounds'] === null ? null : readBounds(state['bounds'], `${at}.bounds`)
    if (bounds !== null && feature.transform === 'log1p' && bounds[1] <= -1) throw badJson(`${at}.bounds[1]`, 'above -1', bounds[1])
    return numericEncoder(column, feature, {
      bounds,
      shift: readNumber(state['shift'], `${at}.shift`),
      scale: readPositive(state['scale'], `${at}.scale`),
      mean: readNumber(state['mean'], `${at}.mean`),
    })
  },
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
    : missing.fill === 'mean' ? mean : transformed(feature, bounds, missing.fill) ?? tooLowAtAll(`${column} (its fill)`, missing.fill)
  const encodedFill = (fill - shift) / scale
  if (!(Math.abs(encodedFill) <= largest))
    throw new SpecError(expected('fit', `${column}: missing.fill`, 'a number that fits a 32-bit float when scaled', fill))
  const width = flag ? 2 : 1
  return {
    encoding: { kind: 'dense', width },
    encode(cells) {
      const numbers = numbersOf(cells, missing !== 'error')
      const values = new Float32Array(numbers.length * width)
      for (let row = 0; row < numbers.length; row++) {
        const number = numbers[row]
        if (number !== number) {
          values[row * width] = encodedFill
          if (flag) values[row * width + 1] = 1
        } else {
          const scaled = ((transformed(feature, bounds, number) ?? tooLow(cells, row, number)) - shift) / scale
          if (!(Math.abs(scaled) <= largest)) throw badCell(cells, row, 'a number that fits a 32-bit float when scaled', number)
          values[row * width] = scaled
        }
      }
      return { kind: 'dense', values, width }
    },
    state: Object.freeze({ ...state, bounds: bounds && Object.freeze([...bounds]) }),
    summary: summarize(feature, state),
  }
}

/** The number, clipped and transformed; undefined where that is not possible. */
function transformed(feature: NumericFeature, bounds: readonly [number, number] | null, value: number): number | undefined {
  const clipped = bounds === null ? value : Math.min(bounds[1], Math.max(bounds[0], value))
  if (feature.transform === 'none') return clipped
  return clipped > -1 ? Math.log1p(clipped) : undefined
}

const aboveMinusOne = 'above -1, as its log1p is taken'

function tooLow(cells: Cells, cell: number, value: number): never {
  throw badCell(cells, cell, aboveMinusOne, value)
}

function tooLowAtAll(column: string, value: number): never {
  throw new DataError(expected('fit', column, aboveMinusOne, value))
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
