/** What `encode-stream` does in processes of their own: `write PATH ROWS` a Parquet file, `read PATH` it through fit and encode. */
import { fileURLToPath } from 'node:url'
import { binary, bucketized, categorical, cyclical, defineFeatures, impressionBatches, numeric, readParquet, regression } from 'feedrank'
import { withParquetFiles } from '../../examples/generate/parquet-file'

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

/** What came of a file. */
export interface Found {
  readonly rows: number
  readonly fitRowsPerSecond: number
  readonly encodeRowsPerSecond: number
  /** The most memory that the process held at any time. */
  readonly peakMegabytes: number
}

async function read(path: string): Promise<Found> {
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [task, path, rows] = process.argv.slice(2)
  if (task === 'write') await write(path, Number(rows))
  else process.stdout.write(JSON.stringify(await read(path)))
}
