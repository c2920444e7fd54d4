/**
 * Writes a made-up impression log as Parquet: train, validation and test, in order of time, and beside each what is true of
 * its rows. Memory does not grow with the number of rows.
 *
 *     npm run example:impression-log                                     1,000,000 / 100,000 / 100,000 rows into out/impression-log
 *     npm run example:impression-log -- --rows 10000000 --seed 7         ten million in all, of which the last two twelfths are validation and test
 *     npm run example:impression-log -- --out /tmp/log --users 1000 --posts 20000 --authors 5000
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { impressionBatches, tableOf } from 'feedrank'
import { count } from './count'
import { withParquetFiles } from './parquet-file'

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: 'out/impression-log' }, rows: { type: 'string' }, seed: { type: 'string', default: '1' },
    users: { type: 'string' }, posts: { type: 'string' }, authors: { type: 'string' },
  },
})
const started = performance.now()
const log = impressionBatches({
  seed: options.seed, ...count('rows', options.rows), ...count('users', options.users), ...count('posts', options.posts), ...count('authors', options.authors),
})
await mkdir(options.out, { recursive: true })
const batches = log.batches()
let batch = batches.next()
let clicks = 0
for (const part of ['train', 'validation', 'test'] as const) {
  const path = join(options.out, `${part}.parquet`)
  await withParquetFiles([path, join(options.out, `${part}-truth.parquet`)], async (add, addTruth) => {
    for (; batch.done !== true && batch.value.part === part; batch = batches.next()) {
      const { relevance, clickProbability, randomized } = batch.value.truth
      await add(batch.value.table)
      await addTruth(tableOf({ relevance, click_probability: clickProbability, randomized }))
      for (const clicked of clickProbability) clicks += clicked
    }
  })
  console.log(log.rows[part] === 0 ? `no rows of ${part}` : `${log.rows[part]} rows in ${path}`)
}
const rows = log.rows.train + log.rows.validation + log.rows.test
console.log(`P(click) is ${(clicks / rows).toFixed(4)} on average; ${((performance.now() - started) / 1000).toFixed(1)} s`)
