/** `npm run bench -- NAME [--json] [options]`: runs `benchmarks/NAME.ts`. Progress goes to stderr, results to stdout. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readArguments, usage } from './harness/arguments'
import type { Benchmark } from './harness/benchmark'
import { build } from './harness/build'
import { commit, machine } from './harness/machine'
import { measure, type Measured } from './harness/measure'
import { table } from './harness/table'

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const here = fileURLToPath(new URL('.', import.meta.url))
const names = readdirSync(here).filter((file) => file.endsWith('.ts') && file !== 'run.ts').map((file) => file.slice(0, -3)).sort()

async function main([name, ...args]: readonly string[]): Promise<void> {
  if (name === undefined || !names.includes(name))
    throw new Error(`usage: npm run bench -- NAME [--json] [--threads 1,2] [options]\nNAME is one of: ${names.join(', ')}`)
  build()
  const { benchmark }: { readonly benchmark: Benchmark } = await import(`./${name}.ts`)
  if (args.includes('--help')) return say(`${benchmark.name}: ${benchmark.question}\n${usage(benchmark)}`)
  const { options, json, ...plan } = readArguments(benchmark, args)
  const found = { machine: machine(), commit: commit() }
  const rounds = await measure(benchmark, options, { ...plan, say })
  const measured: Measured = benchmark.figures === undefined ? rounds : { ...rounds, figures: await benchmark.figures(options, say) }
  if (measured.results.length === 0 && measured.figures === undefined) say('nothing could be measured here')
  process.stdout.write(`${json ? JSON.stringify({ benchmark: name, ...found, options, ...measured }) : table(benchmark, found.machine, found.commit, measured)}\n`)
}

main(process.argv.slice(2)).catch((error: unknown) => {
  for (let at = error; at instanceof Error; at = at.cause) say(at === error ? at.message : `caused by: ${at.message}`)
  process.exitCode = 1
})
