import type { RunOptions } from './run'
import type { RunContext } from './run-context'

/** The options of a run within a component: its time, its deadline, its cancellation, its randomness, its parameters. */
export const innerOptions = (parameters: readonly string[], ctx: RunContext): RunOptions => ({
  signal: ctx.signal,
  now: ctx.now,
  seed: `${ctx.random()}`,
  deadlineMs: Number.isFinite(ctx.left()) ? Math.max(ctx.left(), 1e-3) : undefined,
  parameters: Object.fromEntries([...ctx.parameters].filter(([name]) => parameters.includes(name))),
})
