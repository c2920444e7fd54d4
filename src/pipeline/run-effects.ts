import { call, inWords, newRecord } from './call'
import type { AnyCandidate, AnyQuery, Plan } from './plan'
import type { EffectOutcome, RankResult } from './rank-result'
import type { Request } from './request'

/** Runs every side effect at once and reports how each ended; never rejects. */
export function runEffects(request: Request, effects: Plan['effects'], q: AnyQuery, result: RankResult<AnyQuery, AnyCandidate>): Promise<EffectOutcome[]> {
  return Promise.all(effects.map(async (part): Promise<EffectOutcome> => {
    const record = newRecord(part, result.selected.length)
    try {
      await call(request, part, q, record, (ctx) => part.component.run(result, ctx))
    } catch (cause) {
      record.error = inWords(cause)
      record.cause = cause
    }
    const { error, cause, durationMs } = record
    const status = !record.enabled ? 'disabled' : record.timedOut ? 'timedOut' : error === undefined ? 'done' : 'failed'
    return { effect: part.name, status, durationMs, ...(error === undefined ? {} : { error, cause }) }
  }))
}
