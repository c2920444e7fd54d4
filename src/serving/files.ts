import { ModelFileError, show } from '../errors'

/** Node's file system, loaded only when a file is written or read. */
export const fileSystem = () => import('node:fs/promises')

let counter = 0

/**
 * Writes chunks to `path` so that readers see the old file or the new one, never half of one: the bytes go to a file
 * beside it, reach the disk, and are renamed into place.
 */
export async function writeAtomically(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  const { open, rename, rm } = await fileSystem()
  const beside = `${path}.${process.pid}-${counter++}.tmp`
  try {
    const file = await open(beside, 'wx')
    try {
      for (const chunk of chunks) await file.writeFile(chunk)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}

/** SHA-256 of chunks, in hexadecimal. */
export async function sha256(chunks: Iterable<Uint8Array>): Promise<string> {
  const { createHash } = await import('node:crypto')
  const hash = createHash('sha256')
  for (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}

/** A system error about `path` as one of ours. */
export function fileError(where: string, path: string, cause: unknown): ModelFileError {
  const code = (cause as { code?: unknown } | null)?.code
  const reason = code === 'ENOENT' ? 'there is no such file' : cause instanceof Error ? cause.message : String(cause)
  return new ModelFileError(`feedrank/${where}: cannot read ${show(path)}: ${reason}`, { cause })
}
