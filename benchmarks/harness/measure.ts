import { setTimeout as pause } from 'node:timers/promises'
import { seededRandom } from 'feedrank'
import type { Benchmark, Checked, Options, Ready, Variant } from './benchmark'
import { Missing, label } from './benchmark'
import { disagreements } from './agree'
import { quantile, significant } from './statistics'

export interface Result {
  readonly variant: string
  readonly threads: number
  readonly medianMs: number
  readonly p95Ms: number
  readonly perSecond: number
}

export interface Measured {
  readonly results: readonly Result[]
  /** The peer's median over ours, by `ours/peer@threads`: above 1 we are faster. */
  readonly ratios: Readonly<Record<string, number>>
  /** Numbers of a benchmark's own, by name. */
  readonly figures?: Readonly<Record<string, number>>
  readonly missing: readonly { readonly variant: string; readonly threads: number; readonly reason: string }[]
}

export interface Plan {
  readonly threads: readonly number[]
  readonly repeats: number
  readonly warmup: number
  readonly say: (line: string) => void
}

/** Long enough for the thread pools of a runtime to stop spinning before another one is timed. */
const settleMs = 100

interface Started {
  readonly variant: Variant
  readonly ready: Ready
  readonly ms: number[]
}

/**
 * Starts every variant, checks that all compute the same, then times them in rounds: each round runs each variant once,
 * in an order of its own, so that no variant always runs first or after the same other.
 */
export async function measure(benchmark: Benchmark, options: Options, plan: Plan): Promise<Measured> {
  const started: Started[] = []
  const missing: { variant: string; threads: number; reason: string }[] = []
  try {
    for (const threads of plan.threads) {
      for (const variant of benchmark.variants(options, threads)) {
        plan.say(`starting ${label(variant)}`)
        try {
          started.push({ variant, ready: await variant.start(), ms: [] })
        } catch (error) {
          if (!(error instanceof Missing)) throw new Error(`${label(variant)} did not start`, { cause: error })
          plan.say(`missing ${label(variant)}: ${error.message}`)
          missing.push({ variant: variant.name, threads, reason: error.message })
        }
      }
    }
    if (started.length === 0) return { results: [], ratios: {}, missing }
    for (const part of new Set(started.map(({ variant }) => variant.part)))
      await checkEqual(benchmark, started.filter(({ variant }) => variant.part === part), plan)
    const random = seededRandom('rounds')
    for (let round = -plan.warmup; round < plan.repeats; round++) {
      plan.say(round < 0 ? `warming up ${round + plan.warmup + 1}/${plan.warmup}` : `round ${round + 1}/${plan.repeats}`)
      for (const { ready, ms } of random.shuffle([...started])) {
        await pause(settleMs)
        const took = await ready.repeat()
        if (round >= 0) ms.push(took)
      }
    }
  } finally {
    for (const { ready } of started) await ready.close()
  }
  return { results: started.map((one) => result(one, benchmark.unitsPerRepeat(options, one.variant.part))), ratios: ratios(started, benchmark.among ?? []), missing }
}

async function checkEqual(benchmark: Benchmark, started: readonly Started[], plan: Plan): Promise<void> {
  const checked = started.filter(({ ready }) => ready.check !== undefined)
  const [first, ...others] = checked
  if (first?.ready.check === undefined) return
  const values: Checked = await first.ready.check()
  for (const other of others) {
    const found = disagreements(values, (await other.ready.check?.()) ?? {}, benchmark.tolerance)
    if (found.length > 0) throw new Error(`${label(first.variant)} and ${label(other.variant)} do not compute the same:\n${found.join('\n')}`)
  }
  plan.say(`checked: ${checked.map(({ variant }) => label(variant)).join(', ')} agree on ${Object.keys(values).join(', ')}`)
}

function result({ variant, ms }: Started, units: number): Result {
  const median = quantile(ms, 0.5)
  return {
    variant: variant.name,
    threads: variant.threads,
    medianMs: significant(median),
    p95Ms: significant(quantile(ms, 0.95)),
    perSecond: significant((units / median) * 1000),
  }
}

function ratios(started: readonly Started[], among: NonNullable<Benchmark['among']>): Record<string, number> {
  const out: Record<string, number> = {}
  for (const [a, b] of among)
    for (const one of started.filter(({ variant }) => variant.name === a))
      for (const other of started.filter(({ variant }) => variant.name === b && variant.threads === one.variant.threads))
        out[`${a}/${b}@${one.variant.threads}`] = significant(quantile(other.ms, 0.5) / quantile(one.ms, 0.5), 3)
  for (const ours of started.filter(({ variant }) => variant.side === 'ours'))
    for (const peer of started.filter(({ variant }) => variant.side === 'peer' && variant.threads === ours.variant.threads && variant.part === ours.variant.part))
      out[`${ours.variant.name}/${peer.variant.name}@${ours.variant.threads}`] = significant(quantile(peer.ms, 0.5) / quantile(ours.ms, 0.5), 3)
  return out
}
