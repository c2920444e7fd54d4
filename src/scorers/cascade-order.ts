import { rankOrder } from '../pipeline/rank-order'

/** Places in a list, rising: those whose scores are the best `keep` finite ones, ties by place. */
export function bestOf(scores: ArrayLike<number>, keep: number): Int32Array {
  const order = rankOrder(scores)
  let finite = order.length
  while (finite > 0 && !Number.isFinite(scores[order[finite - 1]])) finite--
  return order.slice(0, Math.min(keep, finite)).sort()
}

/**
 * Scores strictly below `ceiling` in the order of `scores`, equal where those are equal; what is not finite stays so.
 *
 * Below a positive ceiling they are positive, so that later factors lower them as they lower those above.
 */
export function below(ceiling: number, scores: Float64Array): Float64Array {
  const levels = [...new Set(scores.filter(Number.isFinite))].sort((a, b) => b - a)
  const depth = new Map(levels.map((score, i) => [score, (i + 1) / (levels.length + 1)]))
  // Where a positive ceiling is too near 0 to be divided further, they go below 0.
  const step = ceiling > 1e-290 ? ceiling : Math.max(1, Math.abs(ceiling))
  return scores.map((score) => (Number.isFinite(score) ? ceiling - step * depth.get(score)! : score))
}

/** What one stage scored: places in the whole list, rising, and a score for each. */
export interface StageScores {
  readonly places: Int32Array
  readonly scores: Float64Array
}

/**
 * One score for each of `n` candidates: those of the last stage that saw it, each stage's below all of the next one's.
 *
 * A candidate that a stage could not score (NaN) is not taken for one that an earlier stage scored.
 */
export function cascaded(n: number, stages: readonly StageScores[]): Float64Array {
  const out = new Float64Array(n).fill(NaN)
  const settled = new Uint8Array(n)
  let ceiling: number | undefined
  for (const { places, scores } of stages.toReversed()) {
    const open = [...places.keys()].filter((i) => settled[places[i]] === 0)
    const own = Float64Array.from(open, (i) => scores[i])
    const placed = ceiling === undefined ? own : below(ceiling, own)
    open.forEach((i, at) => {
      out[places[i]] = placed[at]
      settled[places[i]] = 1
    })
    ceiling = placed.reduce((least: number | undefined, score) => (Number.isFinite(score) && (least === undefined || score < least) ? score : least), ceiling)
  }
  return out
}
