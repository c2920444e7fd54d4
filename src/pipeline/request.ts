import type { Plan } from './plan'
import { seededRandom } from '../random'
import type { Random, Seed } from '../random'
import type { ParameterValue } from './parameters'
import type { NestedResult } from './rank-result'
import type { ComponentTrace, StageTrace } from './trace'

/** A record that is being written; it goes into the trace as it stands when the component is done. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] }
export type ComponentRecord = Writable<ComponentTrace>

/** One request under way: its clock, its randomness, its cancellation and the trace so far. */
export interface Request {
  readonly plan: Plan
  readonly now: number
  readonly seed: Seed
  readonly limit: number
  readonly startedAt: number
  readonly deadlineMs: number | undefined
  readonly stages: StageTrace[]
  readonly nested: NestedResult[]
  /** Zeros for a filter's mask, good until the next is asked for. */
  readonly mask: (n: number) => Uint8Array
  readonly parameters: ReadonlyMap<string, ParameterValue>
  /** The request's stream; each component forks its own from it. */
  readonly random: () => Random
  /** ms left until the deadline, `Infinity` without one, never negative. */
  readonly left: () => number
  /** Calls in flight, each by the function that cancels it. */
  readonly inFlight: Set<(reason: unknown) => void>
  /** Set once the caller cancelled or the request failed. */
  cancelled: { readonly reason: unknown } | undefined
  readonly cancel: (reason: unknown) => void
}

/** What is settled before a request begins. */
export type RequestSettings = Pick<Request, 'now' | 'seed' | 'limit' | 'deadlineMs' | 'parameters'>

export function openRequest(plan: Plan, settings: RequestSettings): Request {
  const startedAt = plan.stopwatch()
  const endsAt = settings.deadlineMs === undefined ? Infinity : startedAt + settings.deadlineMs
  const inFlight = new Set<(reason: unknown) => void>()
  let stream: Random | undefined
  let mask = new Uint8Array(0)
  const request: Request = {
    ...settings,
    plan,
    startedAt,
    stages: [],
    nested: [],
    mask(n) {
      if (mask.length < n) mask = new Uint8Array(n)
      return mask.fill(0, 0, n)
    },
    inFlight,
    random: () => (stream ??= seededRandom(settings.seed)),
    left: () => (endsAt === Infinity ? Infinity : Math.max(0, endsAt - plan.stopwatch())),
    cancelled: undefined,
    cancel(reason) {
      request.cancelled ??= { reason }
      for (const stop of [...inFlight]) stop(reason)
    },
  }
  return request
}

/** Throws the reason once the request is cancelled: asked between steps, so that no further work begins. */
export function checkCancelled(request: Request): void {
  if (request.cancelled) throw request.cancelled.reason
}

/** What a request has to wait for before its next step, if anything: its turn on the event loop. */
export function nextTurn(request: Request): Promise<void> | undefined {
  checkCancelled(request)
  return request.plan.turns(request.startedAt)?.then(() => checkCancelled(request))
}
