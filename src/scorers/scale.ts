/**
 * The scores times a factor each; a negative score is left as it is, because a factor below 1 would raise it (and
 * one above 1 would lower it).
 */
export function scale(scores: Readonly<Float64Array>, factor: (i: number) => number): Float64Array {
  const scaled = new Float64Array(scores.length)
  for (let i = 0; i < scaled.length; i++) scaled[i] = scores[i] >= 0 ? scores[i] * factor(i) : scores[i]
  return scaled
}
