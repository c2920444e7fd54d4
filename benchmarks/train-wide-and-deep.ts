import { BackendError, fit, loadBackend, predict, rowSgd, sgd, takeRows } from 'feedrank'
import type { Backend, BackendName, EncodedRows, RankingData, Trainable, WideAndDeep } from 'feedrank'
import type { Benchmark, Checked, Options, Variant } from './harness/benchmark'
import { Missing } from './harness/benchmark'
import { pythonPeer } from './harness/python-peer'
import { tfjsWasmTraining } from './peers/tfjs-train'
import { pacedFit } from './workloads/paced-fit'
import { checkedRows, distinctBatches, learningRate } from './workloads/wide-and-deep'
import { encodedBatches, seedModel, tableOf, weightOf } from './workloads/wide-and-deep-model'

const torch = (mode: 'sparse' | 'dense', threads: number, options: Options): Variant =>
  pythonPeer({ name: `torch-${mode}`, threads, script: 'train_wide_and_deep.py', mode, options })

/** Debian's build, on the fastest products of matrices that this processor has. */
const torchAvx512 = (threads: number, options: Options): Variant =>
  pythonPeer({ name: 'torch-avx512-sparse', threads, script: 'train_wide_and_deep.py', mode: 'sparse', options, python: 'system' })

/** The model, with epochs of `steps` batches that go round the data in its order: as the peer does, nothing shuffled. */
function inOrder(model: WideAndDeep, size: number, steps: number): Trainable<RankingData> {
  const { kind, spec, config, tables, weights, inputs, graphs } = model
  let next = 0
  return {
    kind, spec, config, tables, weights, inputs, graphs,
    trainingTask(data) {
      const task = model.trainingTask(data)
      return {
        ...task,
        examples: steps * size,
        batch(_, random) {
          const from = (next++ % distinctBatches) * size
          return task.batch(Int32Array.from({ length: size }, (_, i) => from + i), random)
        },
      }
    },
  }
}

/** Loss, outputs and gradients of the first batch, by `fit` and `predict` alone. */
async function firstBatch(backend: Backend, all: EncodedRows, size: number): Promise<Checked> {
  const model = seedModel()
  const rows = takeRows(all, Int32Array.from({ length: size }, (_, i) => i))
  const step = { backend, epochs: 1, batchSize: size, optimizer: sgd(), rowOptimizer: rowSgd(), statisticsMomentum: 1, progress: false }
  // A step too short to move a weight leaves the batch's own statistics behind, so that inference computes what training did.
  const { epochs: [{ loss, parts }] } = await fit(inOrder(model, size, 1), { rows }, { ...step, learningRate: 1e-30 })
  const scores = await predict(model, rows, { backend, batchSize: size })
  const first = (name: string) => [...(scores.get(name) ?? [])].slice(0, 8)

  // A step of length 1 down the gradient is the gradient.
  const row = (name: string, feature: string, dim: number) => {
    const column = rows.columns.get(feature)
    const at = column?.kind === 'ids' ? column.ids[0] * dim : 0
    return () => tableOf(model, name).slice(at, at + Math.min(dim, 8))
  }
  const watched: Readonly<Record<string, () => Float32Array>> = {
    'gradient.deep0.weight': () => weightOf(model, 'deep/0/kernel').slice(0, 8),
    'gradient.deep2.weight': () => weightOf(model, 'deep/2/kernel').slice(0, 8),
    'gradient.click.weight': () => weightOf(model, 'head/kernel').slice(0, 16).filter((_, i) => i % 2 === 0),
    'gradient.user': row('user', 'user', 128),
    'gradient.post': row('post', 'post', 128),
    'gradient.wide.userAuthor': row('wide:userAuthor', 'userAuthor', 2),
  }
  const before = Object.entries(watched).map(([name, read]) => [name, read()] as const)
  await fit(inOrder(model, size, 1), { rows }, { ...step, learningRate: 1 })
  return {
    loss: [loss, parts.click, parts.dwell],
    clickLogits: first('click').map((p) => Math.log(p / (1 - p))),
    dwell: first('dwell'),
    ...Object.fromEntries(before.map(([name, from]) => {
      const to = watched[name]()
      return [name, [...from].map((value, i) => value - to[i])]
    })),
  }
}

const ours = (name: BackendName, threads: number, { batch: size, steps }: Options): Variant => ({
  name,
  threads,
  side: 'ours',
  async start() {
    const backend = await loadBackend(name, { threads }).catch((error: unknown) => {
      throw BackendError.isInstance(error) ? new Missing(error.message) : error
    })
    const rows = encodedBatches(size)
    const training = pacedFit(inOrder(seedModel(), size, steps), { rows }, { backend, batchSize: size, learningRate })
    return { check: () => firstBatch(backend, rows, Math.min(size, checkedRows)), repeat: training.epoch, close: training.close }
  },
})

/** Training steps of the seed model (`workloads/wide-and-deep.ts`): forward, backward, and the update of every weight touched. */
export const benchmark: Benchmark = {
  name: 'train-wide-and-deep',
  question: 'how fast does the seed model train, 160,000 embedding rows and four crosses, beside PyTorch?',
  unit: 'examples',
  options: {
    batch: { value: 1024, about: 'examples in a step' },
    steps: { value: 10, about: 'steps in a repeat' },
  },
  unitsPerRepeat: ({ batch, steps }) => batch * steps,
  tolerance: { relative: 1e-3, absolute: 1e-6 },
  variants: (options, threads) => [
    ...(threads === 1 ? [tfjsWasmTraining(options)] : []),
    ours('wasm', threads, options), ours('onnxruntime', threads, options), torch('sparse', threads, options), torch('dense', threads, options), torchAvx512(threads, options),
  ],
}
