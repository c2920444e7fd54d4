import { DataError, SpecError, expected } from '../errors'
import type { Cells } from './cells'
import { badCell, numbersOf } from './cells'
import type { ColumnEncoder, FeatureKind } from './feature'
import { badJson, readArray, readNumber, readObject, readPositive } from './json'
import type { NumericFeature } from './numeric'
import { numeric } from './numeric'
import { quantileSketch } from './quantile-sketch'
import { moments } from './statistics'
import { largestFloat } from './values'

type Bounds = readonly [number, number] | null

/** What was learnt: encoded = (transform(clip(x)) − shift) / scale; `mean` is that of the transformed value. */
interface NumericState {
  readonly bounds: Bounds
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
        else for (const number of allTransformed(cells, numbers, feature, fixed)) if (number === number) learnt.add(number)
      },
      finish() {
        let bounds = fixed
        if (quantiles) {
          if (all.count() > 0) bounds = [all.quantile(quantiles[0]), all.quantile(quantiles[1])]
          const { values, weights } = all.kept()
          values.forEach((number, i) => learnt.add(transformed(column, feature, bounds, number), weights[i]))
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

function numericEncoder(column: string, feature: NumericFeature, given: NumericState): ColumnEncoder {
  // JSON knows no -0, and what is read back must encode the same.
  const bounds: Bounds = given.bounds && [given.bounds[0] + 0, given.bounds[1] + 0]
  const state = { bounds, shift: given.shift + 0, scale: given.scale, mean: given.mean + 0 }
  const { shift, scale, mean } = state
  const { missing } = feature
  const flag = missing !== 'error' && missing.flag === true
  const fill = missing === 'error' ? 0
    : missing.fill === 'mean' ? mean : transformed(`${column} (its fill)`, feature, bounds, missing.fill)
  const encodedFill = (fill - shift) / scale + 0
  if (!(Math.abs(encodedFill) <= largestFloat))
    throw new SpecError(expected('fit', `${column}: missing.fill`, 'a number that fits a 32-bit float when scaled', fill))
  const width = flag ? 2 : 1
  return {
    encoding: { kind: 'dense', width },
    encode(cells) {
      const numbers = numbersOf(cells, missing !== 'error')
      const all = allTransformed(cells, numbers, feature, bounds)
      const values = new Float32Array(numbers.length * width)
      for (let row = 0; row < all.length; row++) {
        const scaled = (all[row] - shift) / scale
        if (Math.abs(scaled) <= largestFloat) values[row * width] = scaled
        else if (numbers[row] === numbers[row]) throw badCell(cells, row, 'a number that fits a 32-bit float when scaled', numbers[row])
        else {
          values[row * width] = encodedFill
          if (flag) values[row * width + 1] = 1
        }
      }
      return { kind: 'dense', values, width }
    },
    state: Object.freeze({ ...state, bounds: bounds && Object.freeze([...bounds]) }),
    summary: summarize(feature, state),
  }
}

const aboveMinusOne = 'above -1, as its log1p is taken'

/** The number, clipped and transformed. `name` is what to call it in the error that this is not possible. */
function transformed(name: string, { transform }: NumericFeature, bounds: Bounds, value: number): number {
  const clipped = clip(bounds, value)
  if (transform === 'none') return clipped
  if (clipped > -1) return Math.log1p(clipped)
  throw new DataError(expected('fit', name, aboveMinusOne, value))
}

/** All numbers, clipped and transformed; NaN, for a missing value, stays NaN. */
function allTransformed(cells: Cells, numbers: Float64Array, { transform }: NumericFeature, bounds: Bounds): Float64Array {
  if (bounds === null && transform === 'none') return numbers
  const out = new Float64Array(numbers.length)
  const known = transform === 'none' ? out : logarithms()
  for (let i = 0; i < out.length; i++) {
    const clipped = clip(bounds, numbers[i])
    if (transform === 'none') out[i] = clipped
    else if (known[clipped] !== undefined) out[i] = known[clipped]
    else if (clipped <= -1) throw badCell(cells, i, aboveMinusOne, numbers[i])
    else out[i] = Math.log1p(clipped)
  }
  return out
}

const clip = (bounds: Bounds, value: number) => (bounds === null ? value : Math.min(bounds[1], Math.max(bounds[0], value)))

let ready: Float64Array | undefined

/** log1p of small whole numbers, which counts mostly are, made when first asked for. */
const logarithms = (): Float64Array => (ready ??= Float64Array.from({ length: 1 << 14 }, (_, count) => Math.log1p(count)))

function summarize(feature: NumericFeature, { bounds, shift, scale }: NumericState): string {
  const short = (value: number) => String(Number(value.toPrecision(4)))
  return [
    bounds && `clip ${short(bounds[0])}..${short(bounds[1])}`,
    feature.transform !== 'none' && feature.transform,
    feature.scale !== 'none' && `${feature.scale} (x - ${short(shift)}) / ${short(scale)}`,
    feature.missing !== 'error' && `missing: ${feature.missing.fill}${feature.missing.flag ? ' and a flag' : ''}`,
  ].filter(Boolean).join(', ') || 'as it is'
}
