import { WideAndDeep, binary, defineFeatures, hashed, loadBackend } from 'feedrank'
import type { BackendName, EncodedRows } from 'feedrank'
import type { Benchmark, Options, Variant } from './harness/benchmark'
import { pacedFit } from './workloads/paced-fit'
import { chances, ids } from './workloads/synthetic'
import { hidden } from './workloads/wide-and-deep'

const batches = 16
const idsOf = (name: string, size: number, rows: number) => ids(name, 0, batches * size, rows)

/** Training the seed model's layers on two tables of `rows` rows each; a batch names the same number of them, however many there are. */
const training = (name: string, side: Variant['side'], rows: number, backendName: BackendName, { batch, steps, dim }: Options): Variant => ({
  name,
  threads: 1,
  side,
  async start() {
    const row = { user: 'a', post: 'b' } as const
    const feature = () => hashed({ scope: 'pair', buckets: rows, embeddingDim: dim })
    const spec = defineFeatures({ features: { user: feature(), post: feature() }, labels: { click: binary() } }).fit([{ ...row, click: 0 }, { ...row, click: 1 }])
    const data: EncodedRows = {
      rows: batches * batch,
      columns: new Map([['user', { kind: 'ids', ids: idsOf('growth.user', batch, rows) }], ['post', { kind: 'ids', ids: idsOf('growth.post', batch, rows) }]]),
      labels: new Map([['click', { values: chances('growth.click', 0, batches * batch, 0.3) }]]),
    }
    const run = pacedFit(new WideAndDeep(spec, { hidden: [...hidden], seed: 1 }), { rows: data }, { backend: await loadBackend(backendName, { threads: 1 }), batchSize: batch })
    const epochs = Math.max(1, Math.round(steps / batches))
    return {
      check: () => ({ rows: [data.rows] }),
      async repeat() {
        let ms = 0
        for (let i = 0; i < epochs; i++) ms += await run.epoch()
        return ms
      },
      close: run.close,
    }
  },
})

/** What a step costs as tables grow a hundredfold: the ratio is how many times as fast it still is. */
export const benchmark: Benchmark = {
  name: 'table-growth',
  question: 'what does a step of training cost when its tables have 10 million rows instead of 100 thousand?',
  unit: 'examples',
  options: {
    batch: { value: 1024, about: 'examples in a step' },
    steps: { value: 32, about: 'steps in a repeat' },
    dim: { value: 16, about: 'numbers in a row' },
    small: { value: 100_000, about: 'rows of a small table' },
    large: { value: 10_000_000, about: 'rows of a large one' },
  },
  unitsPerRepeat: ({ batch, steps }) => batch * steps,
  tolerance: { relative: 0, absolute: 0 },
  variants: (options, threads) => (threads === 1 ? (['wasm', 'onnxruntime'] as const).flatMap((name) => [
    training(`${name}-large`, 'ours', options.large, name, options), training(`${name}-small`, 'peer', options.small, name, options),
  ]) : []),
}
