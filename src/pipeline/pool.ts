import { show } from '../errors'
import type { CandidateId } from './component'
import type { AnyCandidate, Part } from './plan'
import type { ListView } from './call'
import type { ComponentRecord } from './request'
import type { Filter } from './filter'

/** What a scorer answered, for the slots that were alive when it ran. */
export interface ScoreColumn {
  readonly scorer: string
  readonly slots: Int32Array
  readonly scores: Float64Array
}

/** The slots that a filter took out, in order. */
export interface Removal {
  readonly slots: Int32Array
  readonly by: Part<Filter<object, object>>
}

/**
 * The candidates of a request. Each has a slot, its place in the merged list, and keeps it; `alive` lists the slots
 * still in, ascending, with their candidates and scores beside it.
 *
 * `alive` arrays are replaced, never written to: a component that was given up on may still hold the old ones.
 */
export interface Pool {
  readonly ids: readonly CandidateId[]
  readonly sources: readonly (readonly string[])[]
  /** The latest form of each candidate, by slot. */
  readonly bySlot: AnyCandidate[]
  /** 1 for a candidate that is the request's own copy, by slot. */
  readonly owned: Uint8Array
  slots: Int32Array
  /** Frozen, so that a component which sorts its argument fails instead of confusing whose score is whose. */
  cs: readonly AnyCandidate[]
  scores: Float64Array
  readonly columns: ScoreColumn[]
  readonly removals: Removal[]
}

/** What one source answered. */
export interface Fetched {
  readonly source: string
  readonly candidates: readonly unknown[]
  readonly record: ComponentRecord
}

const readId = (id: (c: AnyCandidate) => CandidateId, candidate: unknown): CandidateId | undefined => {
  if (typeof candidate !== 'object' || candidate === null) return undefined
  try {
    const value: unknown = id(candidate)
    return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value)) ? value : undefined
  } catch {
    return undefined
  }
}

/** Merges what the sources brought, in their order: the first form of a candidate stays, every source of it is noted. */
export function mergeCandidates(id: (c: AnyCandidate) => CandidateId, fetched: readonly Fetched[]): Pool {
  const slotOf = new Map<CandidateId, number>()
  // Laid out for all that came and cut to what was distinct: arrays that grow are copied again and again.
  const most = fetched.reduce((sum, { candidates }) => sum + candidates.length, 0)
  const ids: CandidateId[] = []
  const sources: (readonly string[])[] = []
  const bySlot: AnyCandidate[] = []
  ids.length = sources.length = bySlot.length = most
  let n = 0
  for (const { source, candidates, record } of fetched) {
    const alone: readonly string[] = Object.freeze([source])
    let firstInvalid = -1
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i]
      const key = readId(id, candidate)
      if (key === undefined) {
        if (firstInvalid < 0) firstInvalid = i
        record.invalid++
        continue
      }
      const slot = slotOf.get(key)
      if (slot === undefined) {
        slotOf.set(key, n)
        ids[n] = key
        sources[n] = alone
        bySlot[n++] = candidate as AnyCandidate
        continue
      }
      record.duplicates++
      const known = sources[slot]
      if (known[known.length - 1] !== source) sources[slot] = Object.freeze([...known, source])
    }
    record.out = candidates.length - record.invalid
    if (record.invalid > 0)
      record.error = `${record.invalid} of ${candidates.length} entries are no candidates (no object with a string or finite number as id), `
        + `the first at ${firstInvalid}: ${show(candidates[firstInvalid])}`
  }
  ids.length = sources.length = bySlot.length = n
  const slots = new Int32Array(n)
  for (let i = 0; i < n; i++) slots[i] = i
  return { ids, sources, bySlot, owned: new Uint8Array(n), slots, cs: Object.freeze(bySlot.slice()), scores: new Float64Array(n), columns: [], removals: [] }
}

/** The candidates of `slots` as they are now, in a frozen list. */
export function candidatesOf(pool: Pool, slots: Int32Array): readonly AnyCandidate[] {
  const cs: AnyCandidate[] = []
  cs.length = slots.length
  for (let i = 0; i < slots.length; i++) cs[i] = pool.bySlot[slots[i]]
  return Object.freeze(cs)
}

/** What is known of the candidates of `slots`, by their place in that list. */
export const listView = (pool: Pool, slots: ArrayLike<number>): ListView => ({
  sources: (index) => pool.sources[slots[index]] ?? [],
  score(scorer, index) {
    const column = pool.columns.find((one) => one.scorer === scorer)
    const at = column ? indexOfSlot(column.slots, slots[index]) : -1
    return column && at >= 0 ? column.scores[at] : NaN
  },
})

/** Takes out of `pool` whatever `mask` does not keep. */
export function sift(pool: Pool, kept: Uint8Array, count: number, by: Part<Filter<object, object>>): void {
  const { slots, cs, scores } = pool
  if (count === slots.length) return
  const nextSlots = new Int32Array(count)
  // Before the first scorer every score is zero, and a part of the zeros will do.
  const scored = pool.columns.length > 0
  const nextScores = scored ? new Float64Array(count) : scores.subarray(0, count)
  const nextCandidates: AnyCandidate[] = []
  nextCandidates.length = count
  const removed = new Int32Array(slots.length - count)
  let n = 0
  for (let i = 0; i < slots.length; i++) {
    if (kept[i] === 0) {
      removed[i - n] = slots[i]
      continue
    }
    nextSlots[n] = slots[i]
    if (scored) nextScores[n] = scores[i]
    nextCandidates[n++] = cs[i]
  }
  pool.removals.push({ slots: removed, by })
  pool.slots = nextSlots
  pool.scores = nextScores
  pool.cs = Object.freeze(nextCandidates)
}

/** The score of `slot` after each scorer that saw it. */
export function partsOfSlot(pool: Pool, slot: number): { scorer: string; score: number }[] {
  const parts: { scorer: string; score: number }[] = []
  for (const { scorer, slots, scores } of pool.columns) {
    const at = indexOfSlot(slots, slot)
    if (at >= 0) parts.push({ scorer, score: scores[at] })
  }
  return parts
}

/** Where `slot` stands in ascending `slots`, or -1. */
function indexOfSlot(slots: Int32Array, slot: number): number {
  let low = 0
  let high = slots.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    if (slots[middle] === slot) return middle
    if (slots[middle] < slot) low = middle + 1
    else high = middle - 1
  }
  return -1
}
