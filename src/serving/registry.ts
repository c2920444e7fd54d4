import { ArgumentError, ContractError, FeedrankError, ModelFileError, checkInteger, checkObject, expected } from '../errors'
import type { Model } from '../models'
import { checkModelFolder } from './check-model-file'
import { fileError, fileSystem, quoted, writeDurably } from './files'
import { loadModel, readModelInfo, type FromFile, type LoadModelOptions, type LoadedModel } from './load-model'
import type { ModelInfo } from './model-info'
import type { ModelMaker } from './model-kinds'
import { addNumbered, numbered, numbersIn } from './numbered-folders'
import { checkPath, saveModel, type SaveModelOptions } from './save-model'
import { sealedText, unseal } from './sealed'
import { changeStage, changesOf, checkStage, liveVersions, readStage, type StageChange } from './stage-log'
import { watchStage, type Served, type WatchOptions } from './watch-stage'

/** A version of a model in a registry. */
export interface ModelVersion {
  /** 1, 2, 3, … in the order of publication. */
  readonly version: number
  /** The folder of the model: what `loadModel` takes. */
  readonly path: string
  /** When it was published, ISO 8601, UTC. */
  readonly publishedAt: string
  readonly note?: string
  /** The stages it is live in, of those whose history can be read. */
  readonly stages: readonly string[]
  /** What its file says of it. */
  readonly info: ModelInfo
}

/** A version that is there and cannot be read; the others are none the worse for it. */
export interface DamagedVersion extends Pick<ModelVersion, 'version' | 'path'> {
  readonly error: ModelFileError
}

export interface PublishOptions extends Omit<SaveModelOptions, 'form'> {
  /** For whoever reads the list. @defaultValue none */
  readonly note?: string
}

export interface ChangeOptions {
  /** For whoever reads the history. @defaultValue none */
  readonly note?: string
  /** Only if this version is live now, so that two people who see the same fault do not go back twice. @defaultValue any */
  readonly from?: number
}

type Kinds<M extends Model> = Readonly<Record<string, ModelMaker<M>>>

/** Versions of a model in a folder, and which of them is live in which stage. */
export interface Registry {
  /** Adds a model as the next version. Any number of processes may do so at once; none gets another's number. */
  readonly publish: (model: Model, options?: PublishOptions) => Promise<ModelVersion>
  /** All versions, oldest first. */
  readonly list: () => Promise<readonly (ModelVersion | DamagedVersion)[]>
  /** Makes a version live in a stage, after every byte of it was checked. */
  readonly promote: (version: number, stage?: string, options?: ChangeOptions) => Promise<StageChange>
  /** Makes the version live that was before; rolling back again goes back one more. */
  readonly rollBack: (stage?: string, options?: ChangeOptions) => Promise<StageChange>
  /** All that was done to a stage, oldest first. */
  readonly history: (stage?: string) => Promise<readonly StageChange[]>
  /** The version that is live in a stage; `undefined` where none is. */
  readonly current: (stage?: string) => Promise<ModelVersion | undefined>
  /** The model of a version, or of the version live in a stage. */
  readonly load: (which?: number | string, options?: LoadModelOptions & { readonly kinds?: Kinds<Model> }) => Promise<(Model & FromFile) | LoadedModel>
  /** Serves what is live in a stage: whatever is promoted or rolled back takes over, and no call is dropped. */
  readonly watch: <T extends object>(options: WatchOptions<T>) => Promise<Served<T>>
}

export interface RegistryOptions {
  /** ms since 1970. @defaultValue `Date.now` */
  readonly now?: () => number
  /** Makers of models of your own, by kind. @defaultValue none */
  readonly kinds?: Kinds<Model>
}

const versionFile = 'version.json'

/**
 * A registry of models in a folder, which may be shared by many processes: versions, and stages in which one is live.
 *
 * Nothing is ever written twice: a version is a folder that is renamed into place whole, a promotion is a record added to the
 * history of its stage. So publishers and readers need no lock, and a crash leaves nothing half done. The stage is
 * `'production'` where none is given. One registry holds the versions of one model; keep a folder for each.
 *
 * @throws ArgumentError when `folder` is no path. Its functions reject with ModelFileError where a version or record is
 * missing, altered or cannot be written
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { WideAndDeep, binary, defineFeatures, numeric, openRegistry } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { price: numeric({ scope: 'item' }) }, labels: { bought: binary() } })
 *   .fit([{ price: 3, bought: 0 }, { price: 9, bought: 1 }])
 * const registry = openRegistry(await mkdtemp(join(tmpdir(), 'registry-')))
 * for (const seed of [1, 2]) {
 *   const { version } = await registry.publish(new WideAndDeep(spec, { hidden: [4], seed }))
 *   await registry.promote(version)
 * }
 * await registry.rollBack()
 * console.log((await registry.current())?.version, (await registry.history()).map(({ action }) => action)) // 1 [ 'promote', 'promote', 'rollBack' ]
 * ```
 */
export function openRegistry(folder: string, options: RegistryOptions = {}): Registry {
  checkPath('openRegistry', folder)
  checkObject('openRegistry', 'options', options)
  const { now = Date.now, kinds } = options
  if (typeof now !== 'function') throw new ArgumentError(expected('openRegistry', 'now', 'a function that gives ms since 1970', now))
  const versions = `${folder}/versions`
  const stages = `${folder}/stages`
  const stageFolder = (where: string, stage: string) => `${stages}/${checkStage(where, stage)}`
  const at = () => new Date(now()).toISOString()

  const histories = async (): Promise<readonly (readonly [stage: string, changes: readonly StageChange[]])[]> => {
    const { readdir } = await fileSystem()
    const names = (await readdir(stages).catch(() => [])).toSorted()
    // One stage's damaged record stops neither publishing nor what is live in another; whoever asks for that stage is told.
    return Promise.all(names.map(async (stage) => [stage, await readStage(`${stages}/${stage}`, 'registry').catch((error: unknown) => {
      if (ModelFileError.isInstance(error)) return []
      throw error
    })] as const))
  }
  const liveIn = async (): Promise<ReadonlyMap<number, readonly string[]>> => {
    const live = new Map<number, string[]>()
    for (const [stage, changes] of await histories()) {
      const version = liveVersions(changes).at(-1)
      if (version !== undefined) live.set(version, [...(live.get(version) ?? []), stage])
    }
    return live
  }
  const describe = async (version: number, where: string, live: ReadonlyMap<number, readonly string[]>): Promise<ModelVersion> => {
    const path = numbered(versions, version)
    const { publishedAt, note } = await readVersion(`${path}/${versionFile}`, where)
    return { version, path, publishedAt, ...(note !== undefined && { note }), stages: live.get(version) ?? [], info: await readModelInfo(path) }
  }
  const change = (where: string, stage: string, { note, from }: ChangeOptions, next: (live: readonly number[]) => Pick<StageChange, 'action' | 'version'>) =>
    changeStage(stageFolder(where, stage), where, (changes) => {
      const live = liveVersions(changes)
      const current = live.at(-1)
      if (from !== undefined && from !== current)
        throw new ContractError(`feedrank/${where}: expected version ${from} to be live in stage '${stage}', got ${current ?? 'none'}; someone else changed it`)
      return { ...next(live), ...(current !== undefined && { from: current }), at: at(), ...(note !== undefined && { note: String(note) }) }
    })
  const current = async (stage: string, where: string): Promise<number | undefined> => liveVersions(await readStage(stageFolder(where, stage), where)).at(-1)
  const resolve = async (which: number | string, where: string): Promise<string> => {
    const version = typeof which === 'number' ? checkInteger(where, 'version', which) : await current(which, where)
    if (version === undefined) throw new ModelFileError(`feedrank/${where}: no version is live in stage '${which}' of ${quoted(folder)}; promote one`)
    if (!(await numbersIn(versions)).includes(version)) throw new ModelFileError(`feedrank/${where}: ${quoted(folder)} has no version ${version}`)
    return numbered(versions, version)
  }

  return {
    async publish(model, publishing = {}) {
      const { note, ...saving } = checkObject('publish', 'options', publishing)
      const kindsToSave = saving.kinds ?? kinds
      // A version that was live keeps its number when its folder is gone: nothing else may be served under it.
      const after = (await guarded('publish', 'read', folder, histories)).flatMap(([, changes]) => changes).reduce((most, change) => Math.max(most, change.version), 0)
      const version = await guarded('publish', 'write', folder, () => addNumbered(versions, async (into) => {
        await saveModel(model, into, { ...saving, ...(kindsToSave && { kinds: kindsToSave }), form: 'folder' })
        const record = { format: 'feedrank/version', version: 1, publishedAt: at(), ...(note !== undefined && { note: String(note) }) }
        await writeDurably(`${into}/${versionFile}`, [new TextEncoder().encode(await sealedText(record, 2))])
      }, { exact: false, after }))
      return describe(version, 'publish', await liveIn())
    },
    list: () => guarded('list', 'read', folder, async () => {
      const live = await liveIn()
      return Promise.all((await numbersIn(versions)).map((version) => describe(version, 'list', live).catch((error: unknown): DamagedVersion => {
        if (!ModelFileError.isInstance(error)) throw error
        return { version, path: numbered(versions, version), error }
      })))
    }),
    async promote(version, stage = 'production', changing = {}) {
      stageFolder('promote', stage)
      checkObject('promote', 'options', changing)
      const path = await guarded('promote', 'read', folder, () => resolve(checkInteger('promote', 'version', version), 'promote'))
      await checkModelFolder(path, 'promote')
      return guarded('promote', 'write', folder, () => change('promote', stage, changing, () => ({ action: 'promote', version })))
    },
    async rollBack(stage = 'production', changing = {}) {
      checkObject('rollBack', 'options', changing)
      return guarded('rollBack', 'write', folder, () => change('rollBack', stage, changing, (live) => {
        const version = live.at(-2)
        if (version === undefined) throw new ContractError(`feedrank/rollBack: expected stage '${stage}' to have a version before ${live.at(-1) ?? 'its first'}, got none`)
        return { action: 'rollBack', version }
      }))
    },
    history: async (stage = 'production') => guarded('history', 'read', folder, () => readStage(stageFolder('history', stage), 'history')),
    current: async (stage = 'production') => guarded('current', 'read', folder, async () => {
      const version = await current(stage, 'current')
      return version === undefined ? undefined : describe(version, 'current', await liveIn())
    }),
    load: async (which = 'production', loading = {}) =>
      loadModel(await guarded('load', 'read', folder, () => resolve(which, 'load')), withKinds(loading, kinds)),
    watch: (watching) => watchStage(watching, {
      changes: async (stage) => changesOf(stageFolder('watch', stage)),
      current: async (stage) => (await resolve(stage, 'watch'), describe((await current(stage, 'watch'))!, 'watch', await liveIn())),
      load: (path) => loadModel(path, withKinds({}, kinds)),
    }),
  }
}

const withKinds = (options: LoadModelOptions & { readonly kinds?: Kinds<Model> }, kinds: Kinds<Model> | undefined) => ({ ...options, kinds: options.kinds ?? kinds ?? {} })

/** System errors as ours. */
async function guarded<T>(where: string, verb: 'read' | 'write', folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    throw FeedrankError.isInstance(cause) ? cause : fileError(where, verb, folder, cause)
  }
}

async function readVersion(path: string, where: string): Promise<{ readonly publishedAt: string; readonly note?: string }> {
  const bytes = await (await fileSystem()).readFile(path).catch((cause: unknown) => { throw fileError(where, 'read', path, cause) })
  const { record, check } = unseal(where, path, bytes, 2)
  if (record['format'] !== 'feedrank/version' || record['version'] !== 1) throw new ModelFileError(`feedrank/${where}: ${quoted(path)} is no version this version of feedrank can read`)
  await check()
  return record as unknown as { readonly publishedAt: string; readonly note?: string }
}
