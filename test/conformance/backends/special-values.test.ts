import { describe, test } from 'vitest'
import * as ops from 'feedrank/tensor'
import { input, type OperationName, type Shape, type Tensor } from 'feedrank/tensor'
import { evaluateAll, expectAllClose, forEachBackend, runAll } from './harness'
import { indicesOf, type Numbers } from './oracle'

/** Not a number, the infinities, zeros of both signs, what overflows an exponential, what float32 barely holds. */
const special = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, 20, -20, 100, -100, 3e38, -3e38, 1e-30].map(Math.fround)

/** Every combination of `n` special values, as `n` columns. */
const combinations = (n: number): number[][] => {
  const picks = indicesOf(Array(n).fill(special.length))
  return Array.from({ length: n }, (_, column) => picks.map((pick) => special[pick[column]]))
}

/** Rows of `n` with each special value in each place among ordinary ones, and three rows of nothing else. */
const rowsWith = (n: number): Numbers => {
  const mixed = special.flatMap((value) => Array.from({ length: n }, (_, at) => Array.from({ length: n }, (_, i) => (i === at ? value : i + 1))))
  const rows = [...mixed, ...[-Infinity, Infinity, NaN].map((value) => Array<number>(n).fill(value))]
  return { shape: [rows.length, n], data: rows.flat() }
}

const vector = (data: readonly number[]): Numbers => ({ shape: [data.length], data })

type Probe = readonly [outputs: Readonly<Record<string, Tensor>>, feeds: Readonly<Record<string, Numbers>>]

const columns = combinations(3).map(vector)
const pairs = combinations(2).map(vector)
const x = input('x', ['n'])
const [a, b, c] = ['a', 'b', 'c'].map((name) => input(name, ['n']))
const elementwise = (y: Tensor): Probe => [{ y }, { x: vector(special) }]
const pairwise = (y: Tensor): Probe => [{ y }, { a: pairs[0], b: pairs[1] }]
const rows = input('rows', ['n', 3])
const rowwise = (outputs: Readonly<Record<string, Tensor>>): Probe => [outputs, { rows: rowsWith(3) }]
const reductions = (reduce: typeof ops.reduceSum): Probe =>
  rowwise({ rows: reduce(rows, { axes: 1 }), kept: reduce(rows, { axes: 1, keepDims: true }), columns: reduce(ops.transpose(rows), { axes: 0 }) })

/** One poisoned value in each place of a left operand, beside ordinary ones. */
const products: Probe = [
  {
    y: ops.matmul(rows, input('w', [3, 2])),
    biased: ops.add(ops.matmul(rows, input('w', [3, 2])), 1),
    rectified: ops.relu(ops.add(ops.matmul(rows, input('w', [3, 2])), input('bias', [2]))),
    transposed: ops.matmul(input('w', [3, 2]), rows, { transposeA: true, transposeB: true }),
  },
  { rows: rowsWith(3), w: { shape: [3, 2], data: [1, 2, 3, 4, 5, 6] }, bias: vector([1, -2]) },
]

/** Layout and copies: the values pass through. */
const moved = (build: (t: Tensor) => Tensor, shape: Shape = ['n', 3]): Probe => [{ y: build(input('rows', shape)) }, { rows: rowsWith(3) }]

const probes: { readonly [Op in OperationName]: Probe } = {
  input: elementwise(x),
  constant: [{ y: ops.multiply(ops.constant(special), 1), z: ops.add(x, ops.constant(NaN)) }, { x: vector(special) }],
  stopGradient: elementwise(ops.stopGradient(x)),
  negate: elementwise(ops.negate(x)),
  exp: elementwise(ops.exp(x)),
  log: elementwise(ops.log(x)),
  sqrt: elementwise(ops.sqrt(x)),
  abs: elementwise(ops.abs(x)),
  relu: elementwise(ops.relu(x)),
  sigmoid: elementwise(ops.sigmoid(x)),
  tanh: elementwise(ops.tanh(x)),
  softplus: elementwise(ops.softplus(x)),
  // What an int32 cannot hold has no meaning that backends would share.
  cast: [{ y: ops.cast(ops.cast(x, 'int32'), 'float32') }, { x: vector([0, -0, 0.99, -0.99, 1.5, -1.5, 2 ** 24, -(2 ** 24)]) }],
  add: pairwise(ops.add(a, b)),
  subtract: pairwise(ops.subtract(a, b)),
  multiply: pairwise(ops.multiply(a, b)),
  divide: pairwise(ops.divide(a, b)),
  maximum: pairwise(ops.maximum(a, b)),
  minimum: pairwise(ops.minimum(a, b)),
  greater: pairwise(ops.greater(a, b)),
  equal: pairwise(ops.equal(a, b)),
  where: [
    { y: ops.where(a, b, c), masked: ops.where(ops.greater(a, 0), b, c), same: ops.where(ops.equal(a, b), 1, c), none: ops.where(ops.greater(a, b), 0, c) },
    { a: columns[0], b: columns[1], c: columns[2] },
  ],
  reduceSum: reductions(ops.reduceSum),
  reduceMean: reductions(ops.reduceMean),
  reduceMax: reductions(ops.reduceMax),
  size: rowwise({ y: ops.size(rows) }),
  reshape: moved((t) => ops.reshape(t, [3, 'n'])),
  transpose: moved((t) => ops.transpose(t)),
  broadcastTo: moved((t) => ops.broadcastTo(t, [2, 'n', 3])),
  concat: moved((t) => ops.concat([t, ops.negate(t)])),
  slice: moved((t) => ops.slice(t, 1, 1, 2)),
  pad: moved((t) => ops.pad(t, 1, 1, 1)),
  matmul: products,
  // A byte holds no NaN, and backends would not share what becomes of one.
  quantizedMatmul: [
    { y: ops.quantizedMatmul(input('pairs', ['n', 2]), ops.constant([1, -127, 3, 127], [2, 2], 'int32'), ops.constant([1, 0.5]), { zeroPoint: 100 }) },
    { pairs: { shape: [(special.length - 1) ** 2, 2], data: special.slice(1).flatMap((p) => special.slice(1).flatMap((q) => [p, q])) } },
  ],
  gather: [{ y: ops.gather(rows, ops.constant([0, 5, 1], [3], 'int32')) }, { rows: rowsWith(3) }],
  segmentSum: [{ y: ops.segmentSum(rows, input('ids', ['n'], { dtype: 'int32' }), 8) }, { rows: rowsWith(3), ids: vector(Array.from({ length: special.length * 3 + 3 }, (_, i) => i % 7)) }],
  softmax: rowwise({ y: ops.softmax(rows) }),
  logSoftmax: rowwise({ y: ops.logSoftmax(rows) }),
  standardize: rowwise({ y: ops.standardize(rows, ops.constant([1, NaN, 0], [1, 3]), ops.constant([1, 1, Infinity], [1, 3]), 0) }),
}

forEachBackend((backend) => {
  describe('NaN, infinities and the edges of float32', () => {
    test.each(Object.entries(probes))('%s', async (op, [outputs, feeds]) => {
      expectAllClose(await runAll(backend, outputs, [feeds]), evaluateAll(outputs, [feeds]), op)
    })

    test('a poisoned example stays within its row', async () => {
      const y = ops.relu(ops.matmul(rows, input('w', [3, 2])))
      const data = [1, 2, 3, NaN, 2, 3, 4, 5, 6]
      const feeds = { rows: { shape: [3, 3], data }, w: { shape: [3, 2], data: [1, 0, 0, 1, 1, 1] } }
      expectAllClose(await runAll(backend, { y }, [feeds]), evaluateAll({ y }, [feeds]), 'y')
    })

    test('log-probabilities of equal logits, however large', async () => {
      const y = ops.logSoftmax(rows)
      const feeds = { rows: { shape: [3, 3], data: [1e30, 3e38, -1e20].flatMap((v) => [v, v, v]) } }
      expectAllClose(await runAll(backend, { y }, [feeds]), evaluateAll({ y }, [feeds]), 'y')
    })

    test.each([1, 3, 7, 8, 15, 16, 17, 33, 64, 100])('vectors of %i: no lane of a vector unit loses a NaN', async (n) => {
      const outputs = Object.fromEntries([ops.exp, ops.log, ops.sqrt, ops.abs, ops.relu, ops.sigmoid, ops.tanh, ops.softplus].map((f) => [f.name, f(x)]))
      const more = { max: ops.maximum(x, 0), min: ops.minimum(x, 0), soft: ops.softmax(x), largest: ops.reduceMax(x), total: ops.reduceSum(x) }
      const feeds = [0, n >> 1, n - 1].map((at) => ({ x: vector(Array<number>(n).fill(1).with(at, NaN)) }))
      expectAllClose(await runAll(backend, { ...outputs, ...more }, feeds), evaluateAll({ ...outputs, ...more }, feeds), `${n}`)
    })
  })
})

