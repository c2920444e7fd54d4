import { describe, expect, test } from 'vitest'
import * as ops from 'feedrank/tensor'
import { gradients, input, program, printProgram, type Tensor } from 'feedrank/tensor'
import { ShapeError } from '../../src/errors'

const x = input('x', ['batch', 3])
const opsOf = (outputs: Record<string, Tensor>) => program(outputs).nodes.map(({ op }) => op)

describe('common expressions are one node', () => {
  test('however they were written down', () => {
    const twice = () => ops.relu(ops.multiply(x, 2))
    expect(opsOf({ y: ops.add(twice(), twice()) })).toEqual(['input', 'constant', 'multiply', 'relu', 'add'])
  })
  test('inputs of one name too', () => {
    expect(opsOf({ y: ops.add(input('x', ['batch', 3]), input('x', ['batch', 3])) })).toEqual(['input', 'add'])
  })
  test('under two names of outputs', () => {
    const { nodes, outputs } = program({ a: ops.exp(x), b: ops.exp(x) })
    expect(nodes.length).toBe(2)
    expect(outputs.get('a')).toBe(outputs.get('b'))
  })
  test('not with other attributes, operands or kinds', () => {
    expect(opsOf({ a: ops.reduceSum(x, { axes: 0 }), b: ops.reduceSum(x, { axes: 1 }) }).filter((op) => op === 'reduceSum').length).toBe(2)
    expect(opsOf({ a: ops.subtract(x, 1), b: ops.subtract(1, x) }).filter((op) => op === 'subtract').length).toBe(2)
    expect(opsOf({ a: ops.constant([1], [1]), b: ops.constant([1], [1, 1]), c: ops.constant([1], [1], 'int32') }).length).toBe(3)
  })
  test('nor are NaN, the infinities, zeros of both signs and the words for them', () => {
    const constants = [NaN, Infinity, -Infinity, 0, -0].map((v) => ops.constant(v))
    expect(program(new Map(constants.map((t, i) => [`${i}`, t]))).nodes.length).toBe(5)
    expect(program({ a: ops.constant(NaN), b: ops.constant(NaN) }).nodes.length).toBe(1)
  })
  test('in a gradient, which uses what went forward', () => {
    const y = ops.exp(x)
    const loss = ops.reduceSum(y)
    expect(opsOf({ loss, dx: gradients(loss, [x])[0] }).filter((op) => op === 'exp').length).toBe(1)
  })
})

test('nodes nothing depends on are gone, with their inputs', () => {
  const unused = input('unused', [3])
  ops.add(x, unused)
  const { nodes, inputs } = program({ y: ops.relu(x) })
  expect(nodes.length).toBe(2)
  expect([...inputs.keys()]).toEqual(['x'])
})

test('every node comes after its inputs', () => {
  const w = input('w', [3, 3])
  const loss = ops.reduceMean(ops.logSoftmax(ops.matmul(ops.relu(ops.matmul(x, w)), w)))
  const { nodes } = program({ loss, dw: gradients(loss, [w])[0] })
  nodes.forEach((t, i) => t.inputs.forEach((from) => expect(nodes.indexOf(from)).toBeLessThan(i)))
  expect(new Set(nodes).size).toBe(nodes.length)
})

test('an input declared in two ways is refused, and both are named', () => {
  const both = (other: Tensor) => () => program({ a: x, b: other })
  expect(both(input('x', ['batch', 4]))).toThrow(ShapeError)
  expect(both(input('x', ['batch', 4]))).toThrow(/'x'.*\[batch, 3\].*\[batch, 4\]/)
  expect(both(input('x', ['batch', 3], { dtype: 'int32' }))).toThrow(/float32.*int32/)
  expect(both(input('x', ['batch', 3], { rate: 'item' }))).toThrow(/pair.*item/)
})

test('an operation that stretches by itself reads what was not yet stretched', () => {
  const column = input('c', ['batch', 1])
  expect(opsOf({ y: ops.add(x, ops.broadcastTo(column, ['batch', 3])) })).toEqual(['input', 'input', 'add'])
  expect(opsOf({ y: ops.negate(ops.broadcastTo(column, ['batch', 3])) })).toEqual(['input', 'broadcastTo', 'negate'])
  const { outputs } = program({ y: ops.multiply(ops.broadcastTo(column, ['batch', 3]), ops.broadcastTo(column, ['batch', 3])) })
  expect(outputs.get('y')?.shape).toEqual(['batch', 3])
})

test('a program can be read', () => {
  expect(printProgram(program({ y: ops.matmul(x, input('w', [2, 3]), { transposeB: true }), z: ops.constant([1, 2, 3, 4, 5]) }))).toBe([
    "%0 = input 'x' : [batch, 3]",
    "%1 = input 'w' : [2, 3]",
    '%2 = matmul(%0, %1, transposeB) : [batch, 2]',
    '%3 = constant (5 numbers) : [5]',
    'y = %2',
    'z = %3',
  ].join('\n'))
})
