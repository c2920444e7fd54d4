import { openOf } from './page'
import type { Page } from './page'
import type { AnyCandidate, AnyQuery } from './plan'
import { partsOfSlot } from './pool'
import type { Pool } from './pool'
import type { Ranking } from './rank'
import type { EffectOutcome, Move, NestedResult, RankedItem, RankResult, RemovedItem } from './rank-result'
import type { PipelineTrace } from './trace'

/** The place of each of `items` in the list, by item; -1 for what is not in it. */
const placesOf = (items: ArrayLike<number>, size: number) => {
  const places = new Int32Array(size).fill(-1)
  for (let i = 0; i < items.length; i++) places[items[i]] = i
  return places
}

/** `page`, then what is open and not on it, in ranked order. */
function completed(page: readonly number[], open: readonly number[], size: number): number[] {
  const places = placesOf(page, size)
  return [...page, ...open.filter((index) => places[index] < 0)]
}

/** Puts the answer together. What few callers read (the rest, the removed) is built when it is first read. */
export function buildResult(
  query: AnyQuery,
  pool: Pool,
  ranking: Ranking,
  page: Page,
  trace: PipelineTrace,
  nested: readonly NestedResult[],
  settled: Promise<readonly EffectOutcome[]>,
): RankResult<AnyQuery, AnyCandidate> {
  const size = ranking.slots.length
  let opened: readonly number[] | undefined
  const open = () => (opened ??= openOf(page.removed))
  const orders = [...ranking.before.map(({ slots }) => slots), ranking.slots].map((slots) => placesOf(slots, pool.ids.length))
  // Each reranker between two orders of all slots; then the selector and each finalizer between two orders of what is open.
  const arranged = page.arrangements.some(({ by }) => by !== undefined)
    ? [open(), ...page.arrangements.map((one) => completed(one.page, open(), size))].map((order) => placesOf(order, size))
    : []
  const movesOf = (index: number): Move[] => {
    const slot = ranking.slots[index]
    const moves: Move[] = []
    const add = (by: string, from: number, to: number) => { if (from !== to) moves.push({ by, from, to }) }
    ranking.before.forEach(({ by }, i) => add(by, orders[i][slot], orders[i + 1][slot]))
    for (let i = 1; i < arranged.length; i++) add(page.arrangements[i - 1].by ?? '', arranged[i - 1][index], arranged[i][index])
    return moves
  }
  const item = (index: number, position: number): RankedItem<AnyCandidate> => {
    const slot = ranking.slots[index]
    return {
      id: pool.ids[slot], candidate: pool.bySlot[slot], score: ranking.scores[index], parts: partsOfSlot(pool, slot),
      sources: pool.sources[slot], rank: orders[0][slot], moves: movesOf(index), position,
    }
  }
  let rest: readonly RankedItem<AnyCandidate>[] | undefined
  let removed: readonly RemovedItem<AnyCandidate>[] | undefined
  return {
    query,
    selected: page.selected.map(item),
    get rest() {
      return (rest ??= completed(page.selected, open(), size).slice(page.selected.length).map((index, i) => item(index, page.selected.length + i)))
    },
    get removed() {
      return (removed ??= pool.removals.flatMap(({ slots, by }) => Array.from(slots, (slot): RemovedItem<AnyCandidate> => ({
        id: pool.ids[slot], candidate: pool.bySlot[slot], sources: pool.sources[slot], by: by.name,
        stage: by.stage === 'filterSelected' ? 'filterSelected' : 'filter', parts: partsOfSlot(pool, slot),
      }))))
    },
    retrieved: pool.ids.length,
    trace,
    nested,
    settled,
  }
}
