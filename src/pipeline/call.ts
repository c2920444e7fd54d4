import { ContractError, show } from '../errors'
import type { Awaitable } from './component'
import type { AnyQuery, Part } from './plan'
import type { ComponentRecord, Request } from './request'
import type { RunContext } from './run-context'
import type { StageName } from './trace'

/** How a call of a component ended: with a value, or survived without one (disabled, failed, timed out). */
export type Outcome<T> = { readonly done: true; readonly value: T } | { readonly done: false }

const without: Outcome<never> = { done: false }
const longestTimer = 2 ** 31 - 1
/** What a side effect without a timeout of its own may take; waiting for it never keeps a process alive. */
const effectTimeoutMs = 30_000

/** Where timers hold the process open (Node, Bun, Deno), lets it exit all the same. */
const letExit = (timer: unknown) => (timer as { unref?: () => void }).unref?.()

export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  (typeof value === 'object' || typeof value === 'function') && value !== null && typeof (value as { then?: unknown }).then === 'function'

/** What a thrown value says, in words; never throws itself. */
export function inWords(error: unknown): string {
  try {
    return error instanceof Error || (typeof error === 'object' && error !== null && 'message' in error)
      ? `${String((error as Error).name)}: ${String((error as Error).message)}`
      : `thrown: ${show(error)}`
  } catch {
    return 'an error that cannot be read'
  }
}

/** A component's own entry in the trace, before anything has happened. */
export const newRecord = (part: Pick<Part<unknown>, 'name'>, size = 0): ComponentRecord => ({
  component: part.name, enabled: true, startMs: 0, durationMs: 0, in: size, out: 0, timedOut: false, nonFinite: 0, duplicates: 0, invalid: 0,
})

/** How a component is named in an error. */
const naming = (request: Request, part: Part<unknown>) => `feedrank/pipeline ${show(request.plan.name)}: ${part.stage} ${show(part.name)}`

/** A broken contract, noted in the trace: it fails the request whatever the component's `onError` says. */
export function broken(request: Request, part: Part<unknown>, record: ComponentRecord, what: string): ContractError {
  const error = new ContractError(`${naming(request, part)} ${what}`)
  record.error = error.message
  return error
}

const startsFromNothing: ReadonlySet<StageName> = new Set<StageName>(['hydrateQuery', 'source', 'effect'])

/** Notes a fault in the trace; throws where the component's policy is to fail the request. */
export function fault(request: Request, part: Part<unknown>, record: ComponentRecord, cause: unknown): void {
  record.error = inWords(cause)
  record.cause = cause
  if (part.skip) return
  throw new ContractError(`${naming(request, part)} failed: ${record.error}`, { cause })
}

/**
 * The ms a component may take. One that can be skipped and names no timeout gets at most half of what is left when
 * it starts, so that a hanging source leaves time for the stages that must run.
 */
function allowance(request: Request, part: Part<unknown>): number {
  if (part.stage === 'effect') return part.timeoutMs ?? effectTimeoutMs
  const left = request.left()
  return Math.min(part.timeoutMs ?? Infinity, part.skip && part.timeoutMs === undefined ? left / 2 : left)
}

interface Opened {
  readonly ctx: RunContext
  readonly abort: (reason: unknown) => void
  /** Lets nothing more into the trace. */
  readonly close: () => void
}

/** What is known of candidate `index` of a component's list. */
export interface ListView {
  readonly sources: (index: number) => readonly string[]
  readonly score: (scorer: string, index: number) => number
}
const noList: ListView = { sources: () => [], score: () => NaN }

/** A component's context. The signal and the random stream are made when first asked for: most components want neither. */
function openContext(request: Request, part: Part<unknown>, record: ComponentRecord, endsAt: number, list: ListView): Opened {
  let open = true
  let controller: AbortController | undefined
  let ended: { readonly reason: unknown } | undefined
  let draw: (() => number) | undefined
  const context = new Context(
    request.now,
    request.parameters,
    () => {
      if (controller) return controller.signal
      controller = new AbortController()
      if (!ended && request.cancelled) ended = request.cancelled
      if (!ended && request.left() === 0) ended = { reason: timeoutError(request, part, request.deadlineMs ?? 0) }
      if (ended) controller.abort(ended.reason)
      return controller.signal
    },
    () => (draw ??= request.random().fork(part.name).next)(),
    () => (endsAt === Infinity ? Infinity : Math.max(0, endsAt - request.plan.stopwatch())),
    list,
    (cause) => {
      if (!open) return
      record.error ??= inWords(cause)
      record.cause ??= cause
    },
    (answer) => {
      if (!open) return
      record.nested = [...(record.nested ?? []), answer.trace]
      request.nested.push({ component: part.name, result: answer })
    },
  )
  return {
    ctx: context,
    abort(reason) {
      ended ??= { reason }
      controller?.abort(ended.reason)
    },
    close: () => (open = false),
  }
}

/** A class for its getters: an object literal with a getter costs more memory than all else a call of a component does. */
class Context implements RunContext {
  constructor(
    readonly now: number,
    readonly parameters: RunContext['parameters'],
    private readonly openSignal: () => AbortSignal,
    readonly random: RunContext['random'],
    readonly left: RunContext['left'],
    private readonly list: ListView,
    readonly note: RunContext['note'],
    readonly attach: RunContext['attach'],
  ) {}
  get sources(): RunContext['sources'] {
    return this.list.sources
  }
  get score(): RunContext['score'] {
    return this.list.score
  }
  get signal(): AbortSignal {
    return this.openSignal()
  }
}

const timeoutError = (request: Request, part: Part<unknown>, ms: number) =>
  new DOMException(`${naming(request, part)} did not settle within ${Math.round(ms * 10) / 10} ms`, 'TimeoutError')

/**
 * Calls one verb of one component under the request's rules and writes what happened into `record`.
 *
 * A component that works on candidates is not called when none are left. A plain answer is handed on as it is; a
 * promise is raced against the component's allowance and the caller's signal, and its timer is cleared whoever wins.
 * A promise that settles after it was given up on is ignored.
 */
export function call<T>(
  request: Request,
  part: Part<unknown>,
  q: AnyQuery,
  record: ComponentRecord,
  verb: (ctx: RunContext) => Awaitable<T>,
  list = noList,
): Awaitable<Outcome<T>> {
  const { stopwatch } = request.plan
  const began = stopwatch()
  record.startMs = began - request.startedAt
  const ms = allowance(request, part)
  const { ctx, abort, close } = openContext(request, part, record, began + ms, list)
  const failed = (cause: unknown): Outcome<T> => {
    close()
    record.durationMs = stopwatch() - began
    if (request.cancelled) throw request.cancelled.reason
    fault(request, part, record, cause)
    return without
  }
  let answer: Awaitable<T>
  try {
    if (part.enable && !part.enable(q, ctx)) {
      record.enabled = false
      return without
    }
    if (record.in === 0 && !startsFromNothing.has(part.stage)) return without
    answer = verb(ctx)
    if (!isThenable(answer)) {
      close()
      record.durationMs = stopwatch() - began
      return { done: true, value: answer }
    }
  } catch (cause) {
    return failed(cause)
  }
  const pending = answer
  return new Promise<Outcome<T>>((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let settled = false
    const settle = (outcome: () => Outcome<T>) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      request.inFlight.delete(cancel)
      try {
        resolve(outcome())
      } catch (error) {
        reject(error)
      }
    }
    const cancel = (reason: unknown) => settle(() => {
      abort(reason)
      return failed(reason)
    })
    request.inFlight.add(cancel)
    if (request.cancelled) return cancel(request.cancelled.reason)
    if (ms < Infinity) {
      timer = setTimeout(() => settle(() => {
        const reason = timeoutError(request, part, ms)
        record.timedOut = true
        abort(reason)
        return failed(reason)
      }), Math.min(Math.ceil(ms), longestTimer))
      if (part.stage === 'effect' && part.timeoutMs === undefined) letExit(timer)
    }
    Promise.resolve(pending).then(
      (value) => settle(() => {
        close()
        record.durationMs = stopwatch() - began
        return { done: true, value }
      }),
      (cause: unknown) => settle(() => failed(cause)),
    )
  })
}
