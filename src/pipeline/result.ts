import type { Page } from './page'
import type { AnyCandidate, AnyQuery } from './plan'
import { partsOfSlot } from './pool'
import type { Pool } from './pool'
import type { Ranking } from './rank'
import type { EffectOutcome, Move, RankedItem, RankResult, RemovedItem } from './rank-result'
import type { PipelineTrace } from './trace'

/** The rank of every slot in `slots`, by slot. */
const ranksOf = (slots: Int32Array, size: number) => {
  const ranks = new Int32Array(size)
  for (let i = 0; i < slots.length; i++) ranks[slots[i]] = i
  return ranks
}

/** What was neither selected nor removed, in ranked order. */
function leftOf({ selected, removed }: Page): number[] {
  const gone = removed.slice()
  for (const index of selected) gone[index] = 1
  const left: number[] = []
  for (let i = 0; i < gone.length; i++) if (gone[i] === 0) left.push(i)
  return left
}

/** Puts the answer together. What few callers read (the rest, the removed) is built when it is first read. */
export function buildResult(
  query: AnyQuery,
  pool: Pool,
  ranking: Ranking,
  page: Page,
  trace: PipelineTrace,
  settled: Promise<readonly EffectOutcome[]>,
): RankResult<AnyQuery, AnyCandidate> {
  const orders = [...ranking.before.map(({ slots }) => slots), ranking.slots].map((slots) => ranksOf(slots, pool.ids.length))
  const item = (index: number, position: number): RankedItem<AnyCandidate> => {
    const slot = ranking.slots[index]
    const moves: Move[] = []
    ranking.before.forEach(({ by }, i) => {
      const from = orders[i][slot]
      const to = orders[i + 1][slot]
      if (from !== to) moves.push({ by, from, to })
    })
    return {
      id: pool.ids[slot], candidate: ranking.cs[index], score: ranking.scores[index], parts: partsOfSlot(pool, slot),
      sources: pool.sources[slot], rank: orders[0][slot], moves, position,
    }
  }
  let rest: readonly RankedItem<AnyCandidate>[] | undefined
  let removed: readonly RemovedItem<AnyCandidate>[] | undefined
  return {
    query,
    selected: page.selected.map(item),
    get rest() {
      return (rest ??= leftOf(page).map((index, i) => item(index, page.selected.length + i)))
    },
    get removed() {
      return (removed ??= pool.removals.map(({ slot, by }) => ({
        id: pool.ids[slot], candidate: pool.bySlot[slot], sources: pool.sources[slot], by: by.name,
        stage: by.stage === 'filterSelected' ? 'filterSelected' : 'filter', parts: partsOfSlot(pool, slot),
      })))
    },
    retrieved: pool.ids.length,
    trace,
    settled,
  }
}
