import { show } from '../errors'
import { broken, call, fault, inWords, isThenable, newRecord } from './call'
import type { Filter } from './filter'
import type { Hydrator } from './hydrator'
import { assignFields, mergeFields } from './merge-fields'
import type { AnyCandidate, AnyQuery, Part } from './plan'
import { candidatesOf, sift, listView } from './pool'
import type { Pool } from './pool'
import type { ComponentRecord, Request } from './request'
import { callGroup, endStage } from './retrieve'
import type { Scorer } from './scorer'

type HydratorPart = Part<Hydrator<AnyQuery, AnyCandidate>>
type FilterPart = Part<Filter<AnyQuery, AnyCandidate>>
type ScorerPart = Part<Scorer<AnyQuery, AnyCandidate>>

/** True for errors of any realm. */
const isError = (value: object) => value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'

/** The fields of one place of a hydrator's answer, or `undefined` where it was not filled. */
function fieldsAt(request: Request, part: HydratorPart, record: ComponentRecord, answer: readonly unknown[], i: number): object | undefined {
  const value = answer[i]
  let cause = value
  if (typeof value !== 'object' || value === null) cause = new TypeError(`expected an object of fields in place ${i}, got ${show(value)}`)
  else if (isThenable(value)) throw broken(request, part, record, `answered with a promise in place ${i}: await the whole list`)
  else if (!('stack' in value && isError(value))) return value
  record.invalid++
  if (record.error === undefined) fault(request, part, record, cause)
  return undefined
}

/**
 * Runs one group of hydrators at once over the candidates of `slots`, and gives those candidates with what was added.
 *
 * What a source brought is copied the first time something is added to it; the copy belongs to the request, and later
 * hydrators add to it.
 */
export async function hydrate(
  request: Request,
  stage: 'hydrate' | 'hydrateSelected',
  group: readonly HydratorPart[],
  q: AnyQuery,
  pool: Pool,
  slots: Int32Array,
  cs: readonly AnyCandidate[],
): Promise<readonly AnyCandidate[]> {
  const began = request.plan.stopwatch()
  const n = cs.length
  const list = listView(pool, slots)
  const records = group.map((part) => newRecord(part, n))
  try {
    const started = callGroup(group, (part, i) => call(request, part, q, records[i], (ctx) => part.component.hydrate(q, cs, ctx), list))
    const outcomes = isThenable(started) ? await started : started
    group.forEach((part, h) => {
      const outcome = outcomes[h]
      if (!outcome.done) return
      const answer: unknown = outcome.value
      if (!Array.isArray(answer) || answer.length !== n)
        throw broken(request, part, records[h], `must answer with an array of ${n}, one entry a candidate, got ${shapeOf(answer)}`)
    })
    const { bySlot, owned } = pool
    for (let i = 0; i < n; i++) {
      const slot = slots[i]
      let own: object | undefined = owned[slot] === 1 ? bySlot[slot] : undefined
      for (let h = 0; h < group.length; h++) {
        const outcome = outcomes[h]
        const fields = outcome.done ? fieldsAt(request, group[h], records[h], outcome.value, i) : undefined
        if (fields) records[h].out++
        const added = fields ?? group[h].component.fallback
        if (!added) continue
        try {
          if (own) assignFields(own, added)
          else own = mergeFields(bySlot[slot], added, new request.plan.Candidate(false))
        } catch (cause) {
          throw broken(request, group[h], records[h], `could not add to candidate ${show(pool.ids[slot])}, whose fields throw when read: ${inWords(cause)}`)
        }
      }
      if (!own) continue
      bySlot[slot] = own
      owned[slot] = 1
    }
    return candidatesOf(pool, slots)
  } finally {
    endStage(request, stage, began, n, n, records)
  }
}

const shapeOf = (answer: unknown) =>
  typeof answer === 'object' && answer !== null && 'length' in answer ? `a list of ${String(answer.length)}` : `a value of type ${typeof answer}`

/** Reads a filter's mask strictly: a promise or an object in it is truthy, and would let everything through. */
export function readMask(
  request: Request,
  part: FilterPart,
  record: ComponentRecord,
  answer: ArrayLike<unknown>,
): { readonly kept: Uint8Array; readonly count: number } {
  const n = record.in
  if (typeof answer !== 'object' || answer === null || answer.length !== n)
    throw broken(request, part, record, `must answer with a mask of ${n}, one boolean a candidate, got ${shapeOf(answer)}`)
  const kept = request.mask(n)
  let count = 0
  for (let i = 0; i < n; i++) {
    const value = answer[i]
    if (value === true || value === 1) {
      kept[i] = 1
      count++
    } else if (value !== false && value !== 0) {
      throw broken(request, part, record, `must answer with booleans, got a value of type ${typeof value} in place ${i}`)
    }
  }
  return { kept, count }
}

/** Runs one filter and takes out what it holds back. */
export async function filter(request: Request, part: FilterPart, q: AnyQuery, pool: Pool): Promise<void> {
  const began = request.plan.stopwatch()
  const { cs, slots } = pool
  const record = newRecord(part, cs.length)
  record.out = cs.length
  try {
    const started = call(request, part, q, record, (ctx) => part.component.keep(q, cs, ctx), listView(pool, slots))
    const outcome = isThenable(started) ? await started : started
    if (!outcome.done) return
    const { kept, count } = readMask(request, part, record, outcome.value)
    sift(pool, kept, count, part)
    record.out = count
  } finally {
    endStage(request, 'filter', began, cs.length, record.out, [record])
  }
}

/** Runs one scorer over what is left. */
export async function score(request: Request, part: ScorerPart, q: AnyQuery, pool: Pool): Promise<void> {
  const began = request.plan.stopwatch()
  const { cs, slots } = pool
  const n = cs.length
  const record = newRecord(part, n)
  try {
    const previous = pool.scores.slice()
    const started = call(request, part, q, record, (ctx) => part.component.score(q, cs, previous, ctx), listView(pool, slots))
    const outcome = isThenable(started) ? await started : started
    if (!outcome.done) return
    const answer: ArrayLike<unknown> = outcome.value
    if (!(Array.isArray(answer) || ArrayBuffer.isView(answer)) || answer.length !== n)
      throw broken(request, part, record, `must answer with ${n} scores, one a candidate, got ${shapeOf(answer)}`)
    const scores = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      const value = answer[i]
      const number = typeof value === 'number' ? value : NaN
      scores[i] = number
      if (!Number.isFinite(number)) record.nonFinite++
    }
    record.out = n
    pool.scores = scores
    pool.columns.push({ scorer: part.name, slots, scores })
  } finally {
    endStage(request, 'score', began, n, n, [record])
  }
}
