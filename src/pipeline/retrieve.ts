import { call, fault, isThenable, newRecord } from './call'
import type { Outcome } from './call'
import type { Awaitable } from './component'
import { mergeFields } from './merge-fields'
import type { AnyQuery, Part, Plan } from './plan'
import { mergeCandidates } from './pool'
import type { Fetched, Pool } from './pool'
import { checkCancelled } from './request'
import type { ComponentRecord, Request } from './request'
import type { StageName } from './trace'

/** Starts every part at once and waits for all; a part that fails the request rejects for the group. */
export function callGroup<P extends Part<unknown>, T>(
  parts: readonly P[],
  start: (part: P, index: number) => Awaitable<Outcome<T>>,
): Awaitable<Outcome<T>[]> {
  const outcomes = parts.map((part, i): Awaitable<Outcome<T>> => {
    try {
      return start(part, i)
    } catch (error) {
      return Promise.reject(error)
    }
  })
  return outcomes.some(isThenable) ? Promise.all(outcomes) : (outcomes as Outcome<T>[])
}

/** Writes one stage into the trace. */
export function endStage(request: Request, stage: StageName, began: number, sizeIn: number, out: number, components: readonly ComponentRecord[]): void {
  request.stages.push({ stage, startMs: began - request.startedAt, durationMs: request.plan.stopwatch() - began, in: sizeIn, out, components })
}

/** Runs the query hydrators, group after group: the query with what each of them adds. */
export async function hydrateQuery(request: Request, groups: Plan['queryGroups'], query: AnyQuery): Promise<AnyQuery> {
  let q = query
  for (const group of groups) {
    checkCancelled(request)
    const began = request.plan.stopwatch()
    const records = group.map((part) => newRecord(part))
    try {
      const asked = q
      const started = callGroup(group, (part, i) => call(request, part, asked, records[i], (ctx) => part.component.hydrate(asked, ctx)))
      const outcomes = isThenable(started) ? await started : started
      group.forEach((part, i) => {
        const outcome = outcomes[i]
        const added: unknown = outcome.done ? outcome.value : undefined
        if (typeof added === 'object' && added !== null) {
          records[i].out = 1
          q = mergeFields(q, added)
          return
        }
        if (outcome.done) fault(request, part, records[i], new TypeError('it answered with no object of fields'))
        if (part.component.fallback) q = mergeFields(q, part.component.fallback)
      })
    } finally {
      endStage(request, 'hydrateQuery', began, 0, 0, records)
    }
  }
  return q
}

/** The pool of a pipeline that is given its candidates; they are merged by id like those of any source. */
export function receive(request: Request, given: readonly unknown[]): Pool {
  const began = request.plan.stopwatch()
  const record = newRecord({ name: 'given' })
  const pool = mergeCandidates(request.plan.id, [{ source: 'given', candidates: given, record }])
  endStage(request, 'source', began, 0, pool.ids.length, [record])
  return pool
}

/** Runs every source at once and merges what they bring. */
export async function retrieve(request: Request, sources: Plan['sources'], q: AnyQuery): Promise<Pool> {
  checkCancelled(request)
  const began = request.plan.stopwatch()
  const records = sources.map((part) => newRecord(part))
  let size = 0
  try {
    const started = callGroup(sources, (part, i) => call(request, part, q, records[i], (ctx) => part.component.fetch(q, ctx)))
    const outcomes = isThenable(started) ? await started : started
    const fetched: Fetched[] = []
    sources.forEach((part, i) => {
      const outcome = outcomes[i]
      if (!outcome.done) return
      const candidates: unknown = outcome.value
      if (Array.isArray(candidates)) fetched.push({ source: part.name, candidates, record: records[i] })
      else fault(request, part, records[i], new TypeError('it answered with no array of candidates'))
    })
    const pool = mergeCandidates(request.plan.id, fetched)
    size = pool.ids.length
    return pool
  } finally {
    endStage(request, 'source', began, 0, size, records)
  }
}
