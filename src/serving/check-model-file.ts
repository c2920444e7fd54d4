import { ModelFileError } from '../errors'
import { fileError, fileSystem, pieceSize, quoted, sha256 } from './files'
import { readManifest } from './manifest'

/** Reads every byte of a model's folder and holds it against its checksums, without making the model. */
export async function checkModelFolder(folder: string, where: string): Promise<void> {
  const { weights } = await readManifest(folder, where)
  const path = `${folder}/${weights.file}`
  const hash = await sha256()
  const { open } = await fileSystem()
  const handle = await open(path, 'r').catch((cause: unknown) => { throw fileError(where, 'read', path, cause) })
  try {
    const piece = new Uint8Array(pieceSize)
    for (let got = await handle.read(piece, 0, pieceSize, null); got.bytesRead > 0; got = await handle.read(piece, 0, pieceSize, null)) hash.add(piece.subarray(0, got.bytesRead))
  } catch (cause) {
    throw fileError(where, 'read', path, cause)
  } finally {
    await handle.close()
  }
  const checksum = hash.hexadecimal()
  if (checksum !== weights.sha256) throw new ModelFileError(`feedrank/${where}: ${quoted(path)} was altered: expected SHA-256 ${weights.sha256}, got ${checksum}`)
}
