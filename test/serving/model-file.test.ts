import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { javascriptBackend } from '../../src/backends'
import { ArgumentError, DataError, ModelFileError } from '../../src/errors'
import { binary, categorical, cross, defineFeatures, regression } from '../../src/features'
import { TwoTower, WideAndDeep, predict, type Model } from '../../src/models'
import { seededRandom } from '../../src/random'
import { loadModel, saveModel } from '../../src/serving'
import { fit } from '../../src/training'
import { rejected } from '../models/caught'
import { encode, fitted, numbersOf, randomRows } from '../models/samples'

const backend = javascriptBackend()
const training = { backend, epochs: 1, batchSize: 16, learningRate: 0.05, progress: false }
const rows = encode('train', 48)
let root = ''
let ranker: WideAndDeep
let tower: TwoTower
let folders = 0
const newFolder = () => join(root, `model ${folders++}`)
const manifestOf = async (folder: string) => JSON.parse(await readFile(join(folder, 'model.json'), 'utf8')) as Record<string, never> & { weights: { file: string; sha256: string; bytes: number }; config: object }
const weightsPath = async (folder: string) => join(folder, (await manifestOf(folder)).weights.file)

/** Writes a manifest that was altered with its checksum: what no accident, but an enemy does. */
async function forge(folder: string, change: (manifest: Record<string, unknown>) => object): Promise<void> {
  const { sha256: _, ...manifest } = await manifestOf(folder) as Record<string, unknown>
  const changed = change(manifest)
  await writeFile(join(folder, 'model.json'), `${JSON.stringify({ ...changed, sha256: createHash('sha256').update(JSON.stringify(changed)).digest('hex') }, null, 2)}\n`)
}

/** Replaces the weights by these bytes, and the manifest says so. */
async function forgeWeights(folder: string, bytes: Uint8Array): Promise<void> {
  await writeFile(await weightsPath(folder), bytes)
  await forge(folder, (manifest) => ({ ...manifest, weights: { ...(manifest.weights as object), bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') } }))
}

/** A safetensors file of any header. */
function safetensors(header: unknown, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const file = new Uint8Array(8 + json.length + data.length)
  new DataView(file.buffer).setBigUint64(0, BigInt(json.length), true)
  file.set(json, 8)
  file.set(data, 8 + json.length)
  return file
}

async function expectRefused(folder: string, message?: RegExp, options?: Parameters<typeof loadModel>[1]): Promise<void> {
  const error = await rejected(() => loadModel(folder, options))
  expect(ModelFileError.isInstance(error), String(error)).toBe(true)
  if (message) expect(String(error)).toMatch(message)
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'feedrank-model-file-'))
  ranker = new WideAndDeep(fitted, { hidden: [5, 4], dropout: 0.1, seed: 'a seed', heads: { seconds: { weight: 0.5, standardize: false }, clicked: {} } })
  await fit(ranker, { rows }, training)
  tower = new TwoTower(fitted, { hidden: [5], dim: 4, temperature: 0.2 })
  const items = fitted.encode(randomRows(1, 10), { scopes: ['item'] })
  await fit(tower, { queries: rows, items, positives: Int32Array.from({ length: 48 }, (_, i) => i % 10) }, training)
})
afterAll(() => rm(root, { recursive: true, force: true }))

describe('a round trip', () => {
  it('gives the same ranker, number for number and score for score', async () => {
    const folder = newFolder()
    await saveModel(ranker, folder)
    const loaded = await loadModel(folder, { kind: 'WideAndDeep', spec: fitted })
    expect(numbersOf(loaded)).toEqual(numbersOf(ranker))
    expect(loaded.config).toEqual(ranker.config)
    expect(loaded.spec.hash).toBe(fitted.hash)
    expect(await predict(loaded, rows, { backend })).toEqual(await predict(ranker, rows, { backend }))
    expect((await readdir(folder)).sort()).toEqual(['model.json', expect.stringMatching(/^weights-[0-9a-f]{16}\.safetensors$/)])
  })

  it('gives the same two towers', async () => {
    const folder = newFolder()
    await saveModel(tower, folder)
    const loaded = await loadModel(folder)
    expect(loaded.kind).toBe('TwoTower')
    expect(numbersOf(loaded)).toEqual(numbersOf(tower))
    for (const graph of ['user', 'item']) expect(await predict(loaded, rows, { backend, graph })).toEqual(await predict(tower, rows, { backend, graph }))
  })

  it('the loaded model can be trained on, and encodes alike', async () => {
    const folder = newFolder()
    await saveModel(ranker, folder)
    const [loaded, other] = [await loadModel(folder, { kind: 'WideAndDeep' }), await loadModel(folder, { kind: 'WideAndDeep' })]
    await fit(loaded, { rows }, training)
    await fit(other, { rows }, training)
    expect(numbersOf(loaded)).toEqual(numbersOf(other))
    expect(numbersOf(loaded)).not.toEqual(numbersOf(ranker))
  })

  it('saving over an old model leaves nothing of it', async () => {
    const folder = newFolder()
    await saveModel(tower, folder)
    await saveModel(ranker, folder)
    await saveModel(ranker, folder)
    expect((await readdir(folder)).length).toBe(2)
    expect((await loadModel(folder)).kind).toBe('WideAndDeep')
  })

  it('names such as __proto__ and constructor survive', async () => {
    const names = ['__proto__', 'constructor', '7', 'toString'] as const
    const spec = defineFeatures({
      features: Object.fromEntries(names.slice(0, 3).map((name) => [name, categorical({ scope: 'item', column: `column ${name}` })])),
      crosses: { ['hasOwnProperty']: cross(['__proto__', 'constructor'], { buckets: 5 }) },
      labels: Object.fromEntries([['valueOf', binary()], ['isPrototypeOf', regression()]]) as never,
    })
    const given = Array.from({ length: 12 }, (_, i) => ({ 'column __proto__': `__proto__${i % 3}`, 'column constructor': 'constructor', 'column 7': i % 2, valueOf: i % 2, isPrototypeOf: i }))
    const learnt = spec.fit(given as never[])
    const model = new WideAndDeep(learnt, { hidden: [3] })
    await fit(model, { rows: learnt.encode(given as never, { labels: true }) }, training)
    const folder = newFolder()
    await saveModel(model, folder)
    const loaded = await loadModel(folder, { spec: learnt })
    expect([...loaded.tables.keys()].sort()).toEqual(['7', '__proto__', 'constructor', 'wide:hasOwnProperty'])
    const encoded = learnt.encode(given as never[])
    expect(await predict(loaded, encoded, { backend })).toEqual(await predict(model, encoded, { backend }))
  })

  it('labels and heads of such names, too', async () => {
    const learnt = defineFeatures({ features: { a: categorical({ scope: 'item' }) }, labels: Object.fromEntries([['__proto__', binary({ column: 'y' })], ['constructor', regression({ column: 'z' })]]) as never })
      .fit([{ a: 1, y: 1, z: 3 }, { a: 2, y: 0, z: 5 }] as never[])
    const model = new WideAndDeep(learnt, { hidden: [2], heads: Object.fromEntries([['constructor', {}], ['__proto__', { weight: 2 }]]) })
    const folder = newFolder()
    await saveModel(model, folder)
    const loaded = await loadModel(folder, { kind: 'WideAndDeep' })
    expect([...loaded.graphs.score.keys()]).toEqual(['constructor', '__proto__'])
    const encoded = learnt.encode([{ a: 1 }] as never[])
    expect(await predict(loaded, encoded, { backend })).toEqual(await predict(model, encoded, { backend }))
  })
})

describe('damage', () => {
  // A head without standardization: were its option lost, the scores would change and nothing else.
  const files = ['model.json', 'weights'] as const
  const pathOf = async (folder: string, file: (typeof files)[number]) => (file === 'weights' ? weightsPath(folder) : join(folder, file))

  it.each(files)('%s cut short anywhere is refused', async (file) => {
    const folder = newFolder()
    await saveModel(ranker, folder)
    const path = await pathOf(folder, file)
    const whole = await readFile(path)
    const places = [0, 1, 7, 8, 9, ...Array.from({ length: 40 }, (_, i) => Math.floor((whole.length * i) / 40)), whole.length - 2]
    for (const length of places) {
      await writeFile(path, whole.subarray(0, length))
      await expectRefused(folder)
    }
    await writeFile(path, Buffer.concat([whole, Buffer.from('x')]))
    await expectRefused(folder)
  })

  it.each(files)('%s with any byte altered is refused', async (file) => {
    const folder = newFolder()
    await saveModel(ranker, folder)
    const path = await pathOf(folder, file)
    const whole = await readFile(path)
    const random = seededRandom(`damage ${file}`)
    for (let i = 0; i < 150; i++) {
      const at = Math.floor((whole.length * (i + random.next())) / 150)
      const altered = Buffer.from(whole)
      altered[at] ^= 1 << random.integer(8)
      await writeFile(path, altered)
      await expectRefused(folder)
    }
  })

  it('every option altered in the manifest is noticed, whether or not the shapes change', async () => {
    const folder = newFolder()
    await saveModel(ranker, folder)
    const text = await readFile(join(folder, 'model.json'), 'utf8')
    for (const [from, to] of [['"standardize": false', '"standardize": true'], ['"standardize"', '"standardise"'], ['"weight": 0.5', '"weight": 0.6'], ['"dropout": 0.1', '"dropout": 0.2'], ['"a seed"', '"a sped"']]) {
      expect(text).toContain(from)
      await writeFile(join(folder, 'model.json'), text.replace(from, to))
      await expectRefused(folder, /model\.json" was altered: expected SHA-256/)
    }
    // A version control that changes line ends does no harm.
    await writeFile(join(folder, 'model.json'), text.replaceAll('\n', '\r\n'))
    expect(numbersOf(await loadModel(folder))).toEqual(numbersOf(ranker))
  })
})

describe('what is not the model asked for', () => {
  it('another kind, another spec', async () => {
    const folder = newFolder()
    await saveModel(ranker, folder)
    await expectRefused(folder, /model\.json" holds a WideAndDeep; expected a TwoTower/, { kind: 'TwoTower' })
    const other = fitted.hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))
    await expectRefused(folder, new RegExp(`trained with another spec: expected hash ${other}, got ${fitted.hash}`), { spec: { hash: other } })
  })

  it('no folder, no manifest, no weights, a folder in their place', async () => {
    await expectRefused(newFolder(), /cannot read ".*model\.json": there is no such file/)
    const folder = newFolder()
    await mkdir(folder)
    await expectRefused(folder, /there is no such file/)
    await saveModel(ranker, folder)
    const path = await weightsPath(folder)
    await rm(path)
    await expectRefused(folder, /weights-[0-9a-f]{16}\.safetensors": there is no such file/)
    await mkdir(path)
    await expectRefused(folder)
    await rm(join(folder, 'model.json'))
    await mkdir(join(folder, 'model.json'))
    await expectRefused(folder, /cannot read/)
  })

  it.each([
    ['nothing', '', /is cut short or is not JSON/], ['a list', '[1]', /not a model file this version can read/], ['null', 'null', /expected feedrank\/model version 1 or 2, got undefined version undefined/],
    ['a number', '7', /not a model file/], ['another format', '{"format":"onnx","version":1}', /got "onnx" version 1/], ['a later version', '{"format":"feedrank/model","version":3,"library":"7.1.0"}', /got "feedrank\/model" version 3; feedrank 7.1.0 wrote it: load it with that version or a later one/],
    ['too little', '{"format":"feedrank/model","version":1,"kind":"WideAndDeep"}', /lacks config, spec, specHash, weights/],
  ])('a manifest of %s', async (_, text, message) => {
    const folder = newFolder()
    await mkdir(folder)
    await writeFile(join(folder, 'model.json'), text)
    await expectRefused(folder, message)
  })

  it('forged manifests', async () => {
    const changes: readonly [(manifest: Record<string, unknown>) => object, RegExp][] = [
      ...['../weights-0123456789abcdef.safetensors', '/etc/passwd', 'weights-0123456789abcdef.safetensors/../../x', 'C:\\x', ''].map((file): [(m: Record<string, unknown>) => object, RegExp] =>
        [(m) => ({ ...m, weights: { ...(m.weights as object), file } }), /names weights in .*; expected a file beside it/]),
      [(m) => ({ ...m, weights: { ...(m.weights as object), file: ['weights-0123456789abcdef.safetensors'] } }), /lacks (kind|config|weights)/],
      [(m) => ({ ...m, weights: { ...(m.weights as object), bytes: 1e300 } }), /lacks (kind|config|weights)/],
      [(m) => ({ ...m, kind: 'constructor' }), /holds a model of kind "constructor"; this version knows WideAndDeep, TwoTower/],
      [(m) => ({ ...m, kind: ['WideAndDeep'] }), /lacks (kind|config|weights)/],
      [(m) => ({ ...m, kind: 'TwoTower' }), /cannot be made into a model: .*got "affinity"/],
      [(m) => ({ ...m, config: { ...(m.config as object), hidden: 'abc' } }), /cannot be made into a model: .*`hidden` to be an array/],
      [(m) => ({ ...m, config: { ...(m.config as object), hidden: [1e300] } }), /cannot be made into a model/],
      [(m) => ({ ...m, config: { ...(m.config as object), hidden: [6, 4] } }), /holds "weight:deep\/0\/kernel" of shape \[\d+, 5\]; expected \[\d+, 6\]/],
      [(m) => ({ ...m, config: { ...(m.config as object), heads: { clicked: null } } }), /cannot be made into a model: .*heads\.clicked/],
      [(m) => ({ ...m, config: [] }), /lacks (kind|config|weights)/],
      [(m) => ({ ...m, spec: {} }), /cannot be made into a model/],
      [(m) => ({ ...m, heads: [{ graph: 'score', name: 'clicked', shape: ['batch'] }] }), /holds a model with heads score.clicked \[batch\]; this version makes score.seconds/],
      [(m) => ({ ...m, heads: [null] }), /lacks heads/],
      [(m) => ({ ...m, metrics: { auc: 'high' } }), /lacks metrics/],
      [(m) => ({ ...m, trainingData: { rows: 3 } }), /lacks trainingData/],
      [(m) => ({ ...m, calibrators: { clicked: { kind: 'platt', slope: '1' } } }), /feedrank\/loadCalibrator/],
      [(m) => ({ ...m, library: undefined }), /lacks library/],
    ]
    const whole = newFolder()
    await saveModel(ranker, whole)
    for (const [change, message] of changes) {
      const folder = newFolder()
      await cp(whole, folder, { recursive: true })
      await forge(folder, change)
      await expectRefused(folder, message)
    }
  })

  it('forged weights', async () => {
    const whole = newFolder()
    await saveModel(ranker, whole)
    const file = await readFile(await weightsPath(whole))
    const length = Number(file.readBigUInt64LE(0))
    const header = JSON.parse(file.subarray(8, 8 + length).toString()) as Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>
    const data = file.subarray(8 + length)
    const [first, second] = Object.keys(header)
    const huge = Buffer.from(file)
    huge.writeBigUInt64LE(2n ** 63n, 0)
    const renamed = Object.fromEntries(Object.entries(header).map(([name, entry]) => [name === first ? 'weight:other' : name, entry]))
    const files: readonly [string, Uint8Array, RegExp][] = [
      ['of a huge header', huge, /its header cannot have 9223372036854776000 of \d+ bytes/],
      ['of five bytes', file.subarray(0, 5), /cut short or is no safetensors file/],
      ['of a broken header', safetensors('{"a"'), /header that is not JSON/],
      ['of a header that is a list', safetensors([]), /header that is an array of 0, not an object/],
      ['of a header that is no text', Buffer.concat([safetensors('"ab"').subarray(0, 9), Uint8Array.of(0xff, 0xff, 0x22)]), /header that is not JSON/],
      ['of doubles', safetensors({ ...header, [first]: { ...header[first], dtype: 'F64' } }, data), /as "F64"; only F32 can be read/],
      ['that holds null', safetensors({ ...header, [first]: null }, data), /as undefined; only F32/],
      ['beyond the end', safetensors({ ...header, [first]: { ...header[first], data_offsets: [data.length, data.length + header[first].data_offsets[1]] } }, data), /do not fit one another/],
      ['of negative offsets', safetensors({ ...header, [first]: { ...header[first], data_offsets: [-8, header[first].data_offsets[1] - 8] } }, data), /do not fit one another/],
      ['of offsets that are text', safetensors({ ...header, [first]: { ...header[first], data_offsets: header[first].data_offsets.map(String) } }, data), /do not fit one another/],
      ['of a shape that is not that of the model', safetensors({ ...header, [first]: { ...header[first], shape: header[first].shape.toReversed() } }, data), /expected \[/],
      ['of tensors that overlap', safetensors({ ...header, [second]: { ...header[second], data_offsets: header[second].data_offsets.map((at) => at - 4) } }, data), /from byte \d+ on; expected \d+, where the tensor before it ends/],
      ['with a rest', safetensors(header, Buffer.concat([data, Buffer.alloc(4)])), /holds 4 bytes that belong to no tensor/],
      ['without its first tensor', safetensors(Object.fromEntries(Object.entries(header).slice(1)), data), /from byte \d+ on; expected 0, where the tensor before it ends/],
      ['without its last tensor', safetensors(Object.fromEntries(Object.entries(header).slice(0, -1)), data.subarray(0, Object.values(header).at(-1)!.data_offsets[0])), /of shape \[absent\]; expected/],
      ['with a tensor of another name', safetensors(renamed, data), /holds "weight:other", which the model does not have/],
    ]
    for (const [what, bytes, message] of files) {
      const folder = newFolder()
      await cp(whole, folder, { recursive: true })
      await forgeWeights(folder, bytes)
      const error = await rejected(() => loadModel(folder))
      expect(ModelFileError.isInstance(error), `${what}: ${String(error)}`).toBe(true)
      expect(String(error), what).toMatch(message)
    }
    // The same file under another layout, which the format allows: other order, metadata.
    const folder = newFolder()
    await cp(whole, folder, { recursive: true })
    await forgeWeights(folder, safetensors(Object.fromEntries([['__metadata__', { by: 'hand' }], ...Object.entries(header).toReversed()]), data))
    expect(numbersOf(await loadModel(folder))).toEqual(numbersOf(ranker))
  })
})

describe('while something else happens', () => {
  it('a crash after the weights leaves the old model readable', async () => {
    const [folder, other] = [newFolder(), newFolder()]
    await saveModel(ranker, folder)
    await saveModel(tower, other)
    await cp(await weightsPath(other), join(folder, (await manifestOf(other)).weights.file))
    await mkdir(join(folder, 'model.json.tmp-left12'))
    await writeFile(join(folder, 'model.json.tmp-left12', 'file'), '{"format":')
    expect(numbersOf(await loadModel(folder))).toEqual(numbersOf(ranker))
    await saveModel(tower, folder)
    expect((await loadModel(folder)).kind).toBe('TwoTower')
  })

  it('a save that fails leaves the old model, and nothing beside it', async () => {
    const folder = newFolder()
    await saveModel(ranker, folder)
    const before = await readdir(folder)
    // A folder with something in it cannot be replaced by a file.
    await rename(join(folder, 'model.json'), join(folder, 'kept.json'))
    await mkdir(join(folder, 'model.json', 'in the way'), { recursive: true })
    const error = await rejected(() => saveModel(tower, folder))
    expect(ModelFileError.isInstance(error)).toBe(true)
    expect(String(error)).toMatch(/feedrank\/saveModel: cannot write/)
    await rm(join(folder, 'model.json'), { recursive: true })
    await rename(join(folder, 'kept.json'), join(folder, 'model.json'))
    expect(await readdir(folder)).toEqual(before)
    expect(numbersOf(await loadModel(folder))).toEqual(numbersOf(ranker))
  })

  it('readers meet the old model or the new one, never neither', async () => {
    const folder = newFolder()
    await saveModel(ranker, folder)
    const known = [ranker, tower].map((model) => JSON.stringify(Object.entries(numbersOf(model)).map(([name, values]) => [name, ...values])))
    const done = { yet: false }
    const writer = (async () => {
      for (let i = 0; i < 25; i++) await saveModel(i % 2 ? ranker : tower, folder)
      done.yet = true
    })()
    let reads = 0
    while (!done.yet) {
      const model: Model = await loadModel(folder)
      expect(known).toContain(JSON.stringify(Object.entries(numbersOf(model)).map(([name, values]) => [name, ...values])))
      reads++
    }
    await writer
    expect(reads).toBeGreaterThan(3)
  })

  it('two writers at once leave a whole model', async () => {
    for (let i = 0; i < 8; i++) {
      const folder = newFolder()
      await saveModel(ranker, folder)
      await Promise.all([saveModel(tower, folder), saveModel(new TwoTower(fitted, { hidden: [3], dim: 2, seed: i }), folder)])
      expect((await loadModel(folder)).kind).toBe('TwoTower')
    }
  })
})

describe('bad arguments', () => {
  it('a number that is not finite is not saved', async () => {
    for (const value of [NaN, Infinity]) {
      const model = new WideAndDeep(fitted, { hidden: [2] })
      model.tables.get('topic')!.values[3] = value
      const folder = newFolder()
      const error = await rejected(() => saveModel(model, folder))
      expect(DataError.isInstance(error)).toBe(true)
      expect(String(error)).toMatch(`expected "table:topic" to hold finite numbers, got ${value} at position 3`)
      expect(await readdir(root)).not.toContain(folder.split('/').at(-1))
    }
  })

  it.each([undefined, null, 7, ''])('a folder of %s', async (folder) => {
    for (const run of [() => saveModel(ranker, folder as string), () => loadModel(folder as string)]) {
      const error = await rejected(run)
      expect(ArgumentError.isInstance(error)).toBe(true)
      expect(String(error)).toMatch('expected `folder` to be the path of a folder')
    }
  })

  it('a model of no kind, a kind nobody knows, a spec that is none', async () => {
    for (const model of [undefined, {}, { ...ranker, kind: 'Mine' }])
      expect(ArgumentError.isInstance(await rejected(() => saveModel(model as Model, newFolder())))).toBe(true)
    for (const options of [{ kind: 'Mine' }, { spec: {} }])
      expect(ArgumentError.isInstance(await rejected(() => loadModel(newFolder(), options as object)))).toBe(true)
  })

  it('a folder that is a file', async () => {
    const file = newFolder()
    await writeFile(file, 'not a folder')
    const error = await rejected(() => saveModel(ranker, file))
    expect(ModelFileError.isInstance(error)).toBe(true)
    await expectRefused(file)
  })
})
