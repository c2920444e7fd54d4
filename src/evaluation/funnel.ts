import type { RankResult } from '../pipeline'
import type { Funnel, SourceShare } from './result'

type Counts = { -readonly [K in keyof SourceShare]: SourceShare[K] }

/** Adds up, request by request, what became of the relevant items in a pipeline, and which source brought them. */
export function funnelCounter() {
  const sources = new Map<string, Counts>()
  const filters = new Map<string, { relevant: number; removed: number }>()
  const all = { relevant: 0, retrieved: 0, kept: 0, shown: 0 }

  const credit = (names: readonly string[], relevant: boolean, shown: boolean) => {
    for (const source of new Set(names)) {
      let counts = sources.get(source)
      if (!counts) sources.set(source, (counts = { source, brought: 0, alone: 0, relevant: 0, relevantAlone: 0, shown: 0, relevantShown: 0 }))
      const alone = names.length === 1
      counts.brought++
      if (alone) counts.alone++
      if (relevant) counts.relevant++
      if (relevant && alone) counts.relevantAlone++
      if (shown) counts.shown++
      if (shown && relevant) counts.relevantShown++
    }
  }

  return {
    add(result: RankResult<object, object>, relevant: ReadonlySet<string>): void {
      all.relevant += relevant.size
      for (const { id, sources: names } of result.selected) {
        const hit = relevant.has(String(id))
        credit(names, hit, true)
        if (hit) { all.retrieved++; all.kept++; all.shown++ }
      }
      for (const { id, sources: names } of result.rest) {
        const hit = relevant.has(String(id))
        credit(names, hit, false)
        if (hit) { all.retrieved++; all.kept++ }
      }
      for (const { id, sources: names, by } of result.removed) {
        const hit = relevant.has(String(id))
        credit(names, hit, false)
        if (hit) all.retrieved++
        const filter = filters.get(by) ?? { relevant: 0, removed: 0 }
        filter.removed++
        if (hit) filter.relevant++
        filters.set(by, filter)
      }
    },
    /** A request that failed: its relevant items were asked for and not found. */
    addFailed(relevant: ReadonlySet<string>): void {
      all.relevant += relevant.size
    },
    result: (): Funnel => ({
      ...all,
      removedBy: [...filters].map(([filter, counts]) => ({ filter, ...counts })).sort((a, b) => b.relevant - a.relevant || b.removed - a.removed),
      sources: [...sources.values()].sort((a, b) => b.relevant - a.relevant || b.brought - a.brought),
    }),
  }
}
