import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fitted as torchSpec, makeLog, makeRanker, names } from '../../examples/pytorch/ranker'
import { javascriptBackend } from '../../src/backends'
import { ArgumentError, DataError, ModelFileError } from '../../src/errors'
import { WideAndDeep, predict, type Model } from '../../src/models'
import { seededRandom } from '../../src/random'
import { loadWeights, saveWeights, weightNames, type LoadWeightsOptions, type WeightMap } from '../../src/serving'
import { headerBytes } from '../../src/serving/safetensors'
import { toFloat32 } from '../../src/serving/torch-dtypes'
import { rejected } from '../models/caught'
import { fitted, numbersOf } from '../models/samples'

const fixtures = fileURLToPath(new URL('../../examples/pytorch/fixtures', import.meta.url))
const backend = javascriptBackend()
const modelOf = (seed: number) => new WideAndDeep(fitted, { hidden: [4, 4], seed })
let root = ''
beforeAll(async () => { root = await mkdtemp(join(tmpdir(), 'feedrank-weights-')) })
afterAll(() => rm(root, { recursive: true, force: true }))

/** A safetensors file of float32 tensors. */
function fileOf(tensors: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: Uint8Array; readonly dtype?: string }>>): Uint8Array {
  let offset = 0
  const header = Object.fromEntries(Object.entries(tensors).map(([name, { shape, data, dtype = 'F32' }]) => [name, { dtype, shape, data_offsets: [offset, (offset += data.length)] }]))
  return Buffer.concat([headerBytes(header), ...Object.values(tensors).map(({ data }) => data)])
}
const floatsOf = (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer)

describe('the PyTorch example', () => {
  // weights.safetensors and scores.json: torch 2.13.0, written by examples/pytorch/train.py (run: examples/pytorch/main.ts --keep).
  it('what PyTorch trained scores here as it does there, to 1e-6', async () => {
    const model = makeRanker(1)
    await loadWeights(model, join(fixtures, 'weights.safetensors'), { map: names })
    const wanted = JSON.parse(await readFile(join(fixtures, 'scores.json'), 'utf8')) as Record<'clicked' | 'seconds', number[]>
    const got = await predict(model, torchSpec.encode(makeLog('asked', 50)), { backend })
    for (const head of ['clicked', 'seconds'] as const) {
      expect(got.get(head)!.length).toBe(wanted[head].length)
      wanted[head].forEach((score, i) => expect(Math.abs(got.get(head)![i] - score) / Math.max(1, Math.abs(score))).toBeLessThanOrEqual(1e-6))
    }
  })

  it('what is written has the names, shapes and numbers that PyTorch wrote', async () => {
    const model = makeRanker(1)
    await loadWeights(model, join(fixtures, 'weights.safetensors'), { map: names })
    const path = join(root, 'back.safetensors')
    await saveWeights(model, path, { map: names })
    const tensors = async (at: string) => {
      const bytes = await readFile(at)
      const length = Number(bytes.readBigUInt64LE(0))
      const { __metadata__: _, ...header } = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>
      return Object.fromEntries(Object.entries(header).map(([name, { dtype, shape, data_offsets: [from, to] }]) => [name, [dtype, shape, bytes.subarray(8 + length + from, 8 + length + to).toString('hex')]]))
    }
    const { 'deep.2.num_batches_tracked': counter, ...there } = await tensors(join(fixtures, 'weights.safetensors'))
    expect(counter[0]).toBe('I64')
    expect(await tensors(path)).toEqual(there)
  })

  it.skipIf(process.env['FEEDRANK_PYTHON'] === undefined)('runs in both directions with Python at FEEDRANK_PYTHON', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('../../examples/pytorch/main.ts', import.meta.url))])
    const differences = [...stdout.matchAll(/largest difference (\S+)/g)].map(([, value]) => Number(value))
    expect(differences.length).toBe(2)
    for (const difference of differences) expect(difference).toBeLessThanOrEqual(1e-6)
  })
})

describe('names, shapes and layouts', () => {
  it('are the model\'s', () => {
    expect(weightNames(modelOf(1))).toMatchObject({ 'weight:deep/0/kernel': [9, 4], 'statistic:deep/0/norm/mean': [1, 4], 'table:user': [7, 3], 'table:wide:user_topic': [31, 2] })
  })

  it('go out and come back, whatever the map', async () => {
    const path = join(root, 'there.safetensors')
    const maps: readonly WeightMap[] = [
      {}, { 'weight:deep/0/kernel': { name: '__proto__', transpose: false }, 'table:user': 'constructor' }, { 'table:user': { name: '7', transpose: true } },
      { 'weight:head/kernel': ['a', 'b'], 'weight:head/bias': ['c', 'd'], 'table:wide:user_topic': { name: ['e', 'f'] }, 'weight:deep/1/kernel': { name: ['1', '2', '3', '4'], transpose: false } },
    ]
    for (const [i, map] of maps.entries()) {
      const [from, to] = [modelOf(i), modelOf(i + 100)]
      await saveWeights(from, path, { map, metadata: { made: 'here' } })
      expect(numbersOf(to)).not.toEqual(numbersOf(from))
      await loadWeights(to, new Uint8Array(await readFile(path)), { map })
      expect(numbersOf(to)).toEqual(numbersOf(from))
      // Square kernels fit either way round: only the rule tells which.
      if (i === 0) {
        const turned = modelOf(3)
        await loadWeights(turned, path, { map: { 'weight:deep/1/kernel': { name: 'weight:deep/1/kernel', transpose: false } } })
        const [a, b] = [from, turned].map((model) => model.weights.trained.get('deep/1/kernel')!.values)
        expect([0, 1, 2, 3].map((r) => [0, 1, 2, 3].map((c) => a[4 * r + c]))).toEqual([0, 1, 2, 3].map((r) => [0, 1, 2, 3].map((c) => b[4 * c + r])))
        expect(a).not.toEqual(b)
      }
    }
  })

  it('all that does not fit is said at once, and nothing is loaded', async () => {
    const [from, to] = [modelOf(1), modelOf(2)]
    const path = join(root, 'wrong.safetensors')
    await saveWeights(from, path, { map: { 'weight:deep/0/bias': 'gone', 'table:user': 'user.weight', 'weight:deep/1/bias': 'deep.1.bias' } })
    const wrong = new WideAndDeep(fitted, { hidden: [4, 5], seed: 3 })
    const before = [to, wrong].map(numbersOf)
    for (const [model, patterns] of [
      [to, [/lacks "user" \[7, 3\] for "table:user"/, /lacks "weight:deep\/0\/bias" \[4\]/, /lacks "weight:deep\/1\/bias"/, /holds "gone" \[4\], which `map` gives to no weight/, /holds "user.weight" \[7, 3\], which/, /holds "deep.1.bias" \[4\]/]],
      [wrong, [/holds "weight:deep\/1\/kernel" of shape \[4, 4\]; expected \[5, 4\] for "weight:deep\/1\/kernel", \[4, 5\] here, turned around/, /holds "weight:head\/kernel" of shape \[2, 4\]; expected \[2, 5\]/, /lacks "weight:deep\/0\/bias"/]],
    ] as const) {
      const error = await rejected(() => loadWeights(model, path, { map: { 'table:user': 'user' } }))
      expect(ModelFileError.isInstance(error)).toBe(true)
      for (const pattern of patterns) expect(String(error)).toMatch(pattern)
    }
    expect([to, wrong].map(numbersOf)).toEqual(before)
  })

  it('a part of the weights, such as pretrained embeddings, leaves the others as they are', async () => {
    const model = modelOf(5)
    const before = numbersOf(model)
    const bytes = fileOf({ 'emb.weight': { shape: [7, 3], data: floatsOf(Array.from({ length: 21 }, (_, i) => i / 8)) } })
    const map: WeightMap = { 'table:user': 'emb.weight' }
    expect(ModelFileError.isInstance(await rejected(() => loadWeights(model, bytes, { map })))).toBe(true)
    await loadWeights(model, bytes, { map, partial: true })
    expect(numbersOf(model)).toEqual({ ...before, 'table user': Float32Array.from({ length: 21 }, (_, i) => i / 8) })
    // Half of what one weight is made of is no part.
    const half = fileOf({ a: { shape: [4, 1], data: floatsOf([1, 2, 3, 4]) } })
    expect(String(await rejected(() => loadWeights(model, half, { map: { 'weight:head/kernel': { name: ['a', 'b'], transpose: false } }, partial: true })))).toMatch(/lacks "b" \[4, 1\]/)
  })

  it('counters are passed over, and whatever else the caller says', async () => {
    const model = modelOf(6)
    const path = join(root, 'all.safetensors')
    await saveWeights(model, path)
    const tensors = (extra: string) => async () => {
      const bytes = await readFile(path)
      const length = Number(bytes.readBigUInt64LE(0))
      const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as object
      const data = bytes.subarray(8 + length)
      return Buffer.concat([headerBytes({ ...header, [extra]: { dtype: 'I64', shape: [], data_offsets: [data.length, data.length + 8] } }), data, Buffer.alloc(8)])
    }
    await loadWeights(modelOf(7), await tensors('bn.num_batches_tracked')())
    expect(String(await rejected(async () => loadWeights(modelOf(7), await tensors('step')())))).toMatch(/holds "step" \[\], which `map` gives to no weight/)
    await loadWeights(modelOf(7), await tensors('step')(), { ignore: (name) => name === 'step' })
  })
})

describe('numbers of other sizes', () => {
  // Bit patterns and values: torch 2.13, `torch.tensor(values, dtype=...).view(torch.int16)`.
  it.each([
    ['F16', [0x3c00, 0xc000, 0x3555, 0x0001, 0x8000, 0x7bff, 0x03ff], [1, -2, 0.333251953125, 5.960464477539063e-8, -0, 65504, 6.097555160522461e-5]],
    ['BF16', [0x3f80, 0xc000, 0x3eab, 0x0001, 0x8000, 0x7f7f, 0x4049], [1, -2, 0.333984375, 9.183549615799121e-41, -0, 3.3895313892515355e38, 3.140625]],
  ] as const)('%s', (dtype, bits, values) => {
    expect([...toFloat32(new Uint8Array(Uint16Array.from(bits).buffer), dtype, bits.length)]).toEqual([...values])
  })

  it('float64 is rounded, and what is too large or no number is refused', async () => {
    const model = modelOf(1)
    const bytes = (values: readonly number[]) => fileOf({ b: { shape: [2], data: new Uint8Array(Float64Array.from(values).buffer), dtype: 'F64' } })
    await loadWeights(model, bytes([0.1, -3]), { map: { 'weight:head/bias': 'b' }, partial: true })
    expect([...model.weights.trained.get('head/bias')!.values]).toEqual([Math.fround(0.1), -3])
    for (const value of [1e39, NaN, -Infinity]) {
      const error = await rejected(() => loadWeights(model, bytes([1, value]), { map: { 'weight:head/bias': 'b' }, partial: true }))
      expect(ModelFileError.isInstance(error)).toBe(true)
      expect(String(error)).toMatch(/in "b" at position 1; expected finite float32 numbers/)
    }
    const integers = fileOf({ b: { shape: [2], data: new Uint8Array(8), dtype: 'I32' } })
    expect(String(await rejected(() => loadWeights(model, integers, { map: { 'weight:head/bias': 'b' }, partial: true })))).toMatch(/holds "b" as I32; expected F32, F16, BF16, F64/)
    expect([...model.weights.trained.get('head/bias')!.values]).toEqual([Math.fround(0.1), -3])
  })
})

describe('bad input', () => {
  it('a file cut or altered in its layout is a typed error, and nothing is loaded', async () => {
    const path = join(root, 'whole.safetensors')
    await saveWeights(modelOf(1), path)
    const whole = await readFile(path)
    const random = seededRandom('cuts')
    const model = modelOf(2)
    const before = numbersOf(model)
    for (let i = 0; i < 200; i++) {
      await writeFile(path, whole.subarray(0, random.integer(whole.length)))
      expect(ModelFileError.isInstance(await rejected(() => loadWeights(model, path)))).toBe(true)
    }
    expect(numbersOf(model)).toEqual(before)
    for (const source of [join(root, 'nowhere'), root]) expect(ModelFileError.isInstance(await rejected(() => loadWeights(model, source)))).toBe(true)
    expect(ModelFileError.isInstance(await rejected(() => saveWeights(model, join(root, 'no', 'where'))))).toBe(true)
  })

  it.each<readonly [string, LoadWeightsOptions]>([
    ['an unknown name', { map: { 'weight:nose': 'x' } }], ['a list as map', { map: [] as never }], ['one name twice', { map: { 'table:user': 'x', 'table:topic': 'x' } }],
    ['no name', { map: { 'table:user': '' } }], ['an empty list', { map: { 'table:user': [] } }], ['a number', { map: { 'table:user': 7 as never } }],
    ['a bias turned around', { map: { 'weight:head/bias': { name: 'x', transpose: true } } }], ['an uneven share', { map: { 'table:user': ['a', 'b'] } }],
    ['transpose of text', { map: { 'table:user': { name: 'x', transpose: 'yes' as never } } }], ['null', { map: { 'table:user': null as never } }],
  ])('a map with %s', async (_, options) => {
    for (const run of [() => loadWeights(modelOf(1), new Uint8Array(8), options), () => saveWeights(modelOf(1), join(root, 'x'), { map: options.map! })])
      expect(ArgumentError.isInstance(await rejected(run))).toBe(true)
  })

  it('no model, no source, numbers that are not finite', async () => {
    for (const model of [undefined, {}, 7]) expect(ArgumentError.isInstance(await rejected(() => loadWeights(model as Model, root)))).toBe(true)
    for (const source of [undefined, 7, '']) expect(ArgumentError.isInstance(await rejected(() => loadWeights(modelOf(1), source as string)))).toBe(true)
    const model = modelOf(1)
    model.tables.get('user')!.values[2] = NaN
    expect(DataError.isInstance(await rejected(() => saveWeights(model, join(root, 'nan'))))).toBe(true)
  })
})
