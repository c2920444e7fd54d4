import { describe, expect, test } from 'vitest'
import * as ops from 'feedrank/tensor'
import { gradients, input, program, programFromJson, programToJson, type Program, type ProgramJson, type Tensor } from 'feedrank/tensor'
import { ModelFileError } from '../../src/errors'
import { cases } from '../conformance/backends/cases'

/** Through text and back. */
const again = (p: Program) => programFromJson(JSON.parse(JSON.stringify(programToJson(p))) as ProgramJson)

const x = input('x', ['batch', 3])
const w = input('w', [3, 2], { rate: 'item' })
const loss = ops.reduceMean(ops.softplus(ops.matmul(x, w)))
const training = program({ loss, dw: gradients(loss, [w])[0], relu: ops.relu(x) })

describe('what was written is read back', () => {
  test('a loss with its gradient', () => {
    const back = again(training)
    expect(ops.printProgram(back)).toBe(ops.printProgram(training))
    expect(programToJson(back)).toEqual(programToJson(training))
    expect([...back.inputs.values()].map(({ attributes }) => attributes)).toEqual([...training.inputs.values()].map(({ attributes }) => attributes))
  })
  test.each(Object.entries(cases))('every operation: %s', (_, list) => {
    for (const { inputs, build } of list) {
      const tensors = Object.entries(inputs).map(([name, [shape, fill]]) => input(name, shape, { dtype: typeof fill === 'object' ? 'int32' : 'float32' }))
      const p = program({ y: build(...tensors) })
      expect(programToJson(again(p))).toEqual(programToJson(p))
    }
  })
  test('constants that JSON has no word for', () => {
    const values = [NaN, Infinity, -Infinity, -0, 0, 0.1, 1e-45, 3.4e38]
    const back = again(program({ y: ops.constant(values) })).outputs.get('y') as Tensor
    expect((back.attributes as { readonly values: readonly number[] }).values).toEqual(values)
  })
  test('outputs of any name, in their order', () => {
    const names = ['z', '__proto__', 'constructor', '1', 'a']
    expect([...again(program(new Map(names.map((name, i) => [name, ops.multiply(x, i)])))).outputs.keys()]).toEqual(names)
  })
})

describe('what was altered is refused, and the node is named', () => {
  type Json = { format: string; version: number; nodes: { op: string; inputs?: unknown; attributes?: Record<string, unknown>; shape?: unknown; dtype?: unknown }[]; outputs: unknown[] }
  const base = () => {
    const reduced = ops.reduceSum(ops.matmul(ops.transpose(x, [1, 0]), ops.concat([ops.slice(x, 1, 0, 2), x], 1), {}), { axes: [1], keepDims: true })
    return JSON.parse(JSON.stringify(programToJson(program({ y: ops.multiply(reduced, ops.constant([1, 2, 3], [3, 1])) })))) as Json
  }
  const find = (json: Json, op: string) => json.nodes.find((node) => node.op === op) ?? expect.fail(op)

  const alterations: readonly (readonly [title: string, alter: (json: Json) => void, says: RegExp])[] = [
    ['another format', (json) => void (json.format = 'other'), /feedrank-program of version 1, got other/],
    ['another version', (json) => void (json.version = 2), /version 1, got feedrank-program 2/],
    ['no nodes', (json) => void delete (json as Partial<Json>).nodes, /`nodes`.*array/],
    ['no outputs', (json) => void (json.outputs = []), /at least one output/],
    ['an output of no node', (json) => void (json.outputs = [['y', 99]]), /output 'y' refers to node 99/],
    ['an output that is no pair', (json) => void (json.outputs = [null]), /output.*null/],
    ['an output without a name', (json) => void (json.outputs = [[3, 0]]), /output/],
    ['an output twice', (json) => void json.outputs.push(json.outputs[0]), /name of its own/],
    ['an unknown operation', (json) => void (json.nodes[1].op = 'fold'), /node 1.*"fold"/],
    ['an operation of the prototype', (json) => void (json.nodes[1].op = 'toString'), /node 1.*"toString"/],
    ['a node that is null', (json) => void ((json.nodes as unknown[])[1] = null), /node 1/],
    ['an input to come', (json) => void (find(json, 'matmul').inputs = [0, 99]), /refers to node 99/],
    ['an input by text', (json) => void (find(json, 'matmul').inputs = [0, 'length']), /refers to node "length"/],
    ['an input too few', (json) => void (find(json, 'multiply').inputs = [0]), /multiply.*cannot be read/],
    ['an input too many', (json) => void (find(json, 'reduceSum').inputs = [1, 0]), /reduceSum.*cannot be read/],
    ['inputs that are no list', (json) => void (find(json, 'matmul').inputs = 3), /matmul.*`inputs`.*array/],
    ['attributes left out', (json) => void delete find(json, 'reduceSum').attributes, /reduceSum.*cannot be read/],
    ['an attribute left out', (json) => void delete find(json, 'reduceSum').attributes?.axes, /reduceSum.*cannot be read/],
    ['a permutation left out', (json) => void delete find(json, 'transpose').attributes?.permutation, /transpose.*cannot be read/],
    ['an axis left out', (json) => void delete find(json, 'concat').attributes?.axis, /concat.*cannot be read/],
    ['a misspelt attribute', (json) => void (find(json, 'matmul').attributes = { transposeA: false, transposeB: false, transposeC: true }), /matmul.*cannot be read/],
    ['an attribute of another kind', (json) => void (find(json, 'matmul').attributes = { transposeA: 0, transposeB: false }), /matmul.*cannot be read/],
    ['a shape that does not fit', (json) => void (find(json, 'input').shape = ['batch', 4]), /cannot be read/],
    ['a shape for what has none of its own', (json) => void (find(json, 'matmul').shape = [3, 3]), /matmul.*cannot be read/],
    ['a shape that is text', (json) => void (find(json, 'input').shape = 'batch'), /input.*cannot be read/],
    ['an unknown dtype', (json) => void (find(json, 'input').dtype = 'float64'), /float64/],
    ['an unknown rate', (json) => void (find(json, 'input').attributes = { name: 'x', rate: 'weekly' }), /weekly/],
    ['a name left out', (json) => void (find(json, 'input').attributes = { rate: 'pair' }), /`name`/],
    ['constants left out', (json) => void (find(json, 'constant').attributes = {}), /constant.*cannot be read/],
    ['a constant that is no number', (json) => void (find(json, 'constant').attributes = { values: [1, null, 3] }), /constant.*cannot be read/],
    ['a constant too few', (json) => void (find(json, 'constant').attributes = { values: [1, 2] }), /constant.*2 numbers/],
    ['a slice beyond the end', (json) => void (find(json, 'slice').attributes = { axis: 1, start: 0, end: 9 }), /slice.*0 to 9/],
  ]
  test.each(alterations)('%s', (_, alter, says) => {
    const json = base()
    expect(() => programFromJson(json as unknown as ProgramJson)).not.toThrow()
    alter(json)
    let error: unknown
    try {
      programFromJson(json as unknown as ProgramJson)
    } catch (caught) {
      error = caught
    }
    expect(ModelFileError.isInstance(error), String(error)).toBe(true)
    expect(String(error)).toMatch(says)
  })
  test.each([null, undefined, 3, 'text', []])('%s in place of a program', (json) => {
    expect(() => programFromJson(json as unknown as ProgramJson)).toThrow(ModelFileError)
  })
  test('keys in another order are no alteration', () => {
    const json = base()
    for (const entry of json.nodes) if (entry.attributes) entry.attributes = Object.fromEntries(Object.entries(entry.attributes).toReversed())
    expect(() => programFromJson(json as unknown as ProgramJson)).not.toThrow()
  })
})
