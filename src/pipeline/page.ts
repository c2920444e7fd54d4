import { call, isThenable, newRecord } from './call'
import type { AnyQuery, Plan } from './plan'
import type { Pool } from './pool'
import { select } from './rank'
import type { Ranking } from './rank'
import { readMask } from './refine'
import { checkCancelled } from './request'
import type { Request } from './request'
import { endStage } from './retrieve'

/** The page, as indices into the ranking, and which of the ranking its filters removed (1). */
export interface Page {
  readonly selected: readonly number[]
  readonly removed: Uint8Array
}

/**
 * Fills the page: select, ask the post-selection filters about the page as it would be shown, and while they hold
 * something back select again without it, from the ranked reserve.
 *
 * Each round removes at least one candidate, so it ends. Only what passed every filter in one round together is
 * shown: when the deadline passes between rounds, the page is what passed so far, and short.
 */
export async function fillPage(request: Request, plan: Plan, q: AnyQuery, pool: Pool, ranking: Ranking): Promise<Page> {
  const removed = new Uint8Array(ranking.cs.length)
  let open: readonly number[] | undefined
  let passed: ReadonlySet<number> | undefined
  for (;;) {
    checkCancelled(request)
    const all = open
    const chosen = await select(request, plan.selector, q, all ? subset(ranking, all) : ranking)
    let page = all ? chosen.map((i) => all[i]) : chosen
    if (plan.selectedFilters.length === 0 || page.every((index) => passed?.has(index))) return { selected: page, removed }
    const asked = page
    for (const part of plan.selectedFilters) page = await hold(request, part, q, pool, ranking, page)
    const kept = new Set(page)
    for (const index of asked) if (!kept.has(index)) removed[index] = 1
    if (page.length === asked.length || request.left() === 0) return { selected: page, removed }
    open = openOf(removed)
    passed = kept
  }
}

const openOf = (removed: Uint8Array) => {
  const open: number[] = []
  for (let i = 0; i < removed.length; i++) if (removed[i] === 0) open.push(i)
  return open
}

const subset = (ranking: Ranking, open: readonly number[]): Pick<Ranking, 'cs' | 'scores'> => ({
  cs: Object.freeze(open.map((i) => ranking.cs[i])),
  scores: Float64Array.from(open, (i) => ranking.scores[i]),
})

async function hold(
  request: Request,
  part: Plan['selectedFilters'][number],
  q: AnyQuery,
  pool: Pool,
  ranking: Ranking,
  page: readonly number[],
): Promise<number[]> {
  checkCancelled(request)
  const began = request.plan.stopwatch()
  const cs = Object.freeze(page.map((i) => ranking.cs[i]))
  const record = newRecord(part, page.length)
  record.out = page.length
  try {
    const started = call(request, part, q, record, (ctx) => part.component.keep(q, cs, ctx))
    const outcome = isThenable(started) ? await started : started
    if (!outcome.done) return [...page]
    const { kept, count } = readMask(request, part, record, outcome.value)
    record.out = count
    return page.filter((index, i) => {
      if (kept[i] === 0) pool.removals.push({ slot: ranking.slots[index], by: part })
      return kept[i] === 1
    })
  } finally {
    endStage(request, 'filterSelected', began, page.length, record.out, [record])
  }
}
