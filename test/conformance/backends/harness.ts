import { describe, expect, test } from 'vitest'
import { type Backend, type BackendName, loadBackend } from 'feedrank/backends'
import { seededRandom } from '../../../src/random'
import { gradients, input, multiply, program, reduceSum, type Tensor } from 'feedrank/tensor'
import { count, evaluate, type Numbers, type NumbersByName } from './oracle'

export type { Numbers, NumbersByName } from './oracle'

/** Every backend is held to the same suite; a new one joins by its line here. */
const loading: Readonly<Record<BackendName | 'wasm on threads' | 'tfjs on wasm', () => Promise<Backend>>> = {
  javascript: () => loadBackend('javascript'),
  wasm: () => loadBackend('wasm'),
  'wasm on threads': () => loadBackend('wasm', { threads: 2 }),
  // Two threads, so that work split between them is tested too.
  onnxruntime: () => loadBackend('onnxruntime', { threads: 2 }),
  tfjs: () => loadBackend('tfjs', { engine: 'cpu' }),
  'tfjs on wasm': () => loadBackend('tfjs', { engine: 'wasm' }),
}

interface Loaded {
  readonly name: string
  readonly backend?: Backend
  readonly error?: unknown
}

const loaded: readonly Loaded[] = await Promise.all(
  Object.entries(loading).map(([name, load]) => load().then((backend) => ({ name, backend }), (error: unknown) => ({ name, error }))),
)

/** Runs `suite` for each backend; one whose optional package is absent is skipped by name, one that is broken fails. */
export function forEachBackend(suite: (backend: Backend) => void): void {
  for (const { name, backend, error } of loaded) {
    if (backend) describe(name, () => suite(backend))
    else if (/is not installed/.test(String(error))) describe(name, () => test.skip(`skipped: ${String(error)}`))
    else describe(name, () => test('loads', () => expect.fail(String(error))))
  }
}

const kinds = { float32: Float32Array, int32: Int32Array } as const

/** Compiles `outputs`, runs them on each of `feeds` in turn, and disposes. */
export async function runAll(backend: Backend, outputs: Readonly<Record<string, Tensor>>, feeds: readonly NumbersByName[]): Promise<NumbersByName[]> {
  const compiled = program(outputs)
  const executable = await backend.compile(compiled)
  const results: NumbersByName[] = []
  for (const fed of feeds) {
    const values = Object.fromEntries([...compiled.inputs].map(([name, { dtype }]) => [name, { data: kinds[dtype].from(fed[name].data), shape: fed[name].shape }]))
    const got = await executable.run(values)
    results.push(Object.fromEntries(Object.entries(got).map(([name, { data, shape }]) => [name, { data: [...data], shape: [...shape] }])))
  }
  executable.dispose()
  return results
}

/** The same as {@link runAll}, by the oracle. */
export const evaluateAll = (outputs: Readonly<Record<string, Tensor>>, feeds: readonly NumbersByName[]): NumbersByName[] =>
  feeds.map((fed) => {
    const values = evaluate(Object.values(outputs), fed)
    return Object.fromEntries(Object.keys(outputs).map((name, i) => [name, values[i]]))
  })

/** Fails unless `got` has the shape of `want` and equals it to float32 accuracy; NaN equals NaN, infinities themselves. */
export function expectClose(got: Numbers, want: Numbers, label: string, tolerance = 1e-5): void {
  expect(got.shape, `shape of ${label}`).toEqual(want.shape)
  expect(got.data.length, `length of ${label}`).toBe(want.data.length)
  want.data.forEach((value, i) => {
    const w = Math.fround(value)
    const g = got.data[i]
    const same = Number.isFinite(w) && Number.isFinite(g) ? Math.abs(g - w) <= tolerance * Math.max(1, Math.abs(w)) : Object.is(g, w)
    if (!same) expect.fail(`${label}[${i}]: expected ${w}, got ${g}; wanted ${show(want)}, got ${show(got)}`)
  })
}

const show = ({ data }: Numbers) => `[${data.slice(0, 12).map((v) => Number(v.toPrecision(7))).join(', ')}${data.length > 12 ? ', …' : ''}]`

/** Fails unless each backend result matches the oracle's, run by run and name by name. */
export function expectAllClose(got: readonly NumbersByName[], want: readonly NumbersByName[], label: string, tolerance?: number): void {
  want.forEach((wanted, run) => {
    expect(Object.keys(got[run])).toEqual(Object.keys(wanted))
    for (const [name, value] of Object.entries(wanted)) expectClose(got[run][name], value, `${label}, run ${run}, '${name}'`, tolerance)
  })
}

/** What an input of a case is filled with. */
export type Fill = 'any' | 'positive' | 'not 0' | 'distinct' | 'bits' | { readonly rows: number }

/** Random float32 values of a shape whose named sizes are all `size`, or as `sizes` says. */
export function sample(t: Tensor, how: Fill, seed: string, sizes: Readonly<Record<string, number>>): Numbers {
  const random = seededRandom(seed)
  const shape = t.shape.map((d) => (typeof d === 'number' ? d : sizes[d]))
  const n = count(shape)
  if (typeof how === 'object') return { shape, data: Array.from({ length: n }, () => random.integer(how.rows)) }
  if (how === 'distinct') return { shape, data: random.shuffle(Array.from({ length: n }, (_, i) => Math.fround((i - n / 2) * 0.37 + 0.1))) }
  return {
    shape,
    data: Array.from({ length: n }, () => {
      const x = random.normal()
      if (how === 'bits') return Number(x > 0)
      return Math.fround(how === 'positive' ? 0.3 + Math.abs(x) : how === 'not 0' ? x + Math.sign(x) * 0.3 : x)
    }),
  }
}

/** `y`, and the gradient of `Σ weights · y` for every one of `inputs`; `weights` are to be fed. */
export function withGradients(y: Tensor, inputs: readonly Tensor[]): Record<string, Tensor> {
  const weights = input('weights', y.shape)
  const loss = reduceSum(multiply(y, weights))
  return Object.fromEntries([['y', y], ['loss', loss], ...gradients(loss, inputs).map((g, i) => [`d${i}`, g] as const)])
}

/** Central differences of the oracle's `loss` for each element of the input called `name`. */
export function finiteDifferences(loss: Tensor, feeds: NumbersByName, name: string, step = 1e-5): Numbers {
  const { shape, data } = feeds[name]
  const lossAt = (i: number, x: number) => evaluate([loss], { ...feeds, [name]: { shape, data: data.with(i, x) } })[0].data[0]
  return { shape, data: data.map((x, i) => (lossAt(i, x + step) - lossAt(i, x - step)) / (2 * step)) }
}
