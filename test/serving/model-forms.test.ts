import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, open, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { javascriptBackend } from '../../src/backends'
import { createEmbeddingTable } from '../../src/embeddings'
import { withBlankTables } from '../../src/embeddings/table'
import { ArgumentError, DataError, ModelFileError } from '../../src/errors'
import type { FeatureSchema } from '../../src/features'
import { fitPlatt } from '../../src/metrics'
import { WideAndDeep, predict } from '../../src/models'
import { seededRandom } from '../../src/random'
import { dataFingerprint, loadModel, readModelInfo, saveModel, type ModelMaker } from '../../src/serving'
import { pieces, sha256Of, writeDurably } from '../../src/serving/files'
import { libraryVersion } from '../../src/serving/library-version'
import { openStaging, sweepStaging, writeAtomically } from '../../src/serving/staging'
import { readerOf } from '../../src/serving/weights-file'
import { caught, rejected } from '../models/caught'
import { encode, fitted, numbersOf } from '../models/samples'
import python from './golden/read-model-file.json'
import expectedScores from './fixtures/model-v1.json'

const backend = javascriptBackend()
const fixtures = fileURLToPath(new URL('fixtures', import.meta.url))
const rows = encode('train', 20)
const ranker = new WideAndDeep(fitted, { hidden: [3], seed: 'forms' })
let root = ''
let places = 0
const forms = { folder: () => join(root, `model ${places++}`), file: () => join(root, `model ${places++}.safetensors`) }
const formNames = ['folder', 'file'] as const

beforeAll(async () => { root = await mkdtemp(join(tmpdir(), 'feedrank-model-forms-')) })
afterAll(() => rm(root, { recursive: true, force: true }))

describe.each(formNames)('as a %s', (form) => {
  const calibrators = { clicked: fitPlatt([-1, 0, 1, 2], [0, 1, 0, 1], { input: 'logit' }) }

  it('holds scores, calibrators, metrics, heads and what it was trained on', async () => {
    const path = forms[form]()
    await saveModel(ranker, path, { calibrators, metrics: { 'auc:clicked': 0.75, ['__proto__']: 1 }, trainingData: rows })
    const loaded = await loadModel(path, { kind: 'WideAndDeep', spec: fitted })
    expect(await predict(loaded, rows, { backend })).toEqual(await predict(ranker, rows, { backend }))
    const { saved } = loaded
    expect(saved.calibrators.get('clicked')!.apply([0.3])).toEqual(calibrators.clicked.apply([0.3]))
    await saveModel(ranker, path, { calibrators: saved.calibrators, metrics: { 'auc:clicked': 0.75, ['__proto__']: 1 }, trainingData: rows })
    expect((await readModelInfo(path)).calibrators.get('clicked')!.apply([0.3])).toEqual(calibrators.clicked.apply([0.3]))
    expect(Object.entries(saved.metrics)).toEqual([['auc:clicked', 0.75], ['__proto__', 1]])
    expect(saved).toMatchObject({
      kind: 'WideAndDeep', formatVersion: 2, library: libraryVersion, specHash: fitted.hash, trainingData: await dataFingerprint(rows),
      heads: [{ graph: 'score', name: 'clicked', shape: ['batch'], label: 'binary' }, { graph: 'score', name: 'seconds', shape: ['batch'], label: 'regression' }],
    })
    const info = await readModelInfo(path)
    expect(JSON.stringify(info)).toBe(JSON.stringify(saved))
    // Saved again with the fingerprint alone, and nothing else: what is not given is not kept.
    await saveModel(loaded, path, { trainingData: saved.trainingData! })
    const again = await readModelInfo(path)
    expect([again.trainingData, again.calibrators.size, again.metrics, again.weightsHash]).toEqual([saved.trainingData, 0, {}, saved.weightsHash])
  })

  it('cut or altered at 500 random places (1,000 in both forms) is refused with a typed error', async () => {
    const path = forms[form]()
    await saveModel(ranker, path, { calibrators, metrics: { auc: 0.5 } })
    const files = form === 'file' ? [path] : (await readdir(path)).map((name) => join(path, name))
    const wholes = await Promise.all(files.map((file) => readFile(file)))
    const random = seededRandom(`damage ${form}`)
    const damages: readonly ((whole: Buffer, at: number) => Buffer)[] = [
      (whole, at) => whole.subarray(0, at),
      (whole, at) => { const b = Buffer.from(whole); b[at] = (b[at] + 1 + random.integer(255)) % 256; return b },
      (whole, at) => { const b = Buffer.from(whole); b[at] ^= 1 << random.integer(8); return b },
      (whole, at) => Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1 + random.integer(8))]),
      (whole, at) => Buffer.concat([whole.subarray(0, at), Buffer.of(random.integer(256)), whole.subarray(at)]),
      (whole, at) => Buffer.concat([whole.subarray(0, at), Buffer.alloc(Math.min(16, whole.length - at), 0xa5), whole.subarray(at + 16)]),
    ]
    const weighed = random.fork('file')
    for (let i = 0; i < 500; i++) {
      const which = weighed.integer(files.length)
      const at = random.integer(wholes[which].length)
      const damaged = damages[i % damages.length](wholes[which], at)
      if (damaged.equals(wholes[which])) continue
      await writeFile(files[which], damaged)
      const error = await rejected(() => loadModel(path))
      expect(ModelFileError.isInstance(error), `damage ${i % damages.length} at ${at} of ${files[which]}: ${String(error)}`).toBe(true)
      await writeFile(files[which], wholes[which])
    }
    expect(numbersOf(await loadModel(path))).toEqual(numbersOf(ranker))
  })

  it('a process killed while it saves leaves a whole model, and the next save nothing of what it staged', async () => {
    const path = forms[form]()
    const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('save-child.ts', import.meta.url)), path], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(child.stdout, 'data')
    // Killed with a staging folder open, as often as not amid a write.
    const around = form === 'file' ? dirname(path) : path
    const staged = async () => (await readdir(around)).some((name) => name.includes('saving-') && (form === 'folder' || name.startsWith(`.${path.split('/').at(-1)}.`)))
    while (!(await staged())) await new Promise((go) => { setImmediate(go) })
    child.kill('SIGKILL')
    await once(child, 'exit')
    const survived = await loadModel(path, { kind: 'WideAndDeep' })
    expect(['a', 'b']).toContain(survived.config.seed)
    expect(numbersOf(survived)).toEqual(numbersOf(new WideAndDeep(fitted, { hidden: [256, 128], seed: survived.config.seed })))
    await saveModel(ranker, path)
    expect(await staged()).toBe(false)
    if (form === 'folder') expect((await readdir(path)).length).toBe(2)
    expect(numbersOf(await loadModel(path))).toEqual(numbersOf(ranker))
  })

  it('models of the caller\'s own kind', async () => {
    class Mine extends WideAndDeep {
      constructor(spec: FeatureSchema, config: object) {
        super(spec, config)
        Object.assign(this, { kind: 'Mine' })
      }
    }
    const kinds: Readonly<Record<string, ModelMaker<WideAndDeep>>> = { Mine: (spec, config) => new Mine(spec, config) }
    const model = new Mine(fitted, { hidden: [2], seed: 5 })
    const path = forms[form]()
    expect(ArgumentError.isInstance(await rejected(() => saveModel(model, path)))).toBe(true)
    await saveModel(model, path, { kinds })
    const loaded = await loadModel(path, { kinds, kind: 'Mine' })
    expect(numbersOf(loaded)).toEqual(numbersOf(model))
    expect(String(await rejected(() => loadModel(path)))).toMatch(/holds a model of kind "Mine"; this version knows WideAndDeep/)
    for (const wrong of [{ Mine: 7 }, { WideAndDeep: kinds['Mine'] }, 'Mine'])
      expect(ArgumentError.isInstance(await rejected(() => loadModel(path, { kinds: wrong as never }))), String(wrong)).toBe(true)
  })

  it('refuses calibrators, metrics and training data that are none', async () => {
    const path = forms[form]()
    const refused: readonly [object, typeof ArgumentError | typeof DataError, RegExp][] = [
      [{ calibrators: { liked: calibrators.clicked } }, ArgumentError, /`calibrators` to name heads of the model \(clicked, seconds\), got "liked"/],
      [{ calibrators: { clicked: 0.5 } }, ArgumentError, /`calibrators.clicked` to be a calibrator/],
      [{ metrics: { auc: NaN } }, DataError, /metric "auc" to be a finite number, got NaN/],
      [{ metrics: { auc: '1' } }, DataError, /got "1"/],
      [{ trainingData: [{ user: 1 }] }, ArgumentError, /dataFingerprint: expected `rows`/],
      [{ trainingData: { rows: 3, sha256: 'short' } }, ArgumentError, /dataFingerprint/],
      [{ form: 'zip' }, ArgumentError, /`form` to be 'folder' or 'file', got "zip"/],
    ]
    for (const [options, kind, message] of refused) {
      const error = await rejected(() => saveModel(ranker, path, options))
      expect(kind.isInstance(error), String(error)).toBe(true)
      expect(String(error)).toMatch(message)
    }
    expect((await rejected(() => readModelInfo(path)))).toBeInstanceOf(Error)
  })
})

describe('files of other times and tools', () => {
  // model-v1 was written when version 1 of the format was the last one, with the scores beside it; model-v2 is the same model, loaded and saved.
  it.each(['model-v1', 'model-v2', 'model-v2.safetensors'])('%s scores as on the day it was written', async (name) => {
    const model = await loadModel(join(fixtures, name), { kind: 'WideAndDeep' })
    const scores = await predict(model, model.spec.encode(expectedScores.rows as never[]), { backend })
    for (const head of ['seconds', 'clicked'] as const)
      expectedScores.scores[head].forEach((score, i) => expect(Math.abs(scores.get(head)![i] - score)).toBeLessThanOrEqual(1e-6 * Math.max(1, Math.abs(score))))
    expect(model.saved.library).toBe(name === 'model-v1' ? undefined : '0.1.0')
    expect([...model.saved.calibrators.keys()]).toEqual(name === 'model-v1' ? [] : ['clicked'])
    expect([...model.graphs.score.keys()]).toEqual(['seconds', 'clicked'])
  })

  it('Python reads the one file as safetensors: golden/read-model-file.json is what it found', async () => {
    const model = await loadModel(join(fixtures, 'model-v2.safetensors'))
    const ours = [...[...model.weights.trained].map(([name, w]) => [`weight:${name}`, w.shape, w.values] as const),
      ...[...model.weights.statistics].map(([name, w]) => [`statistic:${name}`, w.shape, w.values] as const),
      ...[...model.tables].map(([name, t]) => [`table:${name}`, [t.rows, t.dim], t.values] as const)]
    expect(Object.fromEntries(ours.map(([name, shape, values]) => [name, {
      dtype: 'float32', shape, sum: expect.closeTo(values.reduce((a, b) => a + b, 0), 4), first: values[0], last: values.at(-1),
    }]))).toEqual(python.tensors)
    expect([model.kind, model.saved.specHash]).toEqual([python.kind, python.specHash])
  })

  it('both forms lie as the layout asks: header aligned to 8, compact, tensors without gaps', async () => {
    for (const file of ['model-v2.safetensors', join('model-v2', (await readdir(join(fixtures, 'model-v2'))).find((name) => name.startsWith('weights'))!)]) {
      const bytes = await readFile(join(fixtures, file))
      const length = Number(bytes.readBigUInt64LE(0))
      expect(length % 8).toBe(0)
      expect(bytes[8]).toBe('{'.charCodeAt(0))
      const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Record<string, { data_offsets: [number, number]; dtype: string }>
      const ranges = Object.entries(header).filter(([name]) => name !== '__metadata__').map(([, { data_offsets }]) => data_offsets).toSorted(([a], [b]) => a - b)
      ranges.forEach(([from], i) => expect(from).toBe(i === 0 ? 0 : ranges[i - 1][1]))
      expect(ranges.at(-1)![1]).toBe(bytes.length - 8 - length)
    }
  })

  it('numbers without a manifest are no model', async () => {
    const path = forms.file()
    await cp(join(fixtures, 'model-v2', (await readdir(join(fixtures, 'model-v2'))).find((name) => name.startsWith('weights'))!), path)
    expect(String(await rejected(() => loadModel(path)))).toMatch(/holds no model but numbers alone; `loadWeights`/)
  })

  it('the version written is that of the package', async () => {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
    expect(libraryVersion).toBe(version)
  })
})

describe('files of any size', () => {
  const random = seededRandom('bytes')
  const bytes = Uint8Array.from({ length: 1000 }, () => random.integer(256))

  it('pieces cover every byte once, in order, whatever their size', () => {
    for (const size of [1, 7, 8, 999, 1000, 1001, 2 ** 31]) {
      const views = [...pieces(bytes, size)]
      expect(Buffer.concat(views)).toEqual(Buffer.from(bytes))
      expect(views.length).toBe(Math.ceil(1000 / size))
      expect(views.every((view) => view.buffer === bytes.buffer && view.length > 0 && view.length <= size)).toBe(true)
    }
    expect([...pieces(new Uint8Array(0))]).toEqual([])
  })

  it('what is written in pieces is read in other pieces', async () => {
    for (const [written, read] of [[1, 3], [7, 5], [64, 1000], [1001, 1]]) {
      const path = join(root, `pieces ${written} ${read}`)
      await writeDurably(path, [bytes.subarray(0, 13), bytes.subarray(13, 13), bytes.subarray(13)], written)
      const handle = await open(path)
      const reader = readerOf(handle, path, read)
      expect(Buffer.concat([await reader(new Uint8Array(8)), await reader(new Uint8Array(0)), await reader(new Uint8Array(992))])).toEqual(Buffer.from(bytes))
      expect(ModelFileError.isInstance(await rejected(() => reader(new Uint8Array(1))))).toBe(true)
      await handle.close()
      expect(await sha256Of([await readFile(path)])).toBe(await sha256Of([bytes]))
    }
  })
})

describe('what others stage beside it', () => {
  it('is left alone while they may be alive, and removed when they are not', async () => {
    const folder = join(root, 'staging')
    await mkdir(folder)
    const mine = await openStaging(folder, '.s-')
    const [, machine, thread] = /\.s-([0-9a-f]{8})-\d+-(\d+)-/.exec(mine.folder)!
    const dead = spawn(process.execPath, ['-e', ''])
    await once(dead, 'exit')
    const ended = { dead: `.s-${machine}-${dead.pid}-0-x`, mineBefore: `.s-${machine}-${process.pid}-${thread}-x`, unknown: '.s-abc', oldElsewhere: '.s-00000000-1-0-x' }
    const alive = { parent: `.s-${machine}-${process.ppid}-0-x`, otherThread: `.s-${machine}-${process.pid}-${Number(thread) + 7}-x`, elsewhere: '.s-00000000-2-0-x' }
    for (const name of [...Object.values(ended), ...Object.values(alive), '.other-1']) await mkdir(join(folder, name))
    await utimes(join(folder, ended.oldElsewhere), new Date(), new Date(Date.now() - 2 * 3_600_000))
    expect(await sweepStaging(folder, '.s-')).toBe(true)
    expect((await readdir(folder)).sort()).toEqual([...Object.values(alive), '.other-1', mine.folder.split('/').at(-1)!].sort())
    for (const name of Object.values(alive)) await rm(join(folder, name), { recursive: true })
    await mine.close()
    expect(await sweepStaging(folder, '.s-')).toBe(false)
  })

  it('is left alone while this thread makes it, however its path is written', async () => {
    const folder = join(root, 'busy')
    await mkdir(folder)
    const there = (path: string) => readdir(path).then(() => true, () => false)
    const kept = await Promise.all(Array.from({ length: 60 }, async (_, i) => {
      const mine = await openStaging(folder, '.s-')
      await sweepStaging(i % 2 ? folder : relative(process.cwd(), folder), '.s-')
      const whole = await there(mine.folder)
      await mine.close()
      return whole
    }))
    expect(kept).toEqual(kept.map(() => true))
    expect(await sweepStaging(folder, '.s-')).toBe(false)
  })

  it('a file is replaced whole or not at all', async () => {
    const path = join(root, 'one')
    await writeAtomically(path, [Uint8Array.of(1)])
    const failing = function* (): Generator<Uint8Array> {
      yield Uint8Array.of(2)
      throw new Error('half way')
    }
    expect(String(await rejected(() => writeAtomically(path, failing())))).toMatch('half way')
    expect([...(await readFile(path))]).toEqual([1])
    expect((await readdir(root)).filter((name) => name.startsWith('.one'))).toEqual([])
  })
})

describe('tables that a file fills', () => {
  it('are not drawn first; all others are, also after a failure', () => {
    const table = () => createEmbeddingTable({ name: 't', rows: 3, dim: 2, seed: 1 }).values
    const drawn = table()
    expect(withBlankTables(table)).toEqual(new Float32Array(6))
    expect(table()).toEqual(drawn)
    expect(String(caught(() => withBlankTables(() => { throw new Error('no') })))).toMatch('no')
    expect(withBlankTables(() => [withBlankTables(table), table()])).toEqual([new Float32Array(6), new Float32Array(6)])
    expect(table()).toEqual(drawn)
    expect(drawn.some((v) => v !== 0)).toBe(true)
  })
})

describe('the fingerprint of data', () => {
  it('differs for one label, one id, one weight or one row more, and for nothing else', async () => {
    const { sha256 } = await dataFingerprint(rows)
    expect((await dataFingerprint(encode('train', 20))).sha256).toBe(sha256)
    const changed = (change: (copy: ReturnType<typeof encode>) => void) => {
      const copy = encode('train', 20)
      change(copy)
      return dataFingerprint(copy)
    }
    const others = await Promise.all([
      changed((copy) => { copy.labels.get('clicked')!.values[3] = 1 - copy.labels.get('clicked')!.values[3] }),
      changed((copy) => { (copy.columns.get('user') as { ids: Int32Array }).ids[0]++ }),
      changed((copy) => { (copy.columns.get('affinity') as { values: Float32Array }).values[19] += 1 }),
      dataFingerprint(encode('train', 21)),
      dataFingerprint(fitted.encode([], { labels: true })),
    ])
    expect(new Set([sha256, ...others.map((other) => other.sha256)]).size).toBe(6)
    expect(ArgumentError.isInstance(await rejected(() => dataFingerprint({ rows: 3 } as never)))).toBe(true)
  })
})
