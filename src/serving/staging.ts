import { murmur3 } from '../hash'
import { codeOf, fileSystem, pathTools, syncFolder, writeDurably } from './files'

const systemName: string = 'node:os'
const threadsName: string = 'node:worker_threads'

/** A folder of its own in which files are written before they are renamed to where they belong. */
export interface Staging {
  readonly folder: string
  /** Removes it with all that is still in it. */
  readonly close: () => Promise<void>
}

/** What tells this thread from all others that may write beside it. */
interface Owner {
  readonly machine: string
  readonly pid: number
  readonly thread: number
}

/** A folder staged by someone who may be alive elsewhere is left alone so long, in ms. */
const patience = 3_600_000

const openKey = Symbol.for('feedrank.staging')

/**
 * The names of the staging folders this thread has open, and an object for each that is being made and has no name yet; on
 * the global object, as two copies of this module (ESM beside CJS) are one process.
 */
const openFolders = (): Set<string | object> => ((globalThis as { [openKey]?: Set<string | object> })[openKey] ??= new Set())

/** A folder's own name: the path to it may be written in several ways. */
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

async function owner(): Promise<Owner> {
  const [{ hostname }, { threadId }] = (await Promise.all([systemName, threadsName].map((name) => import(/* webpackIgnore: true */ /* @vite-ignore */ name)))) as
    [typeof import('node:os'), typeof import('node:worker_threads')]
  // Two containers of one host name each count their processes from 1; the name of the space of numbers tells them apart.
  const space = await (await fileSystem()).readlink('/proc/self/ns/pid').catch(() => '')
  return { machine: murmur3(`${hostname()} ${space}`).toString(16).padStart(8, '0'), pid: process.pid, thread: threadId }
}

/** Opens a staging folder in `folder`, which must be there; its name says who made it. */
export async function openStaging(folder: string, prefix: string): Promise<Staging> {
  const { mkdtemp, rm } = await fileSystem()
  const { machine, pid, thread } = await owner()
  const begun = {}
  openFolders().add(begun)
  const made = await mkdtemp(`${folder}/${prefix}${machine}-${pid}-${thread}-`).then((path) => {
    openFolders().add(nameOf(path))
    return path
  }).finally(() => openFolders().delete(begun))
  return {
    folder: made,
    async close() {
      openFolders().delete(nameOf(made))
      await rm(made, { recursive: true, force: true })
    },
  }
}

/**
 * Removes what crashed processes staged in `folder` under `prefix`.
 *
 * A folder is left behind for sure when its process is no more, or is this very thread that knows nothing of it. One that was
 * staged on another machine, or by another thread, is taken for left behind an hour after it was last touched.
 *
 * @returns whether someone else is still at work there
 */
export async function sweepStaging(folder: string, prefix: string): Promise<boolean> {
  const { readdir, rm, stat } = await fileSystem()
  const me = await owner()
  let busy = false
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix)) continue
    const path = `${folder}/${name}`
    if (await leftBehind(path, name.slice(prefix.length), me, async () => Date.now() - (await stat(path)).mtimeMs > patience)) await rm(path, { recursive: true, force: true })
    else busy = true
  }
  return busy
}

async function leftBehind(path: string, label: string, me: Owner, old: () => Promise<boolean>): Promise<boolean> {
  const [, machine, pid, thread] = /^([0-9a-f]{8})-(\d+)-(\d+)-/.exec(label) ?? []
  if (machine === undefined) return true
  const expired = () => old().catch(() => true)
  if (machine !== me.machine) return expired()
  if (Number(pid) !== me.pid) return isAlive(Number(pid)) ? expired() : true
  if (Number(thread) !== me.thread) return expired()
  const open = [...openFolders()]
  return !open.some((one) => typeof one === 'object' || one === nameOf(path))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}

/**
 * Writes chunks to `path` so that readers see the old file or the new one, never half of one: the bytes go to a folder of
 * their own beside it, reach the disk, and are renamed into place. What a crash left of an earlier write is removed.
 */
export async function writeAtomically(path: string, chunks: Iterable<Uint8Array>, size?: number): Promise<void> {
  const { basename, dirname } = await pathTools()
  const { rename } = await fileSystem()
  const [folder, prefix] = [dirname(path), `.${basename(path)}.saving-`]
  const staging = await openStaging(folder, prefix)
  try {
    await writeDurably(`${staging.folder}/file`, chunks, size)
    await rename(`${staging.folder}/file`, path)
    await syncFolder(folder)
  } finally {
    await staging.close()
  }
  // The file is there; whatever cannot be swept now is swept by the next.
  await sweepStaging(folder, prefix).catch(() => undefined)
}
