import type { Checked, Options, Variant } from '../harness/benchmark'
import { timed } from '../harness/benchmark'
import type { Batch } from '../workloads/wide-and-deep'
import {
  batch as batchOf, batchNormEpsilon, checkedRows, crosses, crossWeights, distinctBatches, embeddings, embeddingWeights, hidden, layers, layerWeights, learningRate, numericals,
} from '../workloads/wide-and-deep'
import { loadTfjsWasm, type Tfjs, type TfjsTensor, type TfjsVariable } from './tfjs-wasm'

interface Table {
  readonly values: Float32Array
  readonly dim: number
  /** Summed squares a row, as row-wise Adagrad keeps them. */
  readonly squares: Float32Array
}

const tableOf = (values: Float32Array, dim: number): Table => ({ values, dim, squares: new Float32Array(values.length / dim).fill(0.1) })

function gather({ values, dim }: Table, ids: Int32Array): Float32Array {
  const rows = new Float32Array(ids.length * dim)
  ids.forEach((id, i) => rows.set(values.subarray(id * dim, (id + 1) * dim), i * dim))
  return rows
}

/** Row-wise Adagrad, occurrence by occurrence. */
function update({ values, dim, squares }: Table, ids: Int32Array, gradient: Float32Array): void {
  ids.forEach((id, i) => {
    let sum = 0
    for (let d = 0; d < dim; d++) sum += gradient[i * dim + d] ** 2
    squares[id] += sum / dim
    const rate = learningRate / (Math.sqrt(squares[id]) + 1e-7)
    for (let d = 0; d < dim; d++) values[id * dim + d] -= rate * gradient[i * dim + d]
  })
}

/**
 * The seed model as one would write it with `@tensorflow/tfjs`: tables on the host, since a gather has no gradient on the
 * wasm backend, the rest by automatic differentiation, dense weights under Adam.
 *
 * A step takes most of a second, so a repeat is one step and counts as many times as the others take.
 */
export const tfjsWasmTraining = (options: Options): Variant => ({
  name: 'tfjs-wasm',
  threads: 1,
  side: 'peer',
  async start() {
    const tf = await loadTfjsWasm()
    const { batch: size, steps } = options
    const tables = new Map(embeddings.map((table) => [table.name as string, tableOf(embeddingWeights(table), table.dim)]))
    const wide = new Map(crosses.map(({ name }) => [name as string, tableOf(crossWeights(name), 2)]))
    const dense = denseWeights(tf)
    const adam = tf.train.adam(learningRate)
    let next = 0

    const forward = (rows: ReadonlyMap<string, TfjsTensor>, numbers: TfjsTensor, size: number) => {
      const layer = (x: TfjsTensor, i: number) => tf.add(tf.matMul(x, dense.get(`${layers[i].name}.weight`)!), dense.get(`${layers[i].name}.bias`)!)
      const normed = (x: TfjsTensor, i: number) => {
        const { mean, variance } = tf.moments(x, 0)
        const scaled = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, batchNormEpsilon)))
        return tf.add(tf.mul(scaled, dense.get(`norm${i}.gamma`)!), dense.get(`norm${i}.beta`)!)
      }
      let x = tf.concat([...embeddings.map(({ name }) => rows.get(name)!), numbers], 1)
      x = normed(tf.relu(layer(x, 0)), 0)
      x = normed(tf.relu(layer(x, 1)), 1)
      x = tf.relu(layer(x, 2))
      const wideSum = crosses.map(({ name }) => rows.get(`wide.${name}`)!).reduce((a, b) => tf.add(a, b))
      const column = (t: TfjsTensor, at: number) => tf.reshape(tf.slice(t, [0, at], [size, 1]), [size])
      return [3, 4].map((head, at) => tf.add(tf.reshape(layer(x, head), [size]), column(wideSum, at)))
    }

    /** Loss, outputs and gradients of a batch; the caller disposes. */
    const differentiate = (data: Batch) => {
      const size = data.click.length
      const inputs = new Map<string, TfjsVariable>([
        ...embeddings.map(({ name, dim }) => [name as string, tf.variable(tf.tensor2d(gather(tables.get(name)!, data.ids[name]), [size, dim]))] as const),
        ...crosses.map(({ name }) => [`wide.${name}`, tf.variable(tf.tensor2d(gather(wide.get(name)!, data.crosses[name]), [size, 2]))] as const),
      ])
      const numbers = tf.tensor2d(data.numericals, [size, numericals])
      const [clicked, dwelt] = [tf.tensor1d(data.click), tf.tensor1d(data.dwell)]
      const seen: TfjsTensor[] = []
      const { value, grads } = tf.variableGrads(() => {
        const [click, dwell] = forward(inputs, numbers, size)
        const clickLoss = tf.mean(tf.sub(tf.softplus(click), tf.mul(click, clicked)))
        const dwellLoss = tf.mean(tf.squaredDifference(dwell, dwelt))
        seen.push(tf.keep(click), tf.keep(dwell), tf.keep(clickLoss), tf.keep(dwellLoss))
        return tf.add(clickLoss, dwellLoss)
      }, [...inputs.values(), ...dense.values()])
      const gradientOf = (t: TfjsVariable) => grads[t.name]
      const dispose = () => [value, numbers, clicked, dwelt, ...seen, ...inputs.values(), ...Object.values(grads)].forEach((t) => t.dispose())
      return { inputs, gradientOf, value, seen, grads, dispose }
    }

    const step = () => {
      const data = batchOf(next++ % distinctBatches, size)
      return timed(() => {
        const { inputs, gradientOf, grads, dispose } = differentiate(data)
        adam.applyGradients(Object.fromEntries([...dense.values()].map(({ name }) => [name, grads[name]])))
        for (const { name } of embeddings) update(tables.get(name)!, data.ids[name], gradientOf(inputs.get(name)!).dataSync())
        for (const { name } of crosses) update(wide.get(name)!, data.crosses[name], gradientOf(inputs.get(`wide.${name}`)!).dataSync())
        dispose()
      })
    }

    return {
      check() {
        const first = batchOf(0, Math.min(size, checkedRows))
        return check(first, differentiate(first), dense)
      },
      repeat: async () => (await step()) * steps,
      close: () => dense.forEach((t) => t.dispose()),
    }
  },
})

function denseWeights(tf: Tfjs): ReadonlyMap<string, TfjsVariable> {
  const variable = (values: Float32Array, shape: readonly number[]) => tf.variable(tf.tensor(values, shape))
  return new Map([
    ...layers.flatMap((layer) => [
      [`${layer.name}.weight`, variable(layerWeights(layer), [layer.inputs, layer.outputs])] as const,
      [`${layer.name}.bias`, variable(new Float32Array(layer.outputs), [layer.outputs])] as const,
    ]),
    ...hidden.slice(0, 2).flatMap((width, i) => [
      [`norm${i}.gamma`, variable(new Float32Array(width).fill(1), [width])] as const,
      [`norm${i}.beta`, variable(new Float32Array(width), [width])] as const,
    ]),
  ])
}

interface Differentiated {
  readonly inputs: ReadonlyMap<string, TfjsVariable>
  readonly gradientOf: (t: TfjsVariable) => TfjsTensor
  readonly value: TfjsTensor
  readonly seen: readonly TfjsTensor[]
  readonly dispose: () => void
}

function check(data: Batch, { inputs, gradientOf, value, seen: [click, dwell, clickLoss, dwellLoss], dispose }: Differentiated, dense: ReadonlyMap<string, TfjsVariable>): Checked {
  const first = (t: TfjsTensor) => [...t.dataSync().slice(0, 8)]
  const weight = (name: string) => first(gradientOf(dense.get(`${name}.weight`)!))
  /** The gradient of the row that example 0 names, summed over the batch. */
  const row = (name: string, ids: Int32Array, dim: number) => {
    const all = gradientOf(inputs.get(name)!).dataSync()
    return Array.from({ length: Math.min(dim, 8) }, (_, d) => ids.reduce((sum, id, i) => (id === ids[0] ? sum + all[i * dim + d] : sum), 0))
  }
  const values = {
    loss: [value, clickLoss, dwellLoss].map((t) => t.dataSync()[0]),
    clickLogits: first(click),
    dwell: first(dwell),
    'gradient.deep0.weight': weight('deep0'),
    'gradient.deep2.weight': weight('deep2'),
    'gradient.click.weight': weight('click'),
    'gradient.user': row('user', data.ids.user, 128),
    'gradient.post': row('post', data.ids.post, 128),
    'gradient.wide.userAuthor': row('wide.userAuthor', data.crosses.userAuthor, 2),
  }
  dispose()
  return values
}
