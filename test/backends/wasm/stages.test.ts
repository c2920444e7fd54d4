import { describe, expect, test } from 'vitest'
import * as ops from 'feedrank/tensor'
import { input, program, type Tensor } from 'feedrank/tensor'
import { type Stage, readsOf, stagesOf } from '../../../src/backends/wasm/stages'
import { storageOf } from '../../../src/backends/wasm/storage'

const x = input('x', ['batch', 8])
const w = input('w', [8, 4])
const bias = input('b', [4])

const show = (stage: Stage) =>
  stage.kind === 'elementwise' ? stage.nodes.map((t) => t.op).join('+')
  : stage.kind === 'matmul' ? `matmul${stage.bias ? '+bias' : ''}${stage.activation === 'none' ? '' : `+${stage.activation}`}`
  : stage.node.op
const stages = (outputs: Readonly<Record<string, Tensor>>) => stagesOf(program(outputs)).map(show)

describe('matrix products', () => {
  test.each([['relu', ops.relu], ['sigmoid', ops.sigmoid], ['tanh', ops.tanh]] as const)('take in their bias and %s', (name, f) => {
    expect(stages({ y: f(ops.add(ops.matmul(x, w), bias)) })).toEqual([`matmul+bias+${name}`])
    expect(stages({ y: f(ops.add(bias, ops.matmul(x, w))) })).toEqual([`matmul+bias+${name}`])
    expect(stages({ y: f(ops.matmul(x, w)) })).toEqual([`matmul+${name}`])
  })
  test('leave what somebody else reads', () => {
    const product = ops.matmul(x, w)
    const sum = ops.add(product, bias)
    expect(stages({ y: ops.relu(sum), product })).toEqual(['matmul', 'add+relu'])
    expect(stages({ y: ops.relu(sum), sum })).toEqual(['matmul+bias', 'relu'])
    expect(stages({ y: ops.relu(sum), s: ops.softmax(sum) })).toEqual(['matmul+bias', 'relu', 'softmax'])
  })
  test('take no bias that is not one row', () => {
    for (const shape of [['batch', 1], ['batch', 4], [], [1]] as const)
      expect(stages({ y: ops.add(ops.matmul(x, w), input('c', shape)) })).toEqual(['matmul', 'add'])
    expect(stages({ y: ops.add(ops.matmul(x, w), input('c', [1, 4])) })).toEqual(['matmul+bias'])
    expect(stages({ y: ops.add(ops.matmul(x, w), input('c', [3, 1, 4])) })).toEqual(['matmul', 'add'])
  })
})

describe('chains', () => {
  test('join what is read nowhere else, and what is, where nobody waits in a circle', () => {
    const a = ops.exp(x)
    expect(stages({ y: ops.tanh(ops.multiply(a, a)) })).toEqual(['exp+multiply+tanh'])
    expect(stages({ y: ops.tanh(a), a })).toEqual(['exp+tanh'])
    const mean = ops.reduceMean(a, { axes: 0 })
    expect(stages({ y: ops.subtract(a, mean) })).toEqual(['exp', 'reduceMean', 'subtract'])
    expect(stages({ y: ops.negate(a), mean })).toEqual(['exp+negate', 'reduceMean'])
  })
  test('keep to one shape', () => {
    expect(stages({ y: ops.add(x, ops.exp(input('row', [8]))) })).toEqual(['exp', 'add'])
  })
  test('read through reshaping and stopped gradients', () => {
    expect(stages({ y: ops.exp(ops.stopGradient(ops.tanh(x))) })).toEqual(['tanh+exp'])
    expect(stages({ y: ops.exp(ops.reshape(ops.tanh(x), [8, 'batch'])) })).toEqual(['tanh', 'exp'])
  })
})

test('every stage comes after those it reads from', () => {
  let t: Tensor = x
  for (let i = 0; i < 200; i++) t = i % 7 === 0 ? ops.softmax(t) : ops.add(ops.tanh(t), i % 3 === 0 ? x : 0.5)
  const made = new Set<Tensor>()
  for (const stage of stagesOf(program({ t }))) {
    for (const read of readsOf(stage)) expect(read.op === 'input' || read.op === 'constant' || made.has(storageOf(read))).toBe(true)
    for (const result of stage.results) made.add(result)
  }
})
