import { describe, expect, test } from 'vitest'
import * as ops from 'feedrank/tensor'
import { input, program, type Tensor } from 'feedrank/tensor'
import { lowerToGraph, lowerToOnnx } from '../../../src/backends/onnxruntime/lower-to-onnx'
import { ShapeError } from '../../../src/errors'

const lower = (outputs: Record<string, Tensor>) => lowerToGraph(program(outputs))
const operators = (outputs: Record<string, Tensor>) => lower(outputs).nodes.map((node) => node.operator)

const x = input('x', ['batch', 3])
const w = input('w', [3, 2])
const product = ops.matmul(x, w)

describe('a product and the sum it rides on', () => {
  test.each([
    ['a row', input('b', [2])], ['a row of a matrix', input('b', [1, 2])], ['a column', input('b', ['batch', 1])],
    ['a number', input('b', [])], ['a matrix', input('b', ['batch', 2])],
  ])('are one operator: %s', (_, b) => {
    expect(operators({ y: ops.add(product, b) })).toEqual(['Gemm'])
    expect(operators({ y: ops.add(b, product) })).toEqual(['Gemm'])
  })
  test('are not where the product is read elsewhere, or the sum is larger', () => {
    expect(operators({ y: ops.add(product, input('b', [2])), product })).toEqual(['Gemm', 'Add'])
    expect(operators({ y: ops.add(product, input('b', [4, 'batch', 2])) })).toEqual(['Gemm', 'Add'])
    expect(operators({ y: ops.add(product, product) })).toEqual(['Gemm', 'Add'])
  })
  test('of two products, one rides on the other', () => {
    expect(operators({ y: ops.add(product, ops.matmul(input('z', ['batch', 3]), w)) })).toEqual(['Gemm', 'Gemm'])
  })
})

test('truth values stay truth values until a number is wanted', () => {
  const positive = ops.greater(x, 0)
  expect(operators({ y: ops.where(positive, x, 0) })).toEqual(['Greater', 'Where'])
  expect(operators({ y: ops.where(positive, x, 0), z: ops.multiply(positive, x), positive })).toEqual(['Greater', 'Where', 'Cast', 'Mul'])
  expect(operators({ y: ops.where(x, x, 0) })).toEqual(['Cast', 'Where'])
})

test('what an operator stretches itself is not stretched before', () => {
  const stretched = ops.broadcastTo(input('c', ['batch', 1]), ['batch', 3])
  expect(operators({ y: ops.multiply(x, stretched) })).toEqual(['Mul'])
  expect(operators({ y: ops.exp(stretched) })).toEqual(['Expand', 'Exp'])
})

test('outputs take their names from the operators that make them; inputs, constants and second names are copied', () => {
  const doubled = ops.multiply(x, 2)
  const { nodes, inputs, outputs } = lower({ doubled, again: doubled, x, seven: ops.constant(7) })
  expect(nodes.map(({ operator, outputs: made }) => [operator, ...made])).toEqual([
    ['Mul', 'output0'], ['Identity', 'output1'], ['Identity', 'output2'], ['Identity', 'output3'],
  ])
  expect(inputs).toEqual([{ name: 'input0', type: 'float32', shape: ['batch', 3] }])
  expect(outputs.map(({ shape }) => shape)).toEqual([['batch', 3], ['batch', 3], ['batch', 3], []])
})

test('every name an operator reads is an input, a constant or made before', () => {
  const hidden = ops.relu(ops.add(product, input('b', [2])))
  const { mean, variance } = ops.moments(hidden, 0)
  const loss = ops.reduceMean(ops.softplus(ops.standardize(hidden, mean, ops.inverseDeviation(variance, 1e-3), 0)))
  const { nodes, constants, inputs, outputs } = lower({ loss, ...Object.fromEntries(ops.gradients(loss, [x, w]).map((g, i) => [`d${i}`, g])) })
  const known = new Set([...inputs, ...constants].map(({ name }) => name))
  const read = new Set(outputs.map(({ name }) => name))
  for (const node of nodes) {
    for (const name of node.inputs) {
      expect(known).toContain(name)
      read.add(name)
    }
    for (const name of node.outputs) {
      expect(known).not.toContain(name)
      known.add(name)
    }
  }
  for (const { name } of [...constants, ...nodes.flatMap((node) => node.outputs.map((name) => ({ name })))]) expect(read).toContain(name)
})

test('a size that follows from no input is refused', () => {
  expect(() => lowerToOnnx(program({ y: ops.broadcastTo(x, ['nowhere', 'batch', 3]) }))).toThrow(ShapeError)
})

test('the same program gives the same bytes', () => {
  const build = () => lowerToOnnx(program({ y: ops.softmax(ops.add(product, input('b', [2]))) }))
  expect(build()).toEqual(build())
})
