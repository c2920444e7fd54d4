/**
 * A Parquet file larger than memory should hold streams through fit and encode: its rows a second, and the most memory the
 * process ever held. `npx tsx --tsconfig benchmarks/tsconfig.json benchmarks/encode/encode-stream.ts [rows] [megabytes]`
 * writes the file of the generator's impression log to a temporary folder (ten million rows are about 300 MB), reads it
 * twice in a process of its own, prints one JSON line, and fails above so many megabytes (600).
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { binary, bucketized, categorical, cyclical, defineFeatures, impressionBatches, numeric, readParquet, regression } from 'feedrank'
import { withParquetFiles } from '../../examples/generate/parquet-file'
import { build } from '../harness/build'
import { commit, machine } from '../harness/machine'

const declared = defineFeatures({
  features: {
    user_id: categorical({ scope: 'user' }),
    age: numeric({ scope: 'user' }),
    gender: categorical({ scope: 'user' }),
    num_friends: numeric({ scope: 'user', transform: 'log1p' }),
    post_id: categorical({ scope: 'item', minCount: 2 }),
    author_id: categorical({ scope: 'item' }),
    post_type: categorical({ scope: 'item' }),
    num_likes: numeric({ scope: 'item', transform: 'log1p', clip: { quantiles: [0.01, 0.99] } }),
    num_comments: numeric({ scope: 'item', transform: 'log1p' }),
    post_age_hours: bucketized({ scope: 'item', quantiles: 10 }),
    hour_of_day: cyclical({ scope: 'context', period: 24 }),
    day_of_week: cyclical({ scope: 'context', period: 7 }),
    device_type: categorical({ scope: 'context' }),
  },
  labels: { clicked: binary(), dwell_time_seconds: regression({ min: 0 }) },
})

const columns = [...Object.keys(declared.features), ...Object.keys(declared.labels)]

async function write(path: string, rows: number): Promise<void> {
  // A day has room for so many pages, each at its own moment.
  const days = Math.max(30, Math.ceil(rows / 1_000_000))
  await withParquetFiles([path], async (add) => {
    for (const { table } of impressionBatches({ rows, days }).batches()) await add(table)
  })
}

/** Fits and encodes the file; the megabytes are the most that the process held at any time. */
async function read(path: string) {
  const began = performance.now()
  const spec = await declared.fit(readParquet(path, { columns }))
  const fitted = performance.now()
  let rows = 0
  for await (const table of readParquet(path, { columns })) rows += spec.encode(table, { labels: true }).rows
  const encoded = performance.now()
  return {
    rows,
    fitRowsPerSecond: Math.round((rows / (fitted - began)) * 1000),
    encodeRowsPerSecond: Math.round((rows / (encoded - fitted)) * 1000),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  }
}

/** Runs this file in a process of its own. */
function run(...args: readonly string[]): string {
  const { status, stdout } = spawnSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  if (status !== 0) throw new Error(`${args[0]} ended with code ${status}`)
  return stdout
}

function main(rows: number, megabytes: number): void {
  build()
  const folder = mkdtempSync(join(tmpdir(), 'feedrank-encode-stream-'))
  const path = join(folder, 'impressions.parquet')
  try {
    run('write', path, String(rows))
    const found: Awaited<ReturnType<typeof read>> = JSON.parse(run('read', path))
    const fileMegabytes = Math.round(statSync(path).size / 2 ** 20)
    process.stdout.write(`${JSON.stringify({ benchmark: 'encode-stream', machine: machine(), commit: commit(), ...found, fileMegabytes, limitMegabytes: megabytes })}\n`)
    if (found.rows !== rows || found.peakMegabytes > megabytes)
      throw new Error(`expected ${rows} rows within ${megabytes} MB, got ${found.rows} rows and ${found.peakMegabytes} MB`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const [task = '10000000', ...args] = process.argv.slice(2)
if (task === 'write') await write(args[0], Number(args[1]))
else if (task === 'read') process.stdout.write(JSON.stringify(await read(args[0])))
else main(Number(task), Number(args[0] ?? 600))
