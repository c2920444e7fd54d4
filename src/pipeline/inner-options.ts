import type { RunOptions } from './run'
import type { RunContext } from './run-context'
import type { Wiring } from './wiring'

/** The options of a run within a component: its time, its deadline, its cancellation, its randomness, its parameters. */
export const innerOptions = ({ parameters, wiring }: { readonly parameters: readonly string[]; readonly wiring: Wiring }, ctx: RunContext): RunOptions => ({
  signal: ctx.signal,
  now: ctx.now,
  seed: `${ctx.random()}`,
  deadlineMs: Number.isFinite(ctx.left()) ? Math.max(Math.min(ctx.left(), wiring.deadlineMs ?? Infinity), 1e-3) : undefined,
  parameters: Object.fromEntries([...ctx.parameters].filter(([name]) => parameters.includes(name))),
})
