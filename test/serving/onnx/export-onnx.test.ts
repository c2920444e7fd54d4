import { execFile } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { javascriptBackend } from '../../../src/backends'
import { ArgumentError, ModelFileError } from '../../../src/errors'
import { binary, categorical, cross, defineFeatures, multiHot, numeric, regression, type EncodedRows } from '../../../src/features'
import { TwoTower, WideAndDeep, predict, type Model } from '../../../src/models'
import { seededRandom } from '../../../src/random'
import { exportOnnx, onnxFeeds, saveOnnx, type ExportOnnxOptions, type OnnxFeed } from '../../../src/serving'
import { add, input, matmul, program, reduceSum, sigmoid } from '../../../src/tensor'
import { caught, rejected } from '../../models/caught'
import golden from '../golden/check-onnx.json'

const backend = javascriptBackend()

/** Names of features and heads that would meet one another, or the names of the graph's own values, if anything let them. */
const spec = defineFeatures({
  features: {
    user: categorical({ scope: 'user', embeddingDim: 3 }),
    value1: numeric({ scope: 'context' }),
    ['__proto__']: categorical({ scope: 'item', embeddingDim: 2, column: 'topic' }),
    sums: multiHot({ scope: 'item', missing: 'empty', combiner: 'sum', embeddingDim: 2, column: 'tags' }),
    means: multiHot({ scope: 'item', missing: 'empty', combiner: 'mean', embeddingDim: 3, column: 'tags' }),
    'rows:user/ü': multiHot({ scope: 'item', missing: 'empty', combiner: 'sqrtn', embeddingDim: 2, column: 'tags' }),
  },
  crosses: { user_tags: cross(['user', 'sums'], { buckets: 31 }), constant0: cross(['user', '__proto__'], { buckets: 17 }) },
  labels: { clicked: binary(), output0: regression() },
})

function rowsOf(seed: string, n: number) {
  const random = seededRandom(seed)
  return Array.from({ length: n }, () => ({
    user: `u${random.integer(6)}`, value1: random.normal(), topic: `t${random.integer(3)}`,
    tags: Array.from({ length: random.integer(4) }, () => `g${random.integer(5)}`), clicked: random.integer(2), output0: 30 * random.normal(),
  }))
}

const fitted = spec.fit(rowsOf('fit', 60) as never[])
const encode = (seed: string, n: number): EncodedRows => fitted.encode(rowsOf(seed, n) as never[])

/** All numbers drawn anew, so that no part of the model is zero or one and its absence could be missed. */
function scrambled<M extends Model>(model: M): M {
  const random = seededRandom('scrambled')
  for (const { values } of [...model.weights.trained.values(), ...model.tables.values()]) for (let i = 0; i < values.length; i++) values[i] = 0.5 * random.normal()
  for (const { values } of model.weights.statistics.values()) for (let i = 0; i < values.length; i++) values[i] = 0.2 + random.next()
  return model
}

const ranker = scrambled(new WideAndDeep(fitted, { hidden: [6, 5], batchNorm: true }))
const tower = scrambled(new TwoTower(fitted, { hidden: [5], dim: 4 }))
const cases: readonly (readonly [string, Model, ExportOnnxOptions])[] = [
  ['ranker', ranker, {}],
  ['ranker-outside', ranker, { tables: 'outside' }],
  ['ranker-int32', ranker, { ids: 'int32' }],
  ['user', tower, { graph: 'user' }],
  ['item', tower, { graph: 'item', tables: 'outside' }],
  ['item-inside', tower, { graph: 'item' }],
]

const tensorOf = ({ type, data, dims }: OnnxFeed) => new Tensor(type, data as never, dims)
async function run(bytes: Uint8Array, feeds: Readonly<Record<string, OnnxFeed>>) {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4, intraOpNumThreads: 1 })
  try {
    return await session.run(Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, tensorOf(feed)])))
  } finally {
    await session.release()
  }
}

function expectClose(got: ArrayLike<number>, wanted: ArrayLike<number>, what: string): void {
  expect(got.length, what).toBe(wanted.length)
  for (let i = 0; i < wanted.length; i++) expect(Math.abs(got[i] - wanted[i]) / Math.max(1, Math.abs(wanted[i])), `${what} ${i}: ${got[i]} for ${wanted[i]}`).toBeLessThanOrEqual(1e-6)
}

let root = ''
beforeAll(async () => { root = await mkdtemp(join(tmpdir(), 'feedrank-onnx-')) })
afterAll(() => rm(root, { recursive: true, force: true }))

describe.each(cases)('%s', (name, model, options) => {
  it.each([0, 1, 2, 33])('scores as the model does to 1e-6, %i rows', async (n) => {
    const rows = encode(`rows ${n}`, n)
    const wanted = await predict(model, rows, { backend, graph: options.graph ?? 'score' })
    const got = await run(exportOnnx(model, options), onnxFeeds(model, rows, options))
    expect(Object.keys(got)).toEqual([...wanted.keys()])
    for (const [head, scores] of wanted) expectClose(got[head].data as Float32Array, scores, head)
  })

  it('and so Python\'s onnxruntime did, after onnx.checker: golden/check-onnx.json', async () => {
    const wanted = await predict(model, encode('golden', 7), { backend, graph: options.graph ?? 'score' })
    const { outputs, metadata, producer } = (golden as Record<string, { outputs: Record<string, number[]>; metadata: Record<string, string>; producer: string }>)[name]
    expect(Object.keys(outputs)).toEqual([...wanted.keys()])
    for (const [head, scores] of wanted) expectClose(scores, outputs[head], head)
    expect(metadata).toMatchObject({ 'feedrank.kind': model.kind, 'feedrank.graph': options.graph ?? 'score', 'feedrank.tables': options.tables ?? 'inside', team: 'feed' })
    expect(producer).toMatch(/^feedrank \d+\.\d+/)
  })
})

describe.skipIf(process.env['FEEDRANK_PYTHON'] === undefined)('with Python at FEEDRANK_PYTHON that has onnx and onnxruntime', () => {
  it('today\'s files pass onnx.checker and score as the model does', async () => {
    const folder = await mkdtemp(join(root, 'python-'))
    for (const [name, model, options] of cases) {
      await saveOnnx(model, join(folder, `${name}.onnx`), { ...options, metadata: { team: 'feed' } })
      const feeds = onnxFeeds(model, encode('golden', 7), options)
      await writeFile(join(folder, `${name}.json`), JSON.stringify({ feeds: Object.fromEntries(Object.entries(feeds).map(([at, feed]) => [at, { ...feed, data: [...feed.data].map(Number) }])) }))
    }
    const script = fileURLToPath(new URL('../golden/check_onnx.py', import.meta.url))
    const { stdout } = await promisify(execFile)(process.env['FEEDRANK_PYTHON']!, [script, folder], { maxBuffer: 1 << 24 })
    const results = JSON.parse(stdout) as Record<string, { outputs: Record<string, number[]> }>
    for (const [name, model, options] of cases)
      for (const [head, scores] of await predict(model, encode('golden', 7), { backend, graph: options.graph ?? 'score' })) expectClose(scores, results[name].outputs[head], `${name} ${head}`)
    if (process.env['FEEDRANK_WRITE_GOLDEN'] !== undefined) await writeFile(new URL('../golden/check-onnx.json', import.meta.url), `${JSON.stringify(results, null, 1)}\n`)
  })
})

describe('the file', () => {
  it('names inputs after features and outputs after heads', async () => {
    const session = await InferenceSession.create(exportOnnx(ranker))
    expect(session.inputNames.toSorted()).toEqual([
      'dense:value1', 'ids:__proto__', 'ids:constant0', 'ids:means', 'ids:rows:user/ü', 'ids:sums', 'ids:user', 'ids:user_tags', 'weights:means', 'weights:rows:user/ü', 'weights:sums', 'weights:user_tags',
    ])
    expect(session.outputNames).toEqual(['clicked', 'output0'])
    await session.release()
    const outside = await InferenceSession.create(exportOnnx(ranker, { tables: 'outside' }))
    expect(outside.inputNames.toSorted()).toEqual(['dense:value1', 'rows:__proto__', 'rows:means', 'rows:rows:user/ü', 'rows:sums', 'rows:user', 'wide:constant0', 'wide:user_tags'])
    await outside.release()
    expect(exportOnnx(ranker).length - exportOnnx(ranker, { tables: 'outside' }).length).toBeGreaterThan(4 * [...ranker.tables.values()].reduce((n, { values }) => n + values.length, 0))
  })

  it('holds a table once, however many features share it', async () => {
    const shared = defineFeatures({
      features: { viewer: categorical({ scope: 'user', embeddingDim: 64 }), author: categorical({ scope: 'item', sharedWith: 'viewer' }), friends: multiHot({ scope: 'user', sharedWith: 'viewer', missing: 'empty' }) },
      labels: { clicked: binary() },
    }).fit(Array.from({ length: 200 }, (_, i) => ({ viewer: `u${i}`, author: `u${(i * 7) % 200}`, friends: [`u${(i * 3) % 200}`, 'u1'], clicked: i % 2 })))
    const model = scrambled(new WideAndDeep(shared, { hidden: [3] }))
    const rows = shared.encode([{ viewer: 'u7', author: 'u8', friends: ['u1', 'u9'] }, { viewer: 'new', author: 'u7', friends: [] }])
    const bytes = exportOnnx(model)
    expect(bytes.length).toBeLessThan(2 * 4 * model.tables.get('viewer')!.values.length)
    const got = await run(bytes, onnxFeeds(model, rows))
    expectClose(got['clicked'].data as Float32Array, (await predict(model, rows, { backend })).get('clicked')!, 'clicked')
  })

  it('refuses an id beyond its table or below 0', async () => {
    const rows = encode('ids', 3)
    for (const id of [-1, -6, 1000, 2 ** 31 - 1]) {
      const feeds = onnxFeeds(ranker, rows)
      ;(feeds['ids:user'].data as BigInt64Array)[1] = BigInt(id)
      expect(String(await rejected(() => run(exportOnnx(ranker), feeds))), String(id)).toMatch(/out of (data )?bounds/)
    }
  })

  it('weighted bags: divisors of zero and negative weights as in the model', async () => {
    const rows = encode('weights', 4)
    const bags = { kind: 'bags', ids: Int32Array.of(1, 2, 0, 1, 2, 1), offsets: Int32Array.of(0, 2, 2, 5, 6), weights: Float32Array.of(1, -1, 0.5, -0.25, 2, -3) } as const
    const weighed: EncodedRows = { ...rows, columns: new Map([...rows.columns, ['sums', bags], ['means', bags], ['rows:user/ü', bags]]) }
    const wanted = await predict(ranker, weighed, { backend })
    const got = await run(exportOnnx(ranker), onnxFeeds(ranker, weighed))
    for (const [head, scores] of wanted) expectClose(got[head].data as Float32Array, scores, head)
  })

  it('is written whole or not at all', async () => {
    const path = join(root, 'ranker.onnx')
    await saveOnnx(ranker, path)
    expect(new Uint8Array(await readFile(path))).toEqual(exportOnnx(ranker))
    expect(await readdir(root)).not.toContainEqual(expect.stringContaining('saving'))
    expect(ModelFileError.isInstance(await rejected(() => saveOnnx(ranker, join(root, 'no', 'such', 'folder.onnx'))))).toBe(true)
  })

  it('any program: constants by name, outputs by name', async () => {
    const x = input('x', ['batch', 3])
    const compiled = program({ y: sigmoid(add(matmul(x, input('w', [3, 2])), input('b', [2]))), ['sum of x']: reduceSum(x, { axes: 1 }) })
    const bytes = exportOnnx(compiled, { constants: new Map([['w', { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] }], ['b', { data: Float32Array.of(-20, -30), shape: [2] }]]) })
    const got = await run(bytes, { x: { type: 'float32', data: Float32Array.of(1, 2, 3, 0, 0, 5), dims: [2, 3] } })
    const expected = [22 - 20, 28 - 30, 25 - 20, 30 - 30].map((z) => 1 / (1 + Math.exp(-z)))
    expectClose(got['y'].data as Float32Array, expected, 'y')
    expect([...(got['sum of x'].data as Float32Array)]).toEqual([6, 5])
    const wrong: readonly [() => unknown, RegExp][] = [
      [() => exportOnnx(compiled, { constants: new Map([['v', { data: new Float32Array(1), shape: [1] }]]) }), /to name inputs of the program \(x, w, b\), got "v"/],
      [() => exportOnnx(compiled, { constants: new Map([['w', { data: new Float32Array(6), shape: [2, 3] }]]) }), /`constants.w` to be float32 of shape \[3, 2\]/],
      [() => exportOnnx(program({ x: add(x, 1) })), /outputs with names of their own, got "x"/],
    ]
    for (const [run, message] of wrong) expect(String(caught(run))).toMatch(message)
  })

  it('more than 2 GiB are refused, and the message says what to do', () => {
    const user = ranker.tables.get('user')!
    // Zeros nobody touched take no memory.
    const large: Model = { ...ranker, graphs: ranker.graphs, tables: new Map([...ranker.tables, ['user', { ...user, rows: 2 ** 29 / user.dim, values: new Float32Array(2 ** 29) }]]) }
    expect(String(caught(() => exportOnnx(large)))).toMatch(/less than 2 GiB.*got 21\d{8} bytes; export with `tables: 'outside'`/)
    expect(exportOnnx(large, { tables: 'outside' }).length).toBeLessThan(1e5)
  })

  it.each([
    [undefined, {}], [{}, {}], [7, {}], [ranker, { graph: 'user' }], [ranker, { tables: 'between' }], [ranker, { ids: 'int8' }],
    [ranker, { metadata: { 'feedrank.kind': 'x' } }], [ranker, { metadata: { a: 7 } }], [ranker, null],
  ])('refuses %s with %o', (what, options) => {
    expect(ArgumentError.isInstance(caught(() => exportOnnx(what as Model, options as ExportOnnxOptions)))).toBe(true)
  })
})
