import { ArgumentError, checkNumber, checkObject, expected } from '../errors'
import type { Model } from '../models'
import { swappable } from './hot-swap'
import type { FromFile } from './load-model'
import type { ModelVersion } from './registry'

/** What {@link Registry.watch} takes. */
export interface WatchOptions<T extends object> {
  /** Makes of a loaded model what serves: a predictor with its encoding, a compiled ranker. It is whole before any call meets it. */
  readonly prepare: (model: Model & FromFile, version: ModelVersion) => T | PromiseLike<T>
  /** Frees what was prepared, after its last call. @defaultValue its own `dispose`, where it has one */
  readonly dispose?: (value: T) => void | PromiseLike<void>
  /** @defaultValue 'production' */
  readonly stage?: string
  /** How often to look for a change, in ms; `Infinity` looks only when `refresh` is called. @defaultValue 1000 */
  readonly everyMs?: number
  /** Called after another version took over. */
  readonly onSwap?: (version: ModelVersion, before: ModelVersion) => void
  /** Called when a version could not take over; the one before goes on serving, and the new one is tried again, ever more rarely. @defaultValue a warning of the process */
  readonly onError?: (error: unknown) => void
}

type Forwarded<T, Name extends string> = T extends { readonly [K in Name]: (...args: infer Args) => infer R } ? { readonly [K in Name]: (...args: Args) => Promise<Awaited<R>> } : unknown

/** What is live, for as long as the process runs; `score` and `predict` are there where what was prepared has them. */
export type Served<T> = Forwarded<T, 'score'> & Forwarded<T, 'predict'> & {
  /** Calls with what is live now; it stays whole until the call has settled, though another version take over meanwhile. */
  readonly use: <R>(work: (current: T, version: ModelVersion) => R | PromiseLike<R>) => Promise<R>
  /** The version that later calls meet. */
  readonly version: () => ModelVersion
  /** Looks for a change now; true when another version took over. */
  readonly refresh: () => Promise<boolean>
  /** Refuses later calls and settles when the last one has. */
  readonly close: () => Promise<void>
}

/** How the registry answers. */
interface Source {
  /** A number that rises with every change of the stage. */
  readonly changes: (stage: string) => Promise<number>
  readonly current: (stage: string) => Promise<ModelVersion>
  readonly load: (path: string) => Promise<Model & FromFile>
}

interface Live<T> {
  readonly value: T
  readonly version: ModelVersion
}

export async function watchStage<T extends object>(options: WatchOptions<T>, source: Source): Promise<Served<T>> {
  const { prepare, stage = 'production', everyMs = 1000, onSwap, onError = warn } = checkObject('watch', 'options', options)
  if (typeof prepare !== 'function') throw new ArgumentError(expected('watch', 'prepare', 'a function from a model to what serves it', prepare))
  if (everyMs !== Infinity) checkNumber('watch', 'everyMs', everyMs, { above: 0, max: 2 ** 31 - 1 })
  const dispose = options.dispose ?? ((value: T) => (value as { readonly dispose?: () => void }).dispose?.())

  const make = async (): Promise<Live<T>> => {
    const version = await source.current(stage)
    const value: unknown = await prepare(await source.load(version.path), version)
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) throw new ArgumentError(expected('watch', 'prepare(model)', 'what serves the model, an object', value))
    return { version, value: value as T }
  }
  // The count is read first: a change that comes while the model is loaded is seen by the next look.
  let seen = await source.changes(stage)
  const held = swappable(await make(), ({ value }) => dispose(value))
  let closed = false
  let failures = 0
  let rests = 0
  let busy = false

  const look = async (): Promise<boolean> => {
    const changes = await source.changes(stage)
    if (changes === seen || closed) return false
    const before = held.current().version
    if ((await source.current(stage)).version === before.version) {
      seen = changes
      return false
    }
    const next = await make()
    if (closed) {
      await dispose(next.value)
      return false
    }
    held.swap(next)
    seen = changes
    onSwap?.(next.version, before)
    return true
  }
  // One look at a time, so that no version is prepared twice or taken over by an earlier one.
  let looking: Promise<unknown> = Promise.resolve()
  const refresh = (): Promise<boolean> => {
    const mine = looking.then(look)
    looking = mine.catch(() => undefined)
    return mine
  }
  const tick = async () => {
    if (busy) return
    if (rests > 0) return void rests--
    busy = true
    await refresh().then(() => { failures = 0 }, (error: unknown) => {
      rests = Math.min(2 ** failures++, 60)
      onError(error)
    })
    busy = false
  }
  const timer = everyMs === Infinity ? undefined : setInterval(() => void tick(), everyMs)
  timer?.unref()

  const use = <R>(work: (current: T, version: ModelVersion) => R | PromiseLike<R>): Promise<R> => held.use(({ value, version }) => work(value, version))
  const forwarded = Object.fromEntries(['score', 'predict'].filter((name) => typeof (held.current().value as Record<string, unknown>)[name] === 'function').map((name) =>
    [name, (...args: readonly unknown[]) => use((value) => (value as Record<string, (...args: readonly unknown[]) => unknown>)[name](...args))]))
  return {
    ...forwarded,
    use,
    version: () => held.current().version,
    refresh,
    async close() {
      closed = true
      clearInterval(timer)
      await looking
      await held.close()
    },
  } as Served<T>
}

const warn = (error: unknown): void => process.emitWarning(error instanceof Error ? error : String(error))
