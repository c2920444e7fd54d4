import { describe, expect, test } from 'vitest'
import { javascriptBackend } from 'feedrank/backends'
import { add, constant, input, matmul, multiply, program, relu, type Tensor } from 'feedrank/tensor'
import { seededRandom } from '../../../src/random'
import { quantizeProducts, type Sample } from '../../../src/serving/compiler/quantize-products'
import { ratesOf, type Outputs } from '../../../src/serving/compiler/rows'

const backend = javascriptBackend()
const numbers = (count: number, seed: string, scale: (i: number) => number = () => 1) => {
  const random = seededRandom(seed)
  return Float32Array.from({ length: count }, (_, i) => random.normal() * scale(i))
}
const weights = (name: string, k: number, n: number) => constant(numbers(k * n, name, () => 1 / Math.sqrt(k)), [k, n])

async function run(outputs: Outputs, feeds: Readonly<Record<string, Float32Array>>): Promise<ReadonlyMap<string, Float32Array>> {
  const compiled = program(outputs)
  const executable = await backend.compile(compiled)
  const got = await executable.run(Object.fromEntries([...compiled.inputs.keys()].map((name) => [name, feeds[name]])))
  return new Map(Object.entries(got).map(([name, { data }]) => [name, data as Float32Array]))
}

const widths = [40, 64, 32]
/** Two layers over columns of very different sizes that all count as much, the first also fed by what depends on the item alone, and a head. */
function network(): Map<string, Tensor> {
  const [x, h] = [input('x', ['rows', widths[0]]), input('h', ['rows', widths[1]], { rate: 'item' })]
  const levelled = constant(numbers(widths[0] * widths[1], 'w0', (i) => 1 / columnSize(Math.floor(i / widths[1]))), [widths[0], widths[1]])
  const first = relu(add(add(matmul(x, levelled), h), constant(numbers(widths[1], 'b0'))))
  const second = relu(add(matmul(first, weights('w1', widths[1], widths[2])), constant(numbers(widths[2], 'b1'))))
  return new Map([['score', matmul(second, weights('w2', widths[2], 1))]])
}
const columnSize = (i: number) => [1, 0.01, 100, 1][i % 4]
const feedsOf = (rows: number, seed: string) => ({
  x: numbers(rows * widths[0], `x ${seed}`, columnSize), h: numbers(rows * widths[1], `h ${seed}`, () => 20),
})
const sampling = (rows: number): Sample => (values) => run(values, feedsOf(rows, 'sample'))
const count = (outputs: Outputs, op: string) => program(outputs).nodes.filter((t) => t.op === op).length

async function relativeError(outputs: Outputs, quantized: Outputs, seed: string): Promise<number> {
  const feeds = feedsOf(500, seed)
  const [want, got] = [(await run(outputs, feeds)).get('score')!, (await run(quantized, feeds)).get('score')!]
  const mean = want.reduce((a, b) => a + b, 0) / want.length
  const spread = Math.sqrt(want.reduce((sum, v) => sum + (v - mean) ** 2, 0))
  return Math.sqrt(want.reduce((sum, v, i) => sum + (v - got[i]) ** 2, 0)) / spread
}

describe('products in bytes', () => {
  test('lose little, though columns differ ten-thousandfold in size', async () => {
    const outputs = network()
    const quantized = await quantizeProducts(outputs, ratesOf(outputs, 'rows'), sampling(256))
    expect(count(quantized, 'quantizedMatmul')).toBe(2)
    // The head is too small to be worth it.
    expect(count(quantized, 'matmul')).toBe(1)
    for (const seed of ['a', 'b', 'c']) expect(await relativeError(outputs, quantized, seed)).toBeLessThan(0.04)
  })

  test('cost no multiplication of their own where one can ride along', async () => {
    const outputs = network()
    const quantized = await quantizeProducts(outputs, ratesOf(outputs, 'rows'), sampling(64))
    // One for the fed columns, and one for the item's part, once an item.
    expect(count(quantized, 'multiply')).toBe(2)
    const rates = ratesOf(quantized, 'rows')
    expect(program(quantized).nodes.filter((t) => t.op === 'multiply').map(rates.of).toSorted()).toEqual(['item', 'pair'])
  })

  test('leave a value that others read as it is', async () => {
    const x = input('x', ['rows', 40])
    const hidden = relu(matmul(x, weights('w0', 40, 32)))
    const outputs = new Map([['score', matmul(hidden, weights('w1', 32, 16))], ['hidden', hidden]])
    const quantized = await quantizeProducts(outputs, ratesOf(outputs, 'rows'), sampling(100))
    const feeds = feedsOf(50, 'more')
    const [want, got] = [(await run(outputs, feeds)).get('hidden')!, (await run(quantized, feeds)).get('hidden')!]
    const size = Math.max(...want.map(Math.abs))
    want.forEach((v, i) => expect(Math.abs(v - got[i])).toBeLessThan(0.05 * size))
  })

  test('leave a graph without such products alone', async () => {
    const outputs = new Map([['y', multiply(input('x', ['rows', 3]), 2)]])
    expect(await quantizeProducts(outputs, ratesOf(outputs, 'rows'), () => expect.fail('nothing to sample'))).toBe(outputs)
  })

  test.each([0, 1])('hold with columns and weights that are all 0, sample %i', async (size) => {
    const zeros = Float32Array.from(numbers(40 * 32, 'w'), (v, i) => (Math.floor(i / 32) % 3 === 0 || i % 32 === 5 ? 0 : v))
    const outputs = new Map([['score', matmul(input('x', ['rows', 40]), constant(zeros, [40, 32]))]])
    const quantized = await quantizeProducts(outputs, ratesOf(outputs, 'rows'), async () => new Map([['product 0', new Float32Array(40 * 8).fill(size)]]))
    const got = (await run(quantized, { x: new Float32Array(40 * 2).fill(0.5) })).get('score')!
    const want = (await run(outputs, { x: new Float32Array(40 * 2).fill(0.5) })).get('score')!
    got.forEach((v, i) => expect(Math.abs(v - want[i])).toBeLessThan(0.5))
    expect(got[5]).toBe(0)
  })
})
