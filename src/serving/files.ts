import { ModelFileError } from '../errors'

// Named through variables, so that a bundler for browsers leaves them alone: only who writes or reads a file needs them.
const fileSystemName: string = 'node:fs/promises'
const cryptoName: string = 'node:crypto'

/** Node's file system, loaded only when a file is written or read. */
export const fileSystem = (): Promise<typeof import('node:fs/promises')> => import(/* webpackIgnore: true */ /* @vite-ignore */ fileSystemName)

const cryptography = (): Promise<typeof import('node:crypto')> => import(/* webpackIgnore: true */ /* @vite-ignore */ cryptoName)

/**
 * Writes chunks to `path` so that readers see the old file or the new one, never half of one: the bytes go to a folder
 * of their own beside it, reach the disk, and are renamed into place.
 */
export async function writeAtomically(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const { mkdtemp, open, rename, rm } = await fileSystem()
  // The system picks a name nobody has: not another process with this one's id, nor what one before it left behind.
  const beside = await mkdtemp(`${path}.tmp-`)
  try {
    const file = await open(`${beside}/file`, 'wx')
    try {
      for (const chunk of chunks) await file.writeFile(chunk)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(`${beside}/file`, path)
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}

/** The most bytes that are read or hashed at once; Node's own limit is 2 GiB. */
export const pieceSize = 1 << 26

/** `bytes` in views of at most {@link pieceSize}. */
export function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += pieceSize) yield bytes.subarray(at, at + pieceSize)
}

/** A SHA-256 that is fed piece by piece. */
export async function sha256() {
  const { createHash } = await cryptography()
  const hash = createHash('sha256')
  return {
    add(bytes: Uint8Array) {
      for (const piece of pieces(bytes)) hash.update(piece)
    },
    hexadecimal: (): string => hash.digest('hex'),
  }
}

/** SHA-256 of chunks, in hexadecimal. */
export async function sha256Of(chunks: Iterable<Uint8Array>): Promise<string> {
  const hash = await sha256()
  for (const chunk of chunks) hash.add(chunk)
  return hash.hexadecimal()
}

/** A path as it stands in messages: whole, as its end is what tells files apart. */
export const quoted = (path: string): string => JSON.stringify(path)

/** A system error about `path` as one of ours. */
export function fileError(where: string, verb: 'read' | 'write', path: string, cause: unknown): ModelFileError {
  const reason = isMissing(cause) ? 'there is no such file' : cause instanceof Error ? cause.message : String(cause)
  return new ModelFileError(`feedrank/${where}: cannot ${verb} ${quoted(path)}: ${reason}`, { cause })
}

export const isMissing = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 'ENOENT'
