import { ArgumentError, DataError, checkInteger, checkObject, expected } from '../errors'
import { meanInterval } from '../metrics'
import { rankOrder } from '../pipeline/rank-order'
import { bestOf, cascaded, type StageScores } from './cascade-order'

/** One request as {@link cascadeRegret} reads it. */
export interface CascadeSample {
  /** What each stage says of every candidate, the cheapest first, the full model last: `[stages][candidates]`. */
  readonly scores: readonly ArrayLike<number>[]
  /** What each candidate is worth, such as whether it was clicked. @defaultValue what the full model says of it */
  readonly utility?: ArrayLike<number>
}

/** What {@link cascadeRegret} takes. */
export interface CascadeRegretOptions {
  /** How many of a page count. */
  readonly k: number
  /** The widths to try: how many go on from each stage to the next; one number where there are two stages. */
  readonly widths: readonly (number | readonly number[])[]
  /** @defaultValue 0.95 */
  readonly level?: number
}

/** A mean over requests with the ends of its interval. */
export interface RegretInterval {
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** What one choice of widths costs. */
export interface CascadeRegret {
  readonly widths: readonly number[]
  /** The share of the full model's first k that the cascade has among its first k. */
  readonly recall: RegretInterval
  /** Utility of the full model's first k less that of the cascade's. */
  readonly regret: RegretInterval
  /** The regret of all requests in proportion to what the full model's pages are worth; NaN where those are worth nothing. */
  readonly relativeRegret: number
  /** Candidates that the last model scores, a mean over requests. */
  readonly scored: number
  readonly requests: number
}

/**
 * What a cascade loses against the full model on every candidate, by its widths, over sample requests.
 *
 * For each request both rank all candidates; `regret = Σ_{i ∈ top k of full} u_i − Σ_{i ∈ top k of cascade} u_i`. With the full
 * model's scores for utility it is never negative, and it falls to 0 as the width reaches the number of candidates; with
 * clicks it can be either, and says what users would notice. Intervals are those of a mean over requests (t).
 *
 * @throws ArgumentError when there are fewer than two requests, stages and widths do not fit, or `k` is no positive integer;
 * DataError when a request has no candidates, or scores of the full model or utilities that are not finite
 * @example
 * ```ts
 * import { cascadeRegret, seededRandom } from 'feedrank'
 *
 * const random = seededRandom(1)
 * const samples = Array.from({ length: 50 }, () => {
 *   const full = Array.from({ length: 200 }, () => random.next())
 *   return { scores: [full.map((score) => score + 0.2 * random.normal()), full] }
 * })
 * const [narrow, wide, all] = cascadeRegret(samples, { k: 10, widths: [20, 60, 200] })
 * console.log(narrow.recall.mean < wide.recall.mean, wide.relativeRegret < 0.02, all.regret.mean) // true true 0
 * ```
 */
export function cascadeRegret(samples: readonly CascadeSample[], options: CascadeRegretOptions): readonly CascadeRegret[] {
  const where = 'cascadeRegret'
  const { k, widths, level = 0.95 } = checkObject(where, 'options', options)
  checkInteger(where, 'k', k)
  if (!Array.isArray(samples) || samples.length < 2) throw new ArgumentError(expected(where, 'samples', 'a list of at least two requests', samples))
  const stages: unknown = (samples[0] as CascadeSample | undefined)?.scores?.length
  if (typeof stages !== 'number' || stages < 2) throw new ArgumentError(expected(where, 'samples[0].scores', 'what at least two stages say', (samples[0] as CascadeSample | undefined)?.scores))
  if (!Array.isArray(widths) || widths.length === 0) throw new ArgumentError(expected(where, 'widths', 'a list of widths', widths))
  const chosen = widths.map((width: number | readonly number[], w) => {
    const list = typeof width === 'number' ? [width] : width
    if (!Array.isArray(list) || list.length !== stages - 1) throw new ArgumentError(expected(where, `widths[${w}]`, `${stages - 1} numbers, one for each stage but the last`, width))
    return list.map((one: number, s) => checkInteger(where, `widths[${w}][${s}]`, one))
  })
  samples.forEach((sample, i) => checkSample(where, sample, i, stages))

  const full = samples.map((sample) => {
    const utility = sample.utility ?? sample.scores[stages - 1]
    const top = rankOrder(sample.scores[stages - 1]).slice(0, k)
    return { utility, top: new Set(top), worth: worthOf(utility, top) }
  })
  const totalWorth = full.reduce((sum, { worth }) => sum + worth, 0)
  return chosen.map((list): CascadeRegret => {
    const measured = samples.map(({ scores }, i) => {
      const { order, last } = ranked(scores, list)
      const top = order.slice(0, k)
      const { utility, top: wanted, worth } = full[i]
      return { recall: top.filter((c) => wanted.has(c)).length / wanted.size, regret: worth - worthOf(utility, top), last }
    })
    const total = measured.reduce((sum, { regret }) => sum + regret, 0)
    const over = (values: readonly number[]): RegretInterval => {
      const { mean, low, high } = meanInterval(values, level)
      return { mean, low, high }
    }
    return {
      widths: list,
      recall: over(measured.map(({ recall }) => recall)),
      regret: over(measured.map(({ regret }) => regret)),
      relativeRegret: totalWorth === 0 ? NaN : total / Math.abs(totalWorth),
      scored: measured.reduce((sum, { last }) => sum + last, 0) / measured.length,
      requests: measured.length,
    }
  })
}

/** The order in which a cascade of these widths ranks, and how many its last stage scored. */
function ranked(scores: readonly ArrayLike<number>[], widths: readonly number[]): { readonly order: Int32Array; readonly last: number } {
  const n = scores[0].length
  const done: StageScores[] = []
  let places = Int32Array.from({ length: n }, (_, i) => i)
  for (const [s, said] of scores.entries()) {
    const stage = { places, scores: Float64Array.from(places, (place) => said[place]) }
    done.push(stage)
    if (s < widths.length) places = Int32Array.from(bestOf(stage.scores, widths[s]), (i) => stage.places[i])
  }
  return { order: rankOrder(cascaded(n, done)), last: places.length }
}

const worthOf = (utility: ArrayLike<number>, top: Int32Array): number => top.reduce((sum, c) => sum + utility[c], 0)

function checkSample(where: string, sample: CascadeSample, at: number, stages: number): void {
  const { scores, utility } = (sample ?? {}) as Partial<CascadeSample>
  if (!Array.isArray(scores) || scores.length !== stages) throw new ArgumentError(expected(where, `samples[${at}].scores`, `what ${stages} stages say`, scores))
  const n: unknown = (scores[0] as ArrayLike<number> | undefined)?.length
  if (typeof n !== 'number' || n === 0) throw new DataError(`feedrank/${where}: expected every request to have candidates, got none in samples[${at}]`)
  for (const [name, list] of [...scores.map((list: ArrayLike<number>, s) => [`scores[${s}]`, list] as const), ...(utility === undefined ? [] : [['utility', utility] as const])]) {
    if (list?.length !== n) throw new ArgumentError(`feedrank/${where}: expected samples[${at}].${name} to hold ${n} numbers, one a candidate, got ${list?.length}`)
    // A cheap model may fail on a candidate, which then goes no further; without the full one's word there is nothing to compare with.
    const strict = name === 'utility' || name === `scores[${stages - 1}]`
    for (let i = 0; i < n; i++)
      if (typeof list[i] !== 'number' || (strict && !Number.isFinite(list[i]))) throw new DataError(`feedrank/${where}: expected samples[${at}].${name} to hold finite numbers, got ${String(list[i])} at ${i}`)
  }
}
