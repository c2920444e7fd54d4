import { execFile } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { javascriptBackend } from '../../src/backends'
import { ArgumentError, ContractError, ModelFileError } from '../../src/errors'
import { fitPlatt } from '../../src/metrics'
import { WideAndDeep, createPredictor, predict, type Model } from '../../src/models'
import { compileRanker, openRegistry, type DamagedVersion, type ModelVersion, type Registry } from '../../src/serving'
import { swappable } from '../../src/serving/hot-swap'
import { caught, rejected } from '../models/caught'
import { encode, fitted, numbersOf, randomRows } from '../models/samples'

const backend = javascriptBackend()
const rows = encode('asked', 5)
const modelOf = (seed: string | number) => new WideAndDeep(fitted, { hidden: [3], seed })
const scoresOf = async (model: Model) => [...(await predict(model, rows, { backend })).get('clicked')!]
let root = ''
let folders = 0
let clock = 0
const opened = (): { readonly folder: string; readonly registry: Registry } => {
  const folder = join(root, `registry ${folders++}`)
  return { folder, registry: openRegistry(folder, { now: () => (clock += 1000) }) }
}
const readable = (versions: readonly (ModelVersion | DamagedVersion)[]) => versions.filter((one): one is ModelVersion => 'info' in one)

beforeAll(async () => { root = await mkdtemp(join(tmpdir(), 'feedrank-registry-')) })
afterAll(() => rm(root, { recursive: true, force: true }))

describe('versions and stages', () => {
  it('give a number that was live to nothing else, though its folder was removed', async () => {
    const { folder, registry } = opened()
    for (const seed of [1, 2, 3]) await registry.publish(modelOf(seed))
    await registry.promote(3)
    await rm(join(folder, 'versions', '000003'), { recursive: true })
    await expect(registry.load()).rejects.toMatchObject({ code: 'model-file' })
    expect((await registry.publish(modelOf(4))).version).toBe(4)
    await expect(registry.load()).rejects.toMatchObject({ code: 'model-file' })
    await registry.promote(4)
    expect(await scoresOf(await registry.load() as Model)).toEqual(await scoresOf(modelOf(4)))
  })

  it('publish, list, promote, roll back, history', async () => {
    const { folder, registry } = opened()
    clock = 0
    expect(await registry.list()).toEqual([])
    expect(await registry.current()).toBeUndefined()
    expect(await registry.history()).toEqual([])
    for (const seed of [1, 2, 3]) await registry.publish(modelOf(seed), { metrics: { auc: seed / 10 }, ...(seed === 2 && { note: 'second' }) })
    const versions = readable(await registry.list())
    expect(versions.map(({ version, note, info, publishedAt, stages }) => [version, note, info.metrics['auc'], publishedAt, stages])).toEqual([
      [1, undefined, 0.1, '1970-01-01T00:00:01.000Z', []], [2, 'second', 0.2, '1970-01-01T00:00:02.000Z', []], [3, undefined, 0.3, '1970-01-01T00:00:03.000Z', []],
    ])
    await registry.promote(1)
    await registry.promote(2, 'production', { note: 'better' })
    await registry.promote(3)
    await registry.promote(1, 'canary')
    expect((await registry.rollBack('production', { from: 3, note: 'worse' }))).toEqual({ action: 'rollBack', version: 2, from: 3, at: '1970-01-01T00:00:08.000Z', note: 'worse' })
    expect((await registry.rollBack()).version).toBe(1)
    expect(String(await rejected(() => registry.rollBack()))).toMatch(/expected stage 'production' to have a version before 1, got none/)
    await registry.promote(3)
    expect((await registry.rollBack()).version).toBe(1)
    // What another process opens sees the same.
    const again = openRegistry(folder)
    expect((await again.history()).map(({ action, version, from }) => [action, version, from])).toEqual([
      ['promote', 1, undefined], ['promote', 2, 1], ['promote', 3, 2], ['rollBack', 2, 3], ['rollBack', 1, 2], ['promote', 3, 1], ['rollBack', 1, 3],
    ])
    expect((await again.current())).toMatchObject({ version: 1, stages: ['canary', 'production'] })
    expect(numbersOf(await again.load())).toEqual(numbersOf(modelOf(1)))
    expect(numbersOf(await again.load(2))).toEqual(numbersOf(modelOf(2)))
    expect(numbersOf(await again.load('canary'))).toEqual(numbersOf(modelOf(1)))
  })

  it('a change that expects another version to be live is refused', async () => {
    const { registry } = opened()
    for (const seed of [1, 2]) await registry.promote((await registry.publish(modelOf(seed))).version)
    for (const change of [() => registry.rollBack('production', { from: 1 }), () => registry.promote(1, 'production', { from: 1 })]) {
      const error = await rejected(change)
      expect(ContractError.isInstance(error)).toBe(true)
      expect(String(error)).toMatch(/expected version 1 to be live in stage 'production', got 2; someone else changed it/)
    }
    const twice = await Promise.allSettled([registry.rollBack('production', { from: 2 }), registry.rollBack('production', { from: 2 })])
    expect(twice.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  it('a damaged version is listed as one, never goes live, and harms no other', async () => {
    const { registry } = opened()
    for (const seed of [1, 2, 3]) await registry.publish(modelOf(seed))
    const [one, two, three] = await registry.list()
    const weights = async (path: string) => join(path, (await readdir(path)).find((name) => name.startsWith('weights'))!)
    const bytes = await readFile(await weights(one.path))
    bytes[bytes.length - 3] ^= 1
    await writeFile(await weights(one.path), bytes)
    await writeFile(join(two.path, 'model.json'), '{}')
    await promisify(execFile)('rm', [join(three.path, 'version.json')])
    const listed = await registry.list()
    expect(listed.map((version) => 'error' in version && version.error.code)).toEqual([false, 'model-file', 'model-file'])
    for (const version of [1, 2, 7]) {
      const error = await rejected(() => registry.promote(version))
      expect(ModelFileError.isInstance(error), String(error)).toBe(true)
    }
    expect(await registry.current()).toBeUndefined()
    expect(ModelFileError.isInstance(await rejected(() => registry.load()))).toBe(true)
  })

  it('what others put into the folder is no version and no stage', async () => {
    const { folder, registry } = opened()
    await registry.promote((await registry.publish(modelOf(1))).version)
    for (const path of ['versions/notes.txt', 'versions/.hidden', 'stages/.hidden', 'stages/production/notes.txt']) await writeFile(join(folder, path), 'x')
    expect((await registry.list()).map(({ version }) => version)).toEqual([1])
    expect((await registry.current())?.stages).toEqual(['production'])
    const file = join(root, 'a file')
    await writeFile(file, 'x')
    const error = await rejected(() => openRegistry(file).publish(modelOf(1)))
    expect(ModelFileError.isInstance(error), String(error)).toBe(true)
  })

  it('an altered history is noticed', async () => {
    const { folder, registry } = opened()
    for (const seed of [1, 2]) await registry.promote((await registry.publish(modelOf(seed))).version)
    const path = join(folder, 'stages', 'production', '000002', 'change.json')
    await writeFile(path, (await readFile(path, 'utf8')).replace('"version": 2', '"version": 1'))
    expect(String(await rejected(() => registry.current()))).toMatch(/change\.json" was altered: expected SHA-256/)
  })

  it('a damaged history of one stage stops no other', async () => {
    const { folder, registry } = opened()
    await registry.promote((await registry.publish(modelOf(1))).version)
    await registry.promote(1, 'canary')
    await writeFile(join(folder, 'stages', 'canary', '000001', 'change.json'), '{')
    expect((await registry.publish(modelOf(2))).version).toBe(2)
    expect((await registry.current())?.stages).toEqual(['production'])
    expect((await registry.list()).length).toBe(2)
    const served = await registry.watch({ prepare: () => ({}), everyMs: Infinity })
    await registry.promote(2)
    expect(await served.refresh()).toBe(true)
    await served.close()
    for (const work of [() => registry.current('canary'), () => registry.promote(2, 'canary'), () => registry.history('canary')])
      expect(ModelFileError.isInstance(await rejected(work))).toBe(true)
  })

  it('names of stages are names of folders, whatever JavaScript thinks of them', async () => {
    const { registry } = opened()
    await registry.publish(modelOf(1))
    for (const stage of ['__proto__', 'constructor', 'eu-west.1']) {
      await registry.promote(1, stage)
      expect((await registry.current(stage))?.version).toBe(1)
    }
    for (const stage of ['', '../x', 'a/b', '.', 'Production', 'ü', 'x'.repeat(65), 7, null]) expect(ArgumentError.isInstance(await rejected(() => registry.promote(1, stage as string))), String(stage)).toBe(true)
    for (const version of [0, -1, 1.5, NaN, '1']) expect(ArgumentError.isInstance(await rejected(() => registry.promote(version as number))), String(version)).toBe(true)
    for (const folder of ['', 7, undefined]) expect(ArgumentError.isInstance(caught(() => openRegistry(folder as string)))).toBe(true)
    expect(ArgumentError.isInstance(await rejected(() => registry.watch({ prepare: 7 as never })))).toBe(true)
    const none = null as never
    for (const work of [() => registry.publish(modelOf(1), none), () => registry.promote(1, 'production', none), () => registry.rollBack('eu-west.1', none)])
      expect(ArgumentError.isInstance(await rejected(work)), String(work)).toBe(true)
  })

  it('one process that promotes many times at once loses no promotion', async () => {
    const { registry } = opened()
    await registry.publish(modelOf(1))
    await Promise.all(Array.from({ length: 20 }, () => registry.promote(1)))
    expect((await registry.history()).length).toBe(20)
  })

  it('processes that publish and promote at once lose no version and no promotion', async () => {
    const { folder, registry } = opened()
    const child = fileURLToPath(new URL('publish-child.ts', import.meta.url))
    const names = ['a', 'b', 'c']
    const got = (await Promise.all(names.map(async (name) =>
      JSON.parse((await promisify(execFile)(process.execPath, ['--import', 'tsx', child, folder, name, '8'])).stdout) as number[])))
    expect(got.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, i) => i + 1))
    const versions = readable(await registry.list())
    for (const [n, name] of names.entries())
      expect(versions.filter(({ version }) => got[n].includes(version)).map(({ note }) => note)).toEqual(Array.from({ length: 8 }, (_, i) => `${name} ${i}`))
    for (const { version, note } of versions.slice(0, 6)) expect(numbersOf(await registry.load(version))).toEqual(numbersOf(modelOf(note!)))
    const history = await registry.history()
    expect(history.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 24 }, (_, i) => i + 1))
    history.forEach(({ from }, i) => expect(from).toBe(i === 0 ? undefined : history[i - 1].version))
    expect((await readdir(join(folder, 'versions'))).every((name) => /^\d{6}$/.test(name))).toBe(true)
  })
})

describe('a hot swap', () => {
  /** What a service prepares: a model whole, with its own encoding; it refuses to be used once it is disposed. */
  async function prepared(model: Model, log: Map<string, { disposals: number; calls: number }>) {
    const seed = String((model.config as { seed: unknown }).seed)
    const entry = { disposals: 0, calls: 0 }
    log.set(seed, entry)
    const predictor = await createPredictor(model, 'score', backend)
    return {
      seed,
      async score(delayMs: number) {
        entry.calls++
        if (entry.disposals > 0) throw new Error(`${seed} was disposed`)
        await new Promise((go) => { setTimeout(go, delayMs) })
        if (entry.disposals > 0) throw new Error(`${seed} was disposed during a call`)
        const scores = [...(await predictor.predict(rows)).get('clicked')!]
        entry.calls--
        return { seed, scores }
      },
      dispose() {
        expect(entry.calls).toBe(0)
        entry.disposals++
        predictor.dispose()
      },
    }
  }

  it('drops no request and mixes no models, while versions come and go', async () => {
    const { registry } = opened()
    const wanted = new Map(await Promise.all([0, 1, 2, 3, 4].map(async (seed) => [String(seed), await scoresOf(modelOf(seed))] as const)))
    const log = new Map<string, { disposals: number; calls: number }>()
    await registry.promote((await registry.publish(modelOf(0))).version)
    const swaps: number[] = []
    const served = await registry.watch({ prepare: (model) => prepared(model, log), everyMs: 2, onSwap: ({ version }) => swaps.push(version), onError: (error) => { throw error } })
    const done = { yet: false }
    const met: string[] = []
    // Sixteen clients ask one request after the other, each of which takes 0 to 7 ms.
    const clients = Array.from({ length: 16 }, async (_, client) => {
      for (let i = 0; !done.yet; i++) {
        const { seed, scores } = await served.score((client + i) % 8)
        expect(scores).toEqual(wanted.get(seed))
        met.push(seed)
      }
    })
    const until = async (seed: string) => { while (!met.slice(-3).includes(seed)) await new Promise((go) => { setTimeout(go, 2) }) }
    await until('0')
    for (const seed of [1, 2, 3, 4]) {
      await registry.promote((await registry.publish(modelOf(seed))).version)
      await until(String(seed))
    }
    await registry.rollBack()
    await until('3')
    done.yet = true
    await Promise.all(clients)
    await served.close()
    expect(new Set(met)).toEqual(new Set(['0', '1', '2', '3', '4']))
    expect(swaps).toEqual([2, 3, 4, 5, 4])
    expect([...log].map(([seed, { disposals, calls }]) => [seed, disposals, calls])).toEqual([['0', 1, 0], ['1', 1, 0], ['2', 1, 0], ['3', 1, 0], ['4', 1, 0]])
    expect(ContractError.isInstance(await rejected(() => served.score(0)))).toBe(true)
    await served.close()
  })

  it('a version that cannot take over leaves the one before in place, and is tried again', async () => {
    const { registry } = opened()
    for (const seed of [1, 2]) await registry.publish(modelOf(seed))
    await registry.promote(1)
    let broken = true
    const served = await registry.watch({
      everyMs: Infinity,
      prepare: async (model, { version }) => {
        if (version === 2 && broken) throw new Error('no memory')
        return { score: () => scoresOf(model) }
      },
    })
    const first = await served.score()
    await registry.promote(2)
    expect(String(await rejected(() => served.refresh()))).toMatch('no memory')
    expect([served.version().version, await served.score()]).toEqual([1, first])
    broken = false
    expect([await served.refresh(), await served.refresh()]).toEqual([true, false])
    expect(served.version().version).toBe(2)
    expect(await served.score()).toEqual(await scoresOf(modelOf(2)))
    expect(await served.use((current, { version }) => [Object.keys(current), version])).toEqual([['score'], 2])
    await served.close()
  })

  it('serves compiled rankers, calibrated as the file says', async () => {
    const { registry } = opened()
    await registry.promote((await registry.publish(modelOf(1), { calibrators: { clicked: fitPlatt([0.1, 0.4, 0.6, 0.9], [0, 1, 0, 1], { input: 'probability' }) } })).version)
    const served = await registry.watch({
      everyMs: Infinity,
      prepare: (model) => compileRanker(model, { backend, calibrators: model.saved.calibrators }),
    })
    const asked = randomRows('asked', 5)
    const scores = async () => [...(await served.score(fitted.encode(asked.slice(0, 1)), asked)).get('clicked')!]
    const plain = async (seed: number) => [...(await predict(modelOf(seed), fitted.encode(asked.map((row) => ({ ...row, user: asked[0].user, hour: asked[0].hour }))), { backend })).get('clicked')!]
    const first = await scores()
    const calibrated = served.version().info.calibrators.get('clicked')!.apply(await plain(1))
    first.forEach((score, i) => expect(score).toBeCloseTo(calibrated[i], 5))
    await registry.promote((await registry.publish(modelOf(2))).version)
    const before = scores()
    await served.refresh()
    expect(await before).toEqual(first)
    const wanted = await plain(2)
    for (const [i, score] of (await scores()).entries()) expect(score).toBeCloseTo(wanted[i], 5)
    await served.close()
  })

  it('an empty stage cannot be watched, nor one for which nothing is prepared', async () => {
    const { registry } = opened()
    await registry.publish(modelOf(1))
    await registry.promote(1, 'staging')
    for (const nothing of [undefined, null, 5]) expect(ArgumentError.isInstance(await rejected(() => registry.watch({ stage: 'staging', prepare: async () => nothing as never })))).toBe(true)
    expect(String(await rejected(() => registry.watch({ prepare: (model) => model })))).toMatch(/no version is live in stage 'production'/)
  })

  it('disposes once, after the last call, whatever the order', async () => {
    const disposed: string[] = []
    const held = swappable('a', (value) => void disposed.push(value))
    let finish = () => {}
    const slow = held.use((value) => new Promise<string>((resolve) => { finish = () => resolve(value) }))
    held.swap('b')
    expect([await held.use((value) => value), disposed]).toEqual(['b', []])
    finish()
    expect(await slow).toBe('a')
    expect(disposed).toEqual(['a'])
    expect(String(await rejected(() => held.use(() => { throw new Error('mine') })))).toMatch('mine')
    const last = held.use((value) => new Promise<string>((resolve) => { finish = () => resolve(value) }))
    const closing = Promise.all([held.close(), held.close()])
    expect(ContractError.isInstance(caught(() => held.swap('c')))).toBe(true)
    expect(disposed).toEqual(['a'])
    finish()
    expect(await last).toBe('b')
    await closing
    expect(disposed).toEqual(['a', 'b'])
  })
})
