import { ModelFileError } from '../errors'

// Named through variables, so that a bundler for browsers leaves them alone: only who writes or reads a file needs them.
const fileSystemName: string = 'node:fs/promises'
const cryptoName: string = 'node:crypto'
const pathName: string = 'node:path'

/** Node's file system, loaded only when a file is written or read. */
export const fileSystem = (): Promise<typeof import('node:fs/promises')> => import(/* webpackIgnore: true */ /* @vite-ignore */ fileSystemName)

/** Node's functions of paths. */
export const pathTools = (): Promise<typeof import('node:path')> => import(/* webpackIgnore: true */ /* @vite-ignore */ pathName)

const cryptography = (): Promise<typeof import('node:crypto')> => import(/* webpackIgnore: true */ /* @vite-ignore */ cryptoName)

/** The most bytes that are read, written or hashed at once: some milliseconds of hashing, and far below Node's own limit of 2 GiB. */
export const pieceSize = 1 << 23

/** `bytes` in views of at most `size`. */
export function* pieces(bytes: Uint8Array, size: number = pieceSize): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size)
}

/** Lets what else waits have its turn. */
export const yieldToOthers = (): Promise<void> => new Promise((go) => { setImmediate(go) })

/** Writes a new file whose bytes have reached the disk when it is done. */
export async function writeDurably(path: string, chunks: Iterable<Uint8Array>, size?: number): Promise<void> {
  const { open } = await fileSystem()
  const file = await open(path, 'wx')
  try {
    for (const chunk of chunks)
      for (const piece of pieces(chunk, size))
        for (let at = 0; at < piece.byteLength;) at += (await file.write(piece, at, piece.byteLength - at, null)).bytesWritten
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes renames within a folder last through a loss of power, where the system lets a folder be synced. */
export async function syncFolder(folder: string): Promise<void> {
  const { open } = await fileSystem()
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
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

/** SHA-256 of chunks, in hexadecimal; others have their turn between pieces. */
export async function sha256Of(chunks: Iterable<Uint8Array>): Promise<string> {
  const hash = await sha256()
  for (const chunk of chunks)
    for (const piece of pieces(chunk)) {
      hash.add(piece)
      if (piece.byteLength === pieceSize) await yieldToOthers()
    }
  return hash.hexadecimal()
}

/** SHA-256 of a text, in hexadecimal. */
export const sha256OfText = (text: string): Promise<string> => sha256Of([new TextEncoder().encode(text)])

/** A path as it stands in messages: whole, as its end is what tells files apart. */
export const quoted = (path: string): string => JSON.stringify(path)

/** A system error about `path` as one of ours. */
export function fileError(where: string, verb: 'read' | 'write', path: string, cause: unknown): ModelFileError {
  const reason = isMissing(cause) ? 'there is no such file' : cause instanceof Error ? cause.message : String(cause)
  return new ModelFileError(`feedrank/${where}: cannot ${verb} ${quoted(path)}: ${reason}`, { cause })
}

export const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null | undefined)?.code

export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT'
