import { broken, call, isThenable, newRecord } from './call'
import type { ListView } from './call'
import type { AnyCandidate, AnyQuery, Part, Plan } from './plan'
import { listView } from './pool'
import type { Pool } from './pool'
import { rankOrder } from './rank-order'
import { nextTurn } from './request'
import type { Request } from './request'
import { endStage } from './retrieve'

/** Slots in ranked order with what stands beside them; `before` holds the order ahead of each reranker that ran. */
export interface Ranking {
  readonly slots: Int32Array
  readonly cs: readonly AnyCandidate[]
  readonly scores: Float64Array
  readonly before: readonly { readonly by: string; readonly slots: Int32Array }[]
}

/** Checks a list of indices into `n` candidates: integers in range, none twice. */
export function checkIndices(indices: unknown, n: number): string | undefined {
  if (!Array.isArray(indices) && !(ArrayBuffer.isView(indices) && 'length' in indices))
    return `must answer with an array of indices, got a value of type ${typeof indices}`
  const list = indices as ArrayLike<unknown>
  const seen = new Uint8Array(n)
  for (let i = 0; i < list.length; i++) {
    const index = list[i]
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= n)
      return `must answer with indices from 0 to ${n - 1}, got ${String(index)} in place ${i}`
    if (seen[index] === 1) return `named index ${index} twice`
    seen[index] = 1
  }
  return undefined
}

const pick = (ranking: Pick<Ranking, 'slots' | 'cs' | 'scores'>, order: ArrayLike<number>) => {
  const n = order.length
  const slots = new Int32Array(n)
  const scores = new Float64Array(n)
  const cs: AnyCandidate[] = []
  cs.length = n
  for (let i = 0; i < n; i++) {
    slots[i] = ranking.slots[order[i]]
    scores[i] = ranking.scores[order[i]]
    cs[i] = ranking.cs[order[i]]
  }
  return { slots, scores, cs: Object.freeze(cs) }
}

/** Sorts what is left by score and hands it from reranker to reranker. */
export async function rank(request: Request, rerankers: Plan['rerankers'], q: AnyQuery, pool: Pool): Promise<Ranking> {
  const turn = nextTurn(request)
  if (turn) await turn
  let ranked = pick(pool, rankOrder(pool.scores))
  const before: { by: string; slots: Int32Array }[] = []
  for (const part of rerankers) {
    const turn = nextTurn(request)
    if (turn) await turn
    const began = request.plan.stopwatch()
    const { cs, scores, slots } = ranked
    const n = cs.length
    const record = newRecord(part, n)
    try {
      const started = call(request, part, q, record, (ctx) => part.component.rerank(q, cs, scores.slice(), request.limit, ctx), listView(pool, slots))
      const outcome = isThenable(started) ? await started : started
      if (!outcome.done) continue
      const indices: readonly number[] = outcome.value
      const wrong = checkIndices(indices, n)
      if (wrong) throw broken(request, part, record, wrong)
      const least = Math.min(request.limit, n)
      if (indices.length < least) throw broken(request, part, record, `must order at least ${least} of ${n} candidates, got ${indices.length}`)
      before.push({ by: part.name, slots: ranked.slots })
      ranked = pick(ranked, completeOrder(indices, n))
      record.out = indices.length
    } finally {
      endStage(request, 'rerank', began, n, n, [record])
    }
  }
  return { ...ranked, before }
}

/** `indices`, then every index they leave out, in order. */
function completeOrder(indices: ArrayLike<number>, n: number): Int32Array {
  const order = new Int32Array(n)
  const named = new Uint8Array(n)
  order.set(indices)
  for (let i = 0; i < indices.length; i++) named[indices[i]] = 1
  let at = indices.length
  for (let i = 0; at < n; i++) if (named[i] === 0) order[at++] = i
  return order
}

/** Asks the selector for a page of `ranking`; without one, or when one that may fail did, the page is its best. */
export async function select(
  request: Request,
  part: Part<NonNullable<Plan['selector']>['component']> | undefined,
  q: AnyQuery,
  ranking: Pick<Ranking, 'cs' | 'scores'>,
  list: ListView,
): Promise<readonly number[]> {
  const { cs } = ranking
  const n = cs.length
  const best = () => Array.from({ length: Math.min(request.limit, n) }, (_, i) => i)
  const began = request.plan.stopwatch()
  if (!part) {
    const page = best()
    endStage(request, 'select', began, n, page.length, [])
    return page
  }
  const record = newRecord(part, n)
  try {
    const started = call(request, part, q, record, (ctx) => part.component.select(q, cs, ranking.scores.slice(), request.limit, ctx), list)
    const outcome = isThenable(started) ? await started : started
    if (!outcome.done) return best()
    const page: ArrayLike<number> = outcome.value
    const wrong = checkIndices(page, n)
    if (wrong) throw broken(request, part, record, wrong)
    if (page.length > request.limit) throw broken(request, part, record, `must select at most ${request.limit} candidates, got ${page.length}`)
    record.out = page.length
    return Array.from(page)
  } finally {
    endStage(request, 'select', began, n, record.out, [record])
  }
}
