import { parseArgs } from 'node:util'
import { availableParallelism } from 'node:os'
import type { Benchmark, BenchmarkOption, Options } from './benchmark'

export interface Arguments {
  readonly options: Options
  readonly threads: readonly number[]
  readonly repeats: number
  readonly warmup: number
  readonly json: boolean
}

const common: Readonly<Record<string, BenchmarkOption>> = {
  repeats: { value: 15, about: 'timed rounds' },
  warmup: { value: 3, about: 'rounds that are not timed' },
}

const positive = (name: string, text: string, least = 1): number => {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < least) throw new Error(`--${name}: expected ${least > 0 ? 'a positive integer' : 'a positive integer or 0'}, got ${JSON.stringify(text)}`)
  return value
}

/** The arguments after the benchmark's name. */
export function readArguments(benchmark: Benchmark, args: readonly string[]): Arguments {
  const known = { ...common, ...benchmark.options }
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      threads: { type: 'string', default: [...new Set([1, Math.min(2, availableParallelism())])].join() },
      ...Object.fromEntries(Object.entries(known).map(([name, { value }]) => [name, { type: 'string' as const, default: String(value) }])),
    },
  })
  const given = new Map<string, string | boolean | undefined>(Object.entries(values))
  const read = (name: string) => positive(name, String(given.get(name)), Math.min(1, known[name].value))
  return {
    options: Object.fromEntries(Object.keys(benchmark.options).map((name) => [name, read(name)])),
    threads: String(given.get('threads')).split(',').map((text) => positive('threads', text)),
    repeats: read('repeats'),
    warmup: read('warmup'),
    json: given.get('json') === true,
  }
}

/** One line for each option a benchmark takes. */
export const usage = (benchmark: Benchmark): string =>
  Object.entries({ ...common, ...benchmark.options }).map(([name, { value, about }]) => `  --${name} ${value}`.padEnd(22) + about).join('\n')
