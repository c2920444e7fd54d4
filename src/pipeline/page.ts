import { call, isThenable, newRecord } from './call'
import type { AnyQuery, Plan } from './plan'
import type { Pool } from './pool'
import { select } from './rank'
import type { Ranking } from './rank'
import { readMask } from './refine'
import { checkCancelled } from './request'
import type { Request } from './request'
import { endStage } from './retrieve'

/** The page and what is left behind it, as indices into the ranking. */
export interface Page {
  readonly selected: readonly number[]
  readonly rest: readonly number[]
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
  let open = allOf(ranking.cs.length)
  let passed: ReadonlySet<number> | undefined
  for (;;) {
    checkCancelled(request)
    const reserve = open.length === ranking.cs.length ? ranking : subset(ranking, open)
    let page = (await select(request, plan.selector, q, reserve)).map((i) => open[i])
    if (!page.every((index) => passed?.has(index)) || plan.selectedFilters.length === 0) {
      const asked = page
      for (const part of plan.selectedFilters) page = await hold(request, part, q, pool, ranking, page)
      if (page.length < asked.length) {
        const kept = new Set(page)
        for (const index of asked) if (!kept.has(index)) removed[index] = 1
        open = open.filter((index) => removed[index] === 0)
        passed = kept
        if (request.left() > 0) continue
      }
    }
    const shown = new Set(page)
    return { selected: page, rest: open.filter((index) => !shown.has(index)) }
  }
}

const allOf = (n: number) => Array.from({ length: n }, (_, i) => i)

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
