import { ContractError, expected, show } from '../errors'
import type { Seed } from '../random'
import { inWords, isThenable } from './call'
import { makePage } from './page'
import { overrideParameters } from './parameters'
import type { PipelineParameters } from './parameters'
import type { AnyCandidate, AnyQuery, Plan } from './plan'
import { rank } from './rank'
import type { EffectOutcome, RankResult } from './rank-result'
import { filter, hydrate, score } from './refine'
import { checkCancelled, nextTurn, openRequest } from './request'
import type { Request, RequestSettings } from './request'
import { buildResult } from './result'
import { hydrateQuery, receive, retrieve } from './retrieve'
import { runEffects } from './run-effects'
import type { PipelineTrace } from './trace'

/** What a caller may set for one request. */
export interface RunOptions {
  /** The most candidates to select: the length of the page. @defaultValue the pipeline's */
  readonly limit?: number | undefined
  /** Cancels the request: it rejects with the signal's reason, and every component's `ctx.signal` aborts. */
  readonly signal?: AbortSignal | undefined
  /** The time the answer may take, in ms. @defaultValue the pipeline's */
  readonly deadlineMs?: number | undefined
  /** Seeds `ctx.random`; equal seeds draw equal numbers. @defaultValue the pipeline's, else new for each request */
  readonly seed?: Seed | undefined
  /** The time components see as `ctx.now`, ms since 1970. @defaultValue the pipeline's clock */
  readonly now?: number | undefined
  /** Values of declared parameters for this request. @defaultValue as declared */
  readonly parameters?: PipelineParameters | undefined
}

/** `limit` if it can be the length of a page. @throws ContractError otherwise. */
export function checkLimit(where: string, limit: unknown): number {
  if (typeof limit === 'number' && Number.isSafeInteger(limit) && limit >= 0) return limit
  throw new ContractError(expected(where, 'limit', 'a non-negative integer', limit))
}

/** `deadlineMs` if it is a positive number of ms or not given. @throws ContractError otherwise. */
export function checkDeadline(where: string, deadlineMs: unknown): number | undefined {
  if (deadlineMs === undefined || (typeof deadlineMs === 'number' && deadlineMs > 0)) return deadlineMs
  throw new ContractError(expected(where, 'deadlineMs', 'a positive number of ms', deadlineMs))
}

function traceOf(request: Request, outcome: PipelineTrace['outcome'], error?: unknown): PipelineTrace {
  return {
    pipeline: request.plan.name,
    now: request.now,
    seed: request.seed,
    parameters: Object.fromEntries(request.parameters),
    durationMs: request.plan.stopwatch() - request.startedAt,
    ...(request.deadlineMs === undefined ? {} : { deadlineMs: request.deadlineMs }),
    outcome,
    ...(outcome === 'answered' ? {} : { error: inWords(error) }),
    stages: request.stages,
  }
}

/** Hands the trace to the hooks; one that fails must not cost the page. */
function report(plan: Plan, trace: PipelineTrace): void {
  for (const hook of plan.onTrace) {
    try {
      const reported: unknown = hook(trace)
      if (isThenable(reported)) Promise.resolve(reported).catch(() => {})
    } catch {
      // an observer has no say in the answer
    }
  }
}

/** Calls `stop` when `signal` aborts; the function returned takes the listener off again. */
function follow(signal: AbortSignal | undefined, stop: (reason: unknown) => void): () => void {
  if (!signal) return () => {}
  const listener = () => stop(signal.reason)
  if (signal.aborted) listener()
  else signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}

/**
 * Runs one request through a plan, from its sources or over the candidates `given`. `serial` numbers the requests of a
 * pipeline, so that no two share their randomness.
 */
export async function runPlan(
  plan: Plan,
  serial: number,
  query: AnyQuery,
  options: RunOptions,
  given?: readonly AnyCandidate[],
): Promise<RankResult<AnyQuery, AnyCandidate>> {
  const where = `pipeline ${show(plan.name)}`
  if (typeof query !== 'object' || query === null) throw new ContractError(expected(where, 'query', 'an object', query))
  const { signal } = options
  if (signal !== undefined && !(typeof signal === 'object' && typeof signal?.addEventListener === 'function'))
    throw new ContractError(expected(where, 'signal', 'an AbortSignal', signal))
  const now = options.now ?? plan.clock()
  if (!Number.isFinite(now)) throw new ContractError(expected(where, 'now', 'a time in ms', now))
  const seed = options.seed ?? plan.seed?.(query) ?? `${plan.name}/${now}/${serial}`
  if (typeof seed !== 'string' && !Number.isFinite(seed)) throw new ContractError(expected(where, 'seed', 'a string or a finite number', seed))
  const settings: RequestSettings = {
    now,
    parameters: overrideParameters(where, plan.parameters, options.parameters),
    seed,
    limit: options.limit === undefined ? plan.limit : checkLimit(where, options.limit),
    deadlineMs: options.deadlineMs === undefined ? plan.deadlineMs : checkDeadline(where, options.deadlineMs),
  }
  const request = openRequest(plan, settings)
  const unfollow = follow(signal, request.cancel)
  try {
    const q = await hydrateQuery(request, plan.queryGroups, query)
    const turn = nextTurn(request)
    if (turn) await turn
    const pool = given ? receive(request, given) : await retrieve(request, plan.sources, q)
    for (const step of plan.steps) {
      const turn = nextTurn(request)
      if (turn) await turn
      if (step.stage === 'hydrate') pool.cs = await hydrate(request, step.stage, step.group, q, pool, pool.slots, pool.cs)
      else if (step.stage === 'filter') await filter(request, step.part, q, pool)
      else await score(request, step.part, q, pool)
    }
    const ranking = await rank(request, plan.rerankers, q, pool)
    const page = await makePage(request, plan, q, pool, ranking)
    checkCancelled(request)
    const trace = traceOf(request, 'answered')
    let settle: (outcomes: readonly EffectOutcome[] | Promise<readonly EffectOutcome[]>) => void = () => {}
    const settled = new Promise<readonly EffectOutcome[]>((resolve) => (settle = resolve))
    const result = buildResult(q, pool, ranking, page, trace, request.nested, settled)
    if (plan.effects.length === 0) settle([])
    else setTimeout(() => settle(afterwards(plan, settings, signal, q, result)))
    report(plan, trace)
    return result
  } catch (error) {
    const aborted = request.cancelled !== undefined
    request.cancel(error)
    report(plan, traceOf(request, aborted ? 'aborted' : 'failed', error))
    throw error
  } finally {
    unfollow()
  }
}

/** The side effects, as a request of their own: no deadline, the same time and randomness, the same caller. */
async function afterwards(
  plan: Plan,
  settings: RequestSettings,
  signal: AbortSignal | undefined,
  q: AnyQuery,
  result: RankResult<AnyQuery, AnyCandidate>,
): Promise<readonly EffectOutcome[]> {
  const request = openRequest(plan, { ...settings, deadlineMs: undefined })
  const unfollow = follow(signal, request.cancel)
  try {
    return await runEffects(request, plan.effects, q, result)
  } finally {
    unfollow()
  }
}
