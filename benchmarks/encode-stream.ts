import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Benchmark } from './harness/benchmark'
import type { Found } from './encode/stream-worker'

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url))

/** Runs a task in a process of its own. */
function run(...args: readonly string[]): string {
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', path('./encode/stream-worker.ts'), ...args], {
    cwd: path('..'), env: { ...process.env, TSX_TSCONFIG_PATH: path('./tsconfig.json') }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`${args[0]} ended with code ${status}`)
  return stdout
}

/** The generator's impression log as a Parquet file in a temporary folder, read twice: to fit, and to encode. */
export const benchmark: Benchmark = {
  name: 'encode-stream',
  question: 'how much memory does a Parquet file take that streams through fit and encode?',
  unit: 'rows',
  options: {
    rows: { value: 10_000_000, about: 'rows of the file, about 20 bytes each' },
    megabytes: { value: 600, about: 'more memory than this is an error' },
  },
  unitsPerRepeat: ({ rows }) => rows,
  tolerance: { relative: 0, absolute: 0 },
  variants: () => [], // what is asked for is no time
  async figures({ rows, megabytes }, say) {
    const folder = mkdtempSync(join(tmpdir(), 'feedrank-encode-stream-'))
    const file = join(folder, 'impressions.parquet')
    try {
      say(`writing ${rows} rows`)
      run('write', file, String(rows))
      say('fitting and encoding')
      const found: Found = JSON.parse(run('read', file))
      if (found.rows !== rows || found.peakMegabytes > megabytes)
        throw new Error(`expected ${rows} rows within ${megabytes} MB, got ${found.rows} rows and ${found.peakMegabytes} MB`)
      return { ...found, fileMegabytes: Math.round(statSync(file).size / 2 ** 20) }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
