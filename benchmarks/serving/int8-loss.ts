/**
 * What a ranker in bytes loses, on a trained model: `npx tsx --tsconfig benchmarks/tsconfig.json
 * benchmarks/serving/int8-loss.ts [rows]` prints one JSON line.
 *
 * Wide & Deep learns clicks on a made-up log of impressions; the loss is measured page by page on the part of the log after
 * it. Steps are found on rows of the training part.
 */
import { WideAndDeep, binary, categorical, compileRanker, cyclical, defineFeatures, fit, impressionLog, loadBackend, numeric, precisionLoss, rowsOf } from 'feedrank'
import type { BackendName } from 'feedrank'

const rows = Number(process.argv[2] ?? 300_000)
const log = impressionLog({ users: 2000, posts: 20_000, authors: 5000, rows: { train: rows, validation: Math.round(rows / 10), test: 1000 }, seed: 1 })

const count = () => numeric({ scope: 'item', transform: 'log1p' })
const declared = defineFeatures({
  features: {
    user_id: categorical({ scope: 'user', embeddingDim: 32 }), age: numeric({ scope: 'user' }), gender: categorical({ scope: 'user', embeddingDim: 2 }),
    num_friends: numeric({ scope: 'user', transform: 'log1p' }), device_type: categorical({ scope: 'context', embeddingDim: 4 }),
    hour_of_day: cyclical({ scope: 'context', period: 24 }), day_of_week: cyclical({ scope: 'context', period: 7 }),
    post_id: categorical({ scope: 'item', embeddingDim: 32 }), author_id: categorical({ scope: 'item', embeddingDim: 16 }),
    post_type: categorical({ scope: 'item', embeddingDim: 4 }), num_likes: count(), num_comments: count(), post_age_hours: count(),
  },
  labels: { clicked: binary() },
})
const spec = declared.fit(log.train)
const model = new WideAndDeep(spec, { hidden: [256, 128, 64], seed: 1 })
const train = spec.encode(log.train, { labels: true })
const trainer = await loadBackend('auto')
await fit(model, { rows: train }, { backend: trainer, epochs: 2, batchSize: 1024, learningRate: 1e-3, seed: 1, progress: false })

interface Impression { readonly user_id: number; readonly timestamp: number; readonly clicked: number }
const pages = new Map<string, Impression[]>()
for (const row of rowsOf(log.validation) as Iterable<Impression>) {
  const page = `${row.user_id} ${row.timestamp}`
  const known = pages.get(page)
  if (known) known.push(row)
  else pages.set(page, [row])
}
const validation = [...pages.values()].filter((page) => page.length > 1)
  .map((page) => ({ request: page[0], candidates: page, labels: page.map(({ clicked }) => clicked) }))

const loss: Record<string, unknown> = {}
for (const name of ['wasm', 'onnxruntime'] satisfies BackendName[]) {
  const backend = await loadBackend({ name, threads: 1 })
  const [exact, bytes] = await Promise.all([compileRanker(model, { backend }), compileRanker(model, { backend, int8: { sample: train } })])
  const { metrics } = await precisionLoss(exact, bytes, validation)
  loss[name] = Object.fromEntries(metrics.map(({ metric, a, b, difference, low, high, pairs }) => [metric, { float32: b, int8: a, difference, low, high, pages: pairs }]))
  exact.dispose()
  bytes.dispose()
}
console.log(JSON.stringify({ rows, trained: trainer.name, loss }))
