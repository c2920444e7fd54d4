import { broken, call, isThenable, newRecord } from './call'
import type { AnyQuery, Part, Plan } from './plan'
import { candidatesOf, listView } from './pool'
import type { Pool } from './pool'
import { checkIndices, select } from './rank'
import type { Ranking } from './rank'
import { hydrate, readMask } from './refine'
import { checkCancelled } from './request'
import type { Request } from './request'
import { endStage } from './retrieve'

/** The page, as indices into the ranking, and how it came about. */
export interface Page {
  readonly selected: readonly number[]
  /** 1 for each index of the ranking that the page's filters removed. */
  readonly removed: Uint8Array
  /** The page as the selector left it, then as each finalizer did. */
  readonly arrangements: readonly { readonly by: string | undefined; readonly page: readonly number[] }[]
}

/** Fills the page and lets the finalizers arrange it. */
export async function makePage(request: Request, plan: Plan, q: AnyQuery, pool: Pool, ranking: Ranking): Promise<Page> {
  const filled = await fillPage(request, plan, q, pool, ranking)
  const arrangements = [{ by: plan.selector?.name, page: filled.selected }]
  let page = filled.selected
  for (const part of plan.finalizers) {
    page = await finalize(request, part, q, pool, ranking, page)
    arrangements.push({ by: part.name, page })
  }
  return { selected: page, removed: filled.removed, arrangements }
}

/**
 * Selects, hydrates what is new on the page, asks the post-selection filters about the page as it would be shown, and
 * while they hold something back selects again without it, from the ranked reserve.
 *
 * Each round removes at least one candidate, so it ends. Only what passed every filter in one round together is
 * shown: when the deadline passes between rounds, the page is what passed so far, and short.
 */
async function fillPage(request: Request, plan: Plan, q: AnyQuery, pool: Pool, ranking: Ranking): Promise<Omit<Page, 'arrangements'>> {
  const removed = new Uint8Array(ranking.cs.length)
  const hydrated = plan.selectedSteps.map(() => new Set<number>())
  let open: readonly number[] | undefined
  let passed: ReadonlySet<number> | undefined
  for (;;) {
    checkCancelled(request)
    const all = open
    const candidates = all ? subset(pool, ranking, all) : ranking
    const chosen = await select(request, plan.selector, q, candidates, listView(pool, candidates.slots))
    let page = all ? chosen.map((i) => all[i]) : chosen
    if (plan.selectedSteps.length === 0 || page.every((index) => passed?.has(index))) return { selected: page, removed }
    const asked = page
    for (const [s, step] of plan.selectedSteps.entries()) {
      checkCancelled(request)
      if (step.stage === 'filterSelected') {
        page = await hold(request, step.part, q, pool, ranking, page)
        continue
      }
      const fresh = Int32Array.from(page.filter((index) => !hydrated[s].has(index)), (index) => ranking.slots[index])
      if (fresh.length > 0) await hydrate(request, step.stage, step.group, q, pool, fresh, candidatesOf(pool, fresh))
      for (const index of page) hydrated[s].add(index)
    }
    const kept = new Set(page)
    for (const index of asked) if (!kept.has(index)) removed[index] = 1
    if (page.length === asked.length || request.left() === 0) return { selected: page, removed }
    open = openOf(removed)
    passed = kept
  }
}

/** The indices that are not removed, in ranked order. */
export const openOf = (removed: Uint8Array): number[] => {
  const open: number[] = []
  for (let i = 0; i < removed.length; i++) if (removed[i] === 0) open.push(i)
  return open
}

function subset(pool: Pool, ranking: Ranking, open: readonly number[]): Pick<Ranking, 'slots' | 'cs' | 'scores'> {
  const slots = Int32Array.from(open, (i) => ranking.slots[i])
  return { slots, cs: candidatesOf(pool, slots), scores: Float64Array.from(open, (i) => ranking.scores[i]) }
}

async function hold(
  request: Request,
  part: Extract<Plan['selectedSteps'][number], { readonly stage: 'filterSelected' }>['part'],
  q: AnyQuery,
  pool: Pool,
  ranking: Ranking,
  page: readonly number[],
): Promise<number[]> {
  const began = request.plan.stopwatch()
  const slots = Int32Array.from(page, (i) => ranking.slots[i])
  const cs = candidatesOf(pool, slots)
  const record = newRecord(part, page.length)
  record.out = page.length
  try {
    const started = call(request, part, q, record, (ctx) => part.component.keep(q, cs, ctx), listView(pool, slots))
    const outcome = isThenable(started) ? await started : started
    if (!outcome.done) return [...page]
    const { kept, count } = readMask(request, part, record, outcome.value)
    record.out = count
    if (count < page.length) pool.removals.push({ slots: slots.filter((_, i) => kept[i] === 0), by: part })
    return page.filter((_, i) => kept[i] === 1)
  } finally {
    endStage(request, 'filterSelected', began, page.length, record.out, [record])
  }
}

async function finalize(
  request: Request,
  part: Part<Plan['finalizers'][number]['component']>,
  q: AnyQuery,
  pool: Pool,
  ranking: Ranking,
  page: readonly number[],
): Promise<readonly number[]> {
  checkCancelled(request)
  const began = request.plan.stopwatch()
  const slots = Int32Array.from(page, (i) => ranking.slots[i])
  const cs = candidatesOf(pool, slots)
  const record = newRecord(part, page.length)
  record.out = page.length
  try {
    const started = call(request, part, q, record, (ctx) => part.component.finalize(q, cs, ctx), listView(pool, slots))
    const outcome = isThenable(started) ? await started : started
    if (!outcome.done) return page
    const order: ArrayLike<number> = outcome.value
    const wrong = checkIndices(order, page.length)
    if (wrong) throw broken(request, part, record, wrong)
    record.out = order.length
    return Array.from(order, (i) => page[i])
  } finally {
    endStage(request, 'finalize', began, page.length, record.out, [record])
  }
}
