import { ArgumentError, DataError, expected, show } from '../errors'

/** Bytes in memory, a file by its path, or what has the form of a `Blob`. */
export type Bytes = string | Uint8Array | ArrayBuffer | BlobLike

/** A `Blob` or `File`, as far as a reader needs it. */
export interface BlobLike {
  readonly size: number
  readonly slice: (start: number, end: number) => { readonly arrayBuffer: () => Promise<ArrayBuffer> }
}

/** Bytes that are read piece by piece. */
export interface ByteSource {
  readonly size: number
  /** The bytes from `start` to before `end`, all of them. */
  readonly read: (start: number, end: number) => Promise<Uint8Array>
  readonly close: () => Promise<void>
}

// Named through a variable, so that a bundler for browsers leaves it alone: only who reads a file needs it.
const fileSystemName: string = 'node:fs/promises'
const fileSystem = (): Promise<typeof import('node:fs/promises')> => import(/* webpackIgnore: true */ /* @vite-ignore */ fileSystemName)

/** Opens bytes for reading. @throws DataError when a file cannot be opened; ArgumentError when it is nothing to read from */
export async function openBytes(where: string, from: Bytes): Promise<ByteSource> {
  if (typeof from === 'string') return openFile(where, from)
  if (ArrayBuffer.isView(from)) return ofMemory(new Uint8Array(from.buffer, from.byteOffset, from.byteLength))
  if (Object.prototype.toString.call(from) === '[object ArrayBuffer]') return ofMemory(new Uint8Array(from as ArrayBuffer))
  if (isBlob(from)) return {
    size: from.size,
    read: async (start, end) => new Uint8Array(await from.slice(start, end).arrayBuffer()),
    close: async () => {},
  }
  throw new ArgumentError(expected(where, 'from', 'a path, bytes or a Blob', from))
}

export const isBlob = (value: unknown): value is BlobLike => {
  const { size, slice } = (value ?? {}) as Partial<BlobLike>
  return typeof value === 'object' && typeof size === 'number' && typeof slice === 'function'
}

const ofMemory = (bytes: Uint8Array): ByteSource =>
  ({ size: bytes.byteLength, read: async (start, end) => bytes.subarray(start, end), close: async () => {} })

async function openFile(where: string, path: string): Promise<ByteSource> {
  const { open } = await fileSystem()
  const fail = (doing: string, cause: unknown) =>
    new DataError(`feedrank/${where}: expected a file at ${show(path)}, which cannot be ${doing}: ${(cause as Error).message}`, { cause })
  const file = await open(path, 'r').catch((cause: unknown) => { throw fail('opened', cause) })
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw new DataError(`feedrank/${where}: expected a file at ${show(path)}, got ${stat.isDirectory() ? 'a folder' : 'what is no file'}`)
    return {
      size: stat.size,
      async read(start, end) {
        const bytes = new Uint8Array(end - start)
        for (let at = 0; at < bytes.length;) {
          const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at).catch((cause: unknown) => { throw fail('read', cause) })
          if (bytesRead === 0) throw new DataError(`feedrank/${where}: expected ${stat.size} bytes at ${show(path)}, got ${start + at}: the file was cut while it was read`)
          at += bytesRead
        }
        return bytes
      },
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}
