import * as ops from 'feedrank/tensor'
import type { OperationName, Shape, Tensor } from 'feedrank/tensor'
import type { Fill } from './harness'

/** A small graph around one operation, with what to feed it. */
export interface Case {
  readonly title: string
  readonly inputs: Readonly<Record<string, readonly [shape: Shape, fill?: Fill]>>
  readonly build: (...inputs: Tensor[]) => Tensor
  /** Sizes of the named axes, run by run on one executable. @defaultValue {@link defaultRuns} */
  readonly runs?: readonly Readonly<Record<string, number>>[]
}

/** A batch of 5, of 1, of none and of 4, with a second named axis that changes beside it. */
export const defaultRuns = [
  { batch: 5, items: 2 },
  { batch: 1, items: 3 },
  { batch: 0, items: 2 },
  { batch: 4, items: 1 },
]

const shapes: Readonly<Record<string, Shape>> = {
  scalar: [],
  vector: [4],
  'batch vector': ['batch'],
  'batch × 3': ['batch', 3],
  'batch × 2 × 3': ['batch', 2, 3],
  '2 × batch × items × 2': [2, 'batch', 'items', 2],
}

const unary = (build: (x: Tensor) => Tensor, fill: Fill = 'any'): Case[] =>
  Object.entries(shapes).map(([title, shape]) => ({ title, inputs: { x: [shape, fill] }, build }))

/** Operand shapes in all the ways they may stretch. */
export const broadcastPairs: readonly (readonly [title: string, a: Shape, b: Shape])[] = [
  ['scalars', [], []],
  ['scalar and matrix', [], ['batch', 3]],
  ['matrix and scalar', ['batch', 3], []],
  ['a single number and matrix', [1, 1], ['batch', 3]],
  ['alike', ['batch', 3], ['batch', 3]],
  ['row', ['batch', 3], [3]],
  ['row of a matrix', [1, 3], ['batch', 3]],
  ['column', ['batch', 3], ['batch', 1]],
  ['column and row', ['batch', 1], [1, 3]],
  ['column and vector', ['batch', 1], [3]],
  ['leading axes', ['batch', 3], [2, 'batch', 3]],
  ['leading axes, single', ['batch', 1], [2, 1, 3]],
  ['a middle axis', ['batch', 1, 3], ['batch', 'items', 3]],
  ['outer product of named axes', ['batch', 1], ['items']],
  ['rank 4', ['batch', 1, 'items', 1], [2, 1, 3]],
  ['both stretch a named axis', ['batch', 'items'], [1, 'items']],
]

const binary = (build: (a: Tensor, b: Tensor) => Tensor, fills: readonly [Fill, Fill] = ['any', 'any']): Case[] =>
  broadcastPairs.map(([title, a, b]) => ({ title, inputs: { a: [a, fills[0]], b: [b, fills[1]] }, build }))

const one = (title: string, shape: Shape, build: (x: Tensor) => Tensor, fill: Fill = 'any'): Case => ({ title, inputs: { x: [shape, fill] }, build })

const reductions = (reduce: typeof ops.reduceSum, fill: Fill): Case[] => [
  one('of a scalar', [], (x) => reduce(x), fill),
  one('over all', ['batch', 3], (x) => reduce(x), fill),
  one('over a vector', ['batch'], (x) => reduce(x), fill),
  one('over the batch', ['batch', 3], (x) => reduce(x, { axes: 0 }), fill),
  one('over the batch, kept', ['batch', 3], (x) => reduce(x, { axes: 0, keepDims: true }), fill),
  one('over the last axis', ['batch', 3], (x) => reduce(x, { axes: -1 }), fill),
  one('over the last axis, kept', ['batch', 3], (x) => reduce(x, { axes: [-1], keepDims: true }), fill),
  one('over a middle axis', ['batch', 2, 3], (x) => reduce(x, { axes: 1 }), fill),
  one('over outer axes', ['batch', 2, 3], (x) => reduce(x, { axes: [0, 2] }), fill),
  one('over two named axes', ['batch', 'items', 3], (x) => reduce(x, { axes: [0, 1], keepDims: true }), fill),
  one('over one named axis of two', [2, 'batch', 'items'], (x) => reduce(x, { axes: 2 }), fill),
  one('over no axis', ['batch', 3], (x) => reduce(x, { axes: [] }), fill),
]

const products: Case[] = [false, true].flatMap((transposeA) => [false, true].flatMap((transposeB) => {
  const turned = (lead: Shape, p: Shape[number], q: Shape[number], turn: boolean): Shape => [...lead, ...(turn ? [q, p] : [p, q])]
  const title = `${transposeA ? 'Aᵀ' : 'A'} ${transposeB ? 'Bᵀ' : 'B'}`
  const product = (of: string, lead: Shape, m: Shape[number], k: Shape[number], n: Shape[number]): Case => ({
    title: `${title}, ${of}`,
    inputs: { a: [turned(lead, m, k, transposeA)], b: [turned(lead, k, n, transposeB)] },
    build: (a, b) => ops.matmul(a, b, { transposeA, transposeB }),
  })
  return [
    product('batch by weights', [], 'batch', 3, 2),
    product('summed over the batch', [], 3, 'batch', 2),
    product('between named axes', [], 'batch', 4, 'items'),
    product('a single column', [], 'batch', 3, 1),
    product('of batches', ['batch'], 2, 3, 4),
    product('of batches, named within', ['batch', 2], 'items', 3, 'items'),
    product('of batches, summed over a named axis', [2], 3, 'batch', 2),
  ]
}))

/** A product whose sum with something else a backend may compute in one go. */
const biased: Case[] = ([
  ['row', [2]], ['row of a matrix', [1, 2]], ['column', ['batch', 1]], ['scalar', []], ['full', ['batch', 2]], ['of higher rank', [3, 'batch', 2]],
] as const).flatMap(([title, shape]) => [
  { title: `a product and a ${title}`, inputs: { a: [['batch', 3]], b: [[3, 2]], c: [shape] }, build: (a: Tensor, b: Tensor, c: Tensor) => ops.add(ops.matmul(a, b), c) },
  { title: `a ${title} and a product`, inputs: { a: [['batch', 3]], b: [[2, 3]], c: [shape] }, build: (a: Tensor, b: Tensor, c: Tensor) => ops.add(c, ops.matmul(a, b, { transposeB: true })) },
] as Case[])

/** Products in bytes; `x` is stretched so that it meets many steps, halves between them, and both ends. */
const quantized: readonly Case[] = ([
  ['a small one', 3, 2, 0], ['with a zero point', 3, 2, 128], ['of an odd depth', 7, 9, 128], ['of whole tiles', 16, 8, 0], ['a single column', 5, 1, 128],
  ['deep and wide', 70, 41, 128], ['of large sums', 64, 3, 0],
] as const).flatMap(([title, k, n, zeroPoint]) => {
  const weights = ops.constant(Array.from({ length: k * n }, (_, i) => (title === 'of large sums' ? 127 : ((i * 97 + 13) % 255) - 127)), [k, n], 'int32')
  const scales = ops.constant(Array.from({ length: n }, (_, j) => 0.001 * (1 + j)))
  const build = (x: Tensor) => ops.quantizedMatmul(ops.multiply(x, title === 'of large sums' ? 1000 : 60), weights, scales, { zeroPoint })
  const inputs = { x: [['batch', k]] } as const
  return [
    { title, inputs, build },
    { title: `${title}, of halves`, inputs, build: (x: Tensor) => ops.quantizedMatmul(ops.multiply(ops.cast(ops.cast(ops.multiply(x, 40), 'int32'), 'float32'), 0.5), weights, scales, { zeroPoint }) },
    { title: `${title}, biased and bent`, inputs: { ...inputs, bias: [[n]] } as const, build: (x: Tensor, bias: Tensor) => ops.relu(ops.add(build(x), bias)) },
  ]
})

/** At least one graph for every operation; the key type makes leaving one out a type error. */
export const cases: { readonly [Op in OperationName]: readonly Case[] } = {
  input: unary((x) => x),
  constant: [
    one('a number', ['batch', 3], (x) => ops.multiply(x, 0.1)),
    one('a vector', ['batch', 3], (x) => ops.multiply(x, ops.constant([1, -2, 3.3]))),
    one('a matrix', ['batch', 1], (x) => ops.multiply(x, ops.constant([1, 2, 3, 4], [2, 1, 2]))),
    one('int32', ['batch', 3], (x) => ops.gather(ops.transpose(x), ops.constant([2, 0, 2], [3], 'int32'))),
    one('alone', ['batch'], (x) => ops.add(ops.reduceSum(ops.constant([1, 2, 3])), ops.multiply(0, ops.reduceSum(x)))),
  ],
  stopGradient: unary((x) => ops.multiply(x, ops.stopGradient(x))),

  negate: unary(ops.negate),
  exp: unary(ops.exp),
  log: unary(ops.log, 'positive'),
  sqrt: unary(ops.sqrt, 'positive'),
  abs: unary(ops.abs, 'not 0'),
  relu: unary(ops.relu, 'not 0'),
  sigmoid: unary(ops.sigmoid),
  tanh: unary(ops.tanh),
  softplus: unary(ops.softplus),
  cast: [
    one('int32 to float32', ['batch', 3], (x) => ops.cast(x, 'float32'), { rows: 9 }),
    one('there and back', ['batch', 3], (x) => ops.cast(ops.cast(ops.multiply(x, 7), 'int32'), 'float32')),
    one('int32 to float32 and on', ['batch', 3], (x) => ops.sigmoid(ops.cast(x, 'float32')), { rows: 9 }),
  ],

  add: [...binary(ops.add), ...biased],
  subtract: binary(ops.subtract),
  multiply: binary(ops.multiply),
  divide: binary(ops.divide, ['any', 'positive']),
  maximum: binary(ops.maximum),
  minimum: binary(ops.minimum),
  greater: [
    ...binary(ops.greater),
    { title: 'int32', inputs: { a: [['batch', 1], { rows: 3 }], b: [['batch', 4], { rows: 3 }] }, build: ops.greater },
    one('as a number', ['batch', 3], (x) => ops.multiply(ops.greater(x, 0), x)),
  ],
  equal: [
    ...binary(ops.equal, ['bits', 'bits']),
    { title: 'int32', inputs: { a: [['batch', 1], { rows: 3 }], b: [['batch', 4], { rows: 3 }] }, build: ops.equal },
    one('as a number, a truth value and an output', ['batch', 3], (x) => ops.add(ops.equal(x, 1), ops.where(ops.equal(x, 1), x, ops.negate(x))), 'bits'),
  ],
  where: [
    ...broadcastPairs.map(([title, a, b]): Case => ({ title, inputs: { a: [a], b: [b], c: [b, 'bits'] }, build: (a, b, c) => ops.where(c, a, b) })),
    ...broadcastPairs.map(([title, a, b]): Case => ({ title: `${title}, the condition stretches`, inputs: { a: [b], b: [b], c: [a, 'bits'] }, build: (a, b, c) => ops.where(c, a, b) })),
    { title: 'of a comparison', inputs: { a: [['batch', 3]], b: [[3]] }, build: (a, b) => ops.where(ops.greater(a, b), a, b) },
    one('with numbers', ['batch', 3], (x) => ops.where(ops.greater(x, 0), x, -1)),
    one('where only the condition has the shape', ['batch', 3], (x) => ops.where(ops.greater(x, 0), 1, -1)),
    { title: 'of stretched operands', inputs: { a: [['batch', 1]], b: [[3]] }, build: (a, b) => ops.where(ops.greater(ops.broadcastTo(a, ['batch', 3]), 0), ops.broadcastTo(a, ['batch', 3]), ops.broadcastTo(b, ['batch', 3])) },
  ],

  reduceSum: reductions(ops.reduceSum, 'any'),
  reduceMean: reductions(ops.reduceMean, 'any'),
  reduceMax: reductions(ops.reduceMax, 'distinct'),
  size: [
    one('of all', ['batch', 3], (x) => ops.size(x)),
    one('of the batch', ['batch', 3], (x) => ops.size(x, 0)),
    one('of a known axis', ['batch', 3], (x) => ops.size(x, 1)),
    one('of two named axes', ['batch', 'items', 3], (x) => ops.size(x, [0, 1])),
    one('of one name twice', ['batch', 2, 'batch'], (x) => ops.size(x)),
    one('of a scalar', [], (x) => ops.size(x)),
    one('of no axis', ['batch'], (x) => ops.size(x, [])),
    one('of int32', ['batch'], (x) => ops.size(x), { rows: 3 }),
    one('in a sum', ['batch', 3], (x) => ops.divide(x, ops.size(x, 0))),
  ],

  reshape: [
    one('flat', ['batch', 2, 3], (x) => ops.reshape(x, ['batch', 6])),
    one('split', ['batch', 6], (x) => ops.reshape(x, ['batch', 2, 3])),
    one('the batch moves', ['batch', 6], (x) => ops.reshape(x, [3, 'batch', 2])),
    one('two named axes', ['batch', 'items', 4], (x) => ops.reshape(x, [2, 'items', 'batch', 2])),
    one('a single number', [1, 1], (x) => ops.reshape(x, [])),
    one('a scalar', [], (x) => ops.reshape(x, [1, 1])),
    one('int32', ['batch', 2], (x) => ops.cast(ops.reshape(x, [2, 'batch']), 'float32'), { rows: 5 }),
  ],
  transpose: [
    one('matrix', ['batch', 3], (x) => ops.transpose(x)),
    one('the last two', ['batch', 2, 3], (x) => ops.transpose(x)),
    one('three axes', ['batch', 2, 3], (x) => ops.transpose(x, [2, 0, 1])),
    one('four axes', ['batch', 2, 'items', 3], (x) => ops.transpose(x, [3, 1, 0, 2])),
    one('as they are', ['batch', 3], (x) => ops.transpose(x, [0, 1])),
    one('vector', ['batch'], (x) => ops.transpose(x, [0])),
  ],
  broadcastTo: [
    one('a number', [], (x) => ops.broadcastTo(x, [2, 3])),
    one('a row', [3], (x) => ops.broadcastTo(x, [2, 3])),
    one('a column', ['batch', 1], (x) => ops.broadcastTo(x, ['batch', 4])),
    one('leading axes', ['batch', 2], (x) => ops.broadcastTo(x, [3, 1, 'batch', 2])),
    { title: 'a number to a named size', inputs: { x: [[]], y: [['batch', 'items']] }, build: (x, y) => ops.matmul(ops.broadcastTo(x, ['items', 'batch']), y) },
    { title: 'a row to a named size', inputs: { x: [[2]], y: [['batch', 'items']] }, build: (x, y) => ops.matmul(y, ops.broadcastTo(x, ['items', 2])) },
    { title: 'to add', inputs: { x: [['batch', 1]], y: [['batch', 3]] }, build: (x, y) => ops.add(ops.broadcastTo(x, ['batch', 3]), y) },
    { title: 'both to multiply', inputs: { x: [['batch', 1]], y: [[3]] }, build: (x, y) => ops.multiply(ops.broadcastTo(x, ['batch', 3]), ops.broadcastTo(y, ['batch', 3])) },
    { title: 'further than the other needs', inputs: { x: [['batch', 1]], y: [[]] }, build: (x, y) => ops.add(ops.broadcastTo(x, [2, 'batch', 3]), y) },
    one('to negate', ['batch', 1], (x) => ops.negate(ops.broadcastTo(x, ['batch', 3]))),
    one('twice', ['batch', 1], (x) => ops.exp(ops.broadcastTo(ops.broadcastTo(x, ['batch', 3]), [2, 'batch', 3]))),
  ],
  concat: [
    { title: 'columns', inputs: { a: [['batch', 2]], b: [['batch', 1]], c: [['batch', 3]] }, build: (a, b, c) => ops.concat([a, b, c]) },
    { title: 'vectors', inputs: { a: [[2]], b: [[1]] }, build: (a, b) => ops.concat([a, b]) },
    { title: 'along the first axis', inputs: { a: [[2, 'batch']], b: [[1, 'batch']] }, build: (a, b) => ops.concat([a, b], 0) },
    { title: 'along a middle axis', inputs: { a: [['batch', 1, 'items']], b: [['batch', 2, 'items']] }, build: (a, b) => ops.concat([a, b], 1) },
    one('with itself', ['batch', 2], (x) => ops.concat([x, ops.negate(x), x])),
  ],
  slice: [
    one('a column', ['batch', 3], (x) => ops.slice(x, 1, 1, 2)),
    one('the first', ['batch', 3], (x) => ops.slice(x, -1, 0, 2)),
    one('a middle axis', ['batch', 4, 'items'], (x) => ops.slice(x, 1, 1, 3)),
    one('a vector', [4], (x) => ops.slice(x, 0, 3, 4)),
  ],
  pad: [
    one('columns', ['batch', 3], (x) => ops.pad(x, 1, 1, 2)),
    one('before', ['batch', 3], (x) => ops.pad(x, 1, 2, 0)),
    one('a middle axis', ['batch', 1, 'items'], (x) => ops.pad(x, 1, 0, 2)),
    one('a vector', [2], (x) => ops.pad(x, 0, 1, 1)),
  ],

  matmul: products,
  quantizedMatmul: quantized,
  gather: [
    { title: 'rows', inputs: { table: [[5, 2]], ids: [['batch'], { rows: 5 }] }, build: ops.gather },
    { title: 'one row', inputs: { table: [[5, 2]], ids: [[], { rows: 5 }] }, build: ops.gather },
    { title: 'numbers', inputs: { table: [[5]], ids: [['batch'], { rows: 5 }] }, build: ops.gather },
    { title: 'lists of rows', inputs: { table: [[5, 2]], ids: [['batch', 3], { rows: 5 }] }, build: ops.gather },
    { title: 'of higher rank', inputs: { table: [[5, 2, 'items']], ids: [['batch'], { rows: 5 }] }, build: ops.gather },
    { title: 'rows of the batch', inputs: { table: [['batch', 2]], ids: [['items'], { rows: 1 }] }, build: ops.gather, runs: [{ batch: 5, items: 3 }, { batch: 1, items: 0 }, { batch: 0, items: 0 }] },
    { title: 'by reshaped indices', inputs: { table: [[5, 2]], ids: [['batch', 2], { rows: 5 }] }, build: (table, ids) => ops.gather(table, ops.reshape(ids, [2, 'batch'])) },
    { title: 'by computed indices', inputs: { table: [[5, 2]], x: [['batch'], { rows: 2 }] }, build: (table, x) => ops.gather(table, ops.cast(ops.add(ops.cast(x, 'float32'), 3), 'int32')) },
  ],
  segmentSum: [
    { title: 'rows', inputs: { values: [['batch', 2]], ids: [['batch'], { rows: 3 }] }, build: (values, ids) => ops.segmentSum(values, ids, 4) },
    { title: 'one row', inputs: { values: [[2]], ids: [[], { rows: 3 }] }, build: (values, ids) => ops.segmentSum(values, ids, 3) },
    { title: 'numbers', inputs: { values: [['batch']], ids: [['batch'], { rows: 3 }] }, build: (values, ids) => ops.segmentSum(values, ids, 3) },
    { title: 'a single number', inputs: { values: [[]], ids: [[], { rows: 3 }] }, build: (values, ids) => ops.segmentSum(values, ids, 3) },
    { title: 'lists of rows', inputs: { values: [['batch', 2, 3]], ids: [['batch', 2], { rows: 3 }] }, build: (values, ids) => ops.segmentSum(values, ids, 3) },
    { title: 'of higher rank', inputs: { values: [['batch', 2, 'items']], ids: [['batch'], { rows: 3 }] }, build: (values, ids) => ops.segmentSum(values, ids, 3) },
    { title: 'into a named number of rows', inputs: { values: [['items', 2]], ids: [['items'], { rows: 1 }], other: [['batch', 2]] }, build: (values, ids, other) => ops.add(ops.segmentSum(values, ids, 'batch'), other), runs: [{ batch: 5, items: 3 }, { batch: 1, items: 0 }, { batch: 0, items: 0 }] },
    { title: 'by computed indices', inputs: { values: [['batch', 2]], x: [['batch'], { rows: 2 }] }, build: (values, x) => ops.segmentSum(values, ops.cast(ops.cast(x, 'float32'), 'int32'), 3) },
  ],

  softmax: [
    one('rows', ['batch', 3], ops.softmax),
    one('a vector', [4], ops.softmax),
    one('over the batch', ['batch'], ops.softmax),
    one('over a named axis', ['batch', 2, 'items'], ops.softmax),
    one('of one', ['batch', 1], ops.softmax),
  ],
  logSoftmax: [
    one('rows', ['batch', 3], ops.logSoftmax),
    one('a vector', [4], ops.logSoftmax),
    one('over the batch', ['batch'], ops.logSoftmax),
    one('over a named axis', ['batch', 2, 'items'], ops.logSoftmax),
    one('of one', ['batch', 1], ops.logSoftmax),
  ],
  standardize: [
    one('columns', ['batch', 3], (x) => standardized(x, 0), 'distinct'),
    one('rows', ['batch', 3], (x) => standardized(x, 1), 'distinct'),
    one('over two axes', ['batch', 2, 3], (x) => standardized(x, [0, 2]), 'distinct'),
  ],
}

function standardized(x: Tensor, axes: number | readonly number[]): Tensor {
  const { mean, variance } = ops.moments(x, axes)
  return ops.standardize(x, mean, ops.inverseDeviation(variance, 0.1), axes)
}
