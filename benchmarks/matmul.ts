import { BackendError, input, loadBackend, matmul, program } from 'feedrank'
import type { BackendName } from 'feedrank'
import type { Benchmark, Checked, Options, Variant } from './harness/benchmark'
import { Missing, timed } from './harness/benchmark'
import { pythonPeer } from './harness/python-peer'
import { loadTfjsWasm } from './peers/tfjs-wasm'
import { signedNumbers } from './workloads/synthetic'

const numbers = ({ m, k, n }: Options) => ({ a: signedNumbers('matmul.a', 0, m * k), b: signedNumbers('matmul.b', 0, k * n) })

const checked = (product: Float32Array): Checked => ({ first: [...product.slice(0, 8)], last: [...product.slice(-8)] })

/** What a user pays: feeds go in and the product comes out, into an array that is kept. */
const backend = (name: BackendName, side: Variant['side'], threads: number, options: Options): Variant => ({
  name,
  threads,
  side,
  async start() {
    const loaded = await loadBackend(name, { threads }).catch((error: unknown) => {
      throw BackendError.isInstance(error) ? new Missing(error.message) : error
    })
    const { m, k, n, products } = options
    const executable = await loaded.compile(program({ product: matmul(input('a', [m, k]), input('b', [k, n])) }))
    const feeds = numbers(options)
    const into = { product: new Float32Array(m * n) }
    const multiply = async () => {
      await executable.run(feeds, into)
      return into.product
    }
    return {
      check: async () => checked(await multiply()),
      repeat: () => timed(async () => {
        for (let i = 0; i < products; i++) await multiply()
      }),
      close: executable.dispose,
    }
  },
})

const tfjsWasm = (options: Options): Variant => ({
  name: 'tfjs-wasm',
  threads: 1,
  side: 'peer',
  async start() {
    const tf = await loadTfjsWasm()
    const { m, k, n, products } = options
    const feeds = numbers(options)
    const [a, b] = [tf.tensor2d(feeds.a, [m, k]), tf.tensor2d(feeds.b, [k, n])]
    const multiply = () => {
      const product = tf.matMul(a, b)
      const values = product.dataSync()
      product.dispose()
      return values
    }
    return {
      check: () => checked(multiply()),
      repeat: () => timed(() => {
        for (let i = 0; i < products; i++) multiply()
      }),
      close: () => [a, b].forEach((tensor) => tensor.dispose()),
    }
  },
})

/** One product of dense matrices, beside tfjs, NumPy and PyTorch; the plain JavaScript backend is the naive baseline. */
export const benchmark: Benchmark = {
  name: 'matmul',
  question: 'how fast is a product of matrices, m × k by k × n?',
  unit: 'GFLOP',
  options: {
    m: { value: 1000, about: 'rows of the left matrix' },
    k: { value: 512, about: 'its columns' },
    n: { value: 256, about: 'columns of the right matrix' },
    products: { value: 5, about: 'products in a repeat' },
  },
  unitsPerRepeat: ({ m, k, n, products }) => (2 * m * k * n * products) / 1e9,
  tolerance: { relative: 1e-4, absolute: 1e-5 },
  variants: (options, threads) => [
    // These have one thread.
    ...(threads === 1 ? [backend('wasm', 'ours', 1, options), backend('javascript', 'peer', 1, options), tfjsWasm(options)] : []),
    backend('onnxruntime', 'ours', threads, options),
    pythonPeer({ name: 'torch', threads, script: 'matmul.py', mode: 'torch', options }),
    pythonPeer({ name: 'numpy', threads, script: 'matmul.py', mode: 'numpy', options }),
  ],
}
