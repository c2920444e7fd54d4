import { setFlagsFromString } from 'node:v8'
import { describe, expect, test } from 'vitest'
import { loadBackend } from 'feedrank/backends'
import * as ops from 'feedrank/tensor'
import { input, program, type Tensor } from 'feedrank/tensor'
import { instantiate } from '../../../src/backends/wasm/instance'
import { seededRandom } from '../../../src/random'

// Node 20 knows relaxed SIMD and wants to be asked for it; later ones have it anyway, and know no such flag.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd')

const plain = await loadBackend('wasm', { relaxedSimd: false })
const x = input('x', ['n'])

async function run(outputs: Readonly<Record<string, Tensor>>, feeds: Parameters<Awaited<ReturnType<typeof plain.compile>>['run']>[0], backend = plain) {
  const executable = await backend.compile(program(outputs))
  const results = await executable.run(feeds)
  executable.dispose()
  return results
}

/** Double precision, from the exponential of −|x|, so that the comparison is with the truth and not with its rounding. */
const truths: Readonly<Record<string, (v: number) => number>> = {
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  sigmoid: (v) => (v < 0 ? Math.exp(v) / (1 + Math.exp(v)) : 1 / (1 + Math.exp(-v))),
  softplus: (v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))),
}
const functions = { exp: ops.exp, log: ops.log, tanh: ops.tanh, sigmoid: ops.sigmoid, softplus: ops.softplus }

/** Numbers of all magnitudes, float by float, and many where each function bends. */
function probes(): Float32Array {
  const random = seededRandom('probes')
  const every = new Float32Array(Int32Array.from({ length: 60_000 }, () => (random.integer(2 ** 16) << 16) | random.integer(2 ** 16)).buffer)
  const near = Float32Array.from({ length: 60_000 }, (_, i) => random.normal() * [0.01, 1, 30, 100][i % 4] + (i % 8 < 4 ? 0 : 1))
  return Float32Array.from([...every, ...near])
}

describe('elementary functions', () => {
  const fed = probes()
  test.each(Object.entries(functions))('%s is accurate to 3 parts in 10⁷, subnormals and infinities included', async (name, f) => {
    const { y } = await run({ y: f(x) }, { x: fed })
    for (let i = 0; i < fed.length; i++) {
      const want = truths[name](fed[i])
      const got = y.data[i]
      const rounded = Math.fround(want)
      // Among subnormals, two steps of the smallest float.
      const close = Number.isFinite(rounded) ? Math.abs(got - want) <= 3e-7 * Math.abs(want) + 3e-45 : Object.is(got, rounded)
      if (!close) expect.fail(`${name}(${fed[i]}): expected ${want}, got ${got}`)
    }
  })
})

/** In double precision; `at(i, j)` reads an operand as it is after turning. */
function product(a: (i: number, p: number) => number, b: (p: number, j: number) => number, m: number, n: number, k: number): number[] {
  return Array.from({ length: m * n }, (_, at) => {
    let sum = 0
    for (let p = 0; p < k; p++) sum += a(Math.floor(at / n), p) * b(p, at % n)
    return sum
  })
}

test('relaxed SIMD is taken where the host has it, and left where it is not wanted', async () => {
  // Each has tiles of its own height.
  expect((await instantiate(2 ** 30, false)).products.tileRows).toBe(6)
  expect((await instantiate(2 ** 30, false, false)).products.tileRows).toBe(4)
})

describe.each([['plain', plain], ['relaxed', await loadBackend('wasm')]])('matrix products in %s SIMD', (_, backend) => {
  // Around the tile (4 × 8 or 6 × 8), the blocks (64 or 60 rows, 1024 columns, 512 deep) and their remainders.
  const sizes = [[1, 1, 1], [3, 7, 5], [4, 8, 16], [5, 9, 3], [8, 16, 512], [64, 8, 513], [65, 24, 1030], [61, 8, 3], [59, 6, 4], [130, 17, 70], [2, 1025, 6], [7, 2060, 4], [1, 40, 600], [40, 1, 600], [3, 37, 1100], [2, 1100, 20]] as const
  const turns = [[false, false], [false, true], [true, false], [true, true]] as const
  test.each(sizes.flatMap((size) => turns.map((turn) => [...size, ...turn] as const)))('%i × %i, %i deep, turned: %s %s', async (m, n, k, transposeA, transposeB) => {
    const random = seededRandom(`${m} ${n} ${k}`)
    const numbers = (count: number) => Float32Array.from({ length: count }, () => random.normal())
    const feeds = { a: numbers(m * k), b: numbers(k * n), c: numbers(n) }
    const a = input('a', transposeA ? [k, m] : [m, k])
    const b = input('b', transposeB ? [n, k] : [k, n])
    const { y, z } = await run({ y: ops.matmul(a, b, { transposeA, transposeB }), z: ops.sigmoid(ops.add(ops.multiply(ops.matmul(a, b, { transposeA, transposeB }), 1), input('c', [n]))) }, feeds, backend)
    const want = product((i, p) => feeds.a[transposeA ? p * m + i : i * k + p], (p, j) => feeds.b[transposeB ? j * k + p : p * n + j], m, n, k)
    const { w } = await run({ w: ops.sigmoid(ops.add(ops.matmul(a, b, { transposeA, transposeB }), input('c', [n]))) }, feeds, backend)
    want.forEach((value, i) => {
      if (!(Math.abs(y.data[i] - value) <= 1e-5 * Math.sqrt(k))) expect.fail(`[${i}]: expected ${value}, got ${y.data[i]}`)
    })
    // The same numbers whether bias and activation ride on the product or come after it.
    expect(w.data).toEqual(z.data)
    // And whether the right operand is packed once and for all or comes with each run.
    const constant = ops.reshape(ops.constant(feeds.b, [n * k]), transposeB ? [n, k] : [k, n])
    const { v } = await run({ v: ops.matmul(a, constant, { transposeA, transposeB }) }, { a: feeds.a }, backend)
    expect(v.data).toEqual(y.data)
  })

  test('a row does not depend on those beside it', async () => {
    const random = seededRandom(1)
    const feed = Float32Array.from({ length: 70 * 1300 }, () => random.normal())
    const w = Float32Array.from({ length: 1300 * 20 }, () => random.normal())
    const outputs = { y: ops.relu(ops.add(ops.matmul(input('a', ['batch', 1300]), input('w', [1300, 20])), input('b', [20]))) }
    const executable = await backend.compile(program(outputs))
    const b = new Float32Array(20).fill(0.1)
    const { y } = await executable.run({ a: feed, w, b })
    for (const row of [0, 3, 63, 64, 69]) {
      const alone = await executable.run({ a: feed.slice(row * 1300, (row + 1) * 1300), w, b })
      expect(alone.y.data).toEqual(y.data.slice(row * 20, (row + 1) * 20))
      const five = await executable.run({ a: feed.slice(Math.min(row, 65) * 1300, (Math.min(row, 65) + 5) * 1300), w, b })
      expect(five.y.data.slice((row - Math.min(row, 65)) * 20, (row - Math.min(row, 65) + 1) * 20)).toEqual(alone.y.data)
    }
    executable.dispose()
  })
})

describe('chains', () => {
  test.each([1, 2, 3, 5, 7, 16, 100, 257, 512, 1000, 1024, 1025, 3000])('stretch rows of %i and columns beside them, block after block', async (width) => {
    const rows = Math.ceil(4100 / width)
    const random = seededRandom(width)
    const numbers = (count: number) => Float32Array.from({ length: count }, () => Math.fround(random.normal()))
    const feeds = { x: numbers(rows * width), row: numbers(width), column: numbers(rows), one: numbers(1) }
    const y = ops.multiply(ops.add(ops.subtract(input('x', ['n', width]), input('row', [width])), input('column', ['n', 1])), input('one', []))
    const got = await run({ y }, feeds)
    const want = feeds.x.map((v, i) => Math.fround(Math.fround(Math.fround(v - feeds.row[i % width]) + feeds.column[Math.floor(i / width)]) * feeds.one[0]))
    expect(got.y.data).toEqual(want)
  })

  test('longer than one block can hold buffers for', async () => {
    let t: Tensor = x
    for (let i = 0; i < 150; i++) t = ops.add(t, ops.multiply(x, 1 / 256))
    const fed = Float32Array.from({ length: 2500 }, (_, i) => i)
    const { t: got } = await run({ t }, { x: fed })
    expect(got.data).toEqual(fed.map((v) => v * (1 + 150 / 256)))
  })
})

test('sums of many numbers keep their digits', async () => {
  const n = 1_000_000
  const fed = new Float32Array(n).fill(0.1)
  const columns = input('columns', ['rows', 4])
  const { all, down, mean } = await run({ all: ops.reduceSum(x), down: ops.reduceSum(columns, { axes: 0 }), mean: ops.reduceMean(columns) }, { x: fed, columns: fed })
  const tenth = Math.fround(0.1)
  expect(all.data[0]).toBe(Math.fround(n * tenth))
  expect([...down.data]).toEqual(Array(4).fill(Math.fround((n / 4) * tenth)))
  expect(mean.data[0]).toBe(tenth)
})
