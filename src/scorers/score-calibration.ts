import { ArgumentError, checkNumber, expected } from '../errors'
import type { ComponentOptions, Scorer } from '../pipeline'
import { componentOptions } from '../pipeline/component-options'

/** What {@link scoreCalibration} takes: the two numbers of a logistic curve, or the points of a rising line. */
export type ScoreCalibrationOptions<Q> = ComponentOptions<Q> & (
  | {
      /** a of 1/(1 + e^−(a·s + b)), above 0. */
      readonly slope: number
      /** b of it. */
      readonly intercept: number
      readonly points?: undefined
    }
  | {
      /** Pairs of score and calibrated score, both rising; between two points the line is straight, beyond the ends it is level. */
      readonly points: readonly (readonly [score: number, calibrated: number])[]
      readonly slope?: undefined
      readonly intercept?: undefined
    }
)

/**
 * Turns scores into what they mean, such as the probability of a click, without changing their order: by a logistic
 * curve 1/(1 + e^−(a·s + b)) (Platt 1999) or by the points of a rising line, as isotonic regression gives them.
 *
 * Points that do not rise make equal scores of different ones; their order is then that of the candidates.
 *
 * @throws ArgumentError when `slope` is not above 0, `intercept` is no finite number, or `points` are fewer than two or do not rise.
 * @example
 * ```ts
 * import { fromList, functionScorer, MixerPipeline, scoreCalibration } from 'feedrank'
 *
 * const feed = MixerPipeline.for<object, { id: string; logit: number }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 'a', logit: 0 }, { id: 'b', logit: 2 }]))
 *   .score(functionScorer('logit', (post) => post.logit), scoreCalibration({ points: [[-1, 0.1], [1, 0.5], [3, 0.7]] }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => [item.id, Number(item.score.toFixed(3))])) // [ [ 'b', 0.6 ], [ 'a', 0.3 ] ]
 * ```
 */
export function scoreCalibration<Q>(options: ScoreCalibrationOptions<Q>): Scorer<Q, unknown> {
  const where = 'scoreCalibration'
  const settings = componentOptions(where, 'calibration', options)
  const calibrate = options.points === undefined ? logistic(where, options.slope, options.intercept) : line(where, options.points)
  return { ...settings, score: (_, __, previous) => Float64Array.from(previous, calibrate) }
}

function logistic(where: string, slope: unknown, intercept: unknown): (score: number) => number {
  const a = checkNumber(where, 'slope', slope, { above: 0 })
  const b = checkNumber(where, 'intercept', intercept)
  return (score) => 1 / (1 + Math.exp(-(a * score + b)))
}

function line(where: string, points: unknown): (score: number) => number {
  if (!Array.isArray(points) || points.length < 2) throw new ArgumentError(expected(where, 'points', 'a list of at least two pairs', points))
  const xs = Float64Array.from(points, (point: unknown, p) => checkNumber(where, `points[${p}][0]`, (point as readonly unknown[])?.[0]))
  const ys = Float64Array.from(points, (point: unknown, p) => checkNumber(where, `points[${p}][1]`, (point as readonly unknown[])[1]))
  for (let p = 1; p < xs.length; p++)
    if (!(xs[p] > xs[p - 1] && ys[p] >= ys[p - 1])) throw new ArgumentError(`feedrank/${where}: expected \`points\` to rise, got [${xs[p - 1]}, ${ys[p - 1]}] before [${xs[p]}, ${ys[p]}]`)
  return (score) => {
    if (Number.isNaN(score)) return NaN
    if (score <= xs[0]) return ys[0]
    const above = xs.findIndex((x) => x >= score)
    if (above < 0) return ys[ys.length - 1]
    const t = (score - xs[above - 1]) / (xs[above] - xs[above - 1])
    return ys[above - 1] + t * (ys[above] - ys[above - 1])
  }
}
