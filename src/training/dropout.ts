import { mix32 } from '../hash'
import type { Random } from '../random'

/**
 * Fills a dropout mask: each place 0 with probability `rate`, else `1 / (1 − rate)`.
 *
 * One draw from `random` keys a counter-based hash, so a mask of millions of places costs one multiplication each and is
 * the same on every backend. `rate` is honoured to 1 part in 2³².
 */
export function fillDropoutMask(mask: Float32Array, rate: number, random: Random): void {
  const key = random.integer(2 ** 32)
  const silenced = rate * 2 ** 32
  const kept = 1 / (1 - rate)
  for (let i = 0; i < mask.length; i++) mask[i] = mix32(i ^ key) < silenced ? 0 : kept
}
