import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { loadBackend } from 'feedrank/backends'
import { add, constant, input, program, quantizedMatmul, relu, type Tensor as Node } from 'feedrank/tensor'
import { bytesProbe, lowerToGraph, lowerToOnnx } from '../../../src/backends/onnxruntime/lower-to-onnx'
import { seededRandom } from '../../../src/random'

const random = seededRandom('bytes')
const [k, n, rows] = [67, 21, 9]
const weights = constant(Int32Array.from({ length: k * n }, () => random.integer(255) - 127), [k, n], 'int32')
const scales = constant(Float32Array.from({ length: n }, () => 0.001 + random.next()))
const product = (zeroPoint: number) => quantizedMatmul(input('x', ['n', k]), weights, scales, { zeroPoint })
const x = Float32Array.from({ length: rows * k }, () => random.normal() * 90)

describe('products of bytes', () => {
  test.each([[0, [n]], [128, [1, n]], [37, [n]]])('are the same where a processor needs unsigned weights, zero point %i, bias [%s]', async (zeroPoint, shape) => {
    const compiled = program({ y: relu(add(product(zeroPoint), input('b', shape))) })
    const b = Float32Array.from({ length: n }, () => random.normal())
    const reference = await (await loadBackend('javascript')).compile(compiled)
    const { y } = await reference.run({ x, b })
    for (const signedBytes of [true, false]) {
      const session = await InferenceSession.create(lowerToOnnx(compiled, { signedBytes }))
      const { output0 } = await session.run({ input0: new Tensor('float32', x, [rows, k]), input1: new Tensor('float32', b, shape) })
      const got = output0.data as Float32Array
      got.forEach((value, i) => expect(Math.abs(value - y.data[i])).toBeLessThanOrEqual(1e-6 * Math.abs(y.data[i]) + 1e-6))
      await session.release()
    }
  })

  test('take the bias with them', () => {
    const operators = (y: Node) => lowerToGraph(program({ y })).nodes.map(({ operator }) => operator)
    expect(operators(add(product(0), input('b', [n])))).toEqual(['QuantizeLinear', 'MatMulIntegerToFloat'])
    expect(operators(add(input('b', [1, n]), product(0)))).toEqual(['QuantizeLinear', 'Reshape', 'MatMulIntegerToFloat'])
    expect(operators(add(product(0), input('b', [1])))).toEqual(['QuantizeLinear', 'MatMulIntegerToFloat', 'Add'])
  })

  test('are probed with sums that 16 bits lose', async () => {
    const { program: probe, feeds, expected } = bytesProbe()
    const { y } = await (await (await loadBackend('javascript')).compile(probe)).run(feeds)
    expect([...new Set(y.data)]).toEqual([expected])
  })
})
