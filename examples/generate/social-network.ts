/**
 * Writes a made-up network as Parquet, a file for each table and for what is true of users, tweets and views.
 *
 *     npm run example:social-network                                     5,000 users into out/social-network
 *     npm run example:social-network -- --rows 20000 --seed 7            20,000 users (`--users` is the same)
 *     npm run example:social-network -- --out /tmp/network --tweets 5000
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { socialNetwork, tableOf, type Table } from 'feedrank'
import { count } from './count'
import { withParquetFiles } from './parquet-file'

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: 'out/social-network' }, rows: { type: 'string' }, users: { type: 'string' }, tweets: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
})
const started = performance.now()
const { truth, ...tables } = socialNetwork({ seed: options.seed, ...count('users', options.users ?? options.rows), ...count('tweets', options.tweets) })
const { community, fame, quality, toxicity } = truth.users
const files: Readonly<Record<string, Table>> = {
  ...tables,
  'users-truth': tableOf({ community, fame, quality, toxicity }),
  'tweets-truth': tableOf({ ...truth.tweets }),
  'views-truth': tableOf({ like_probability: truth.likeProbability }),
}
await mkdir(options.out, { recursive: true })
for (const [name, table] of Object.entries(files)) {
  const path = join(options.out, `${name}.parquet`)
  await withParquetFiles([path], (add) => add(table))
  console.log(`${String(table.rows).padStart(9)} rows in ${path}`)
}
console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`)
