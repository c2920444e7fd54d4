import type { FileHandle } from 'node:fs/promises'
import { ModelFileError, show } from '../errors'
import type { Model } from '../models'
import { fileError, fileSystem, pieces, quoted, sha256 } from './files'
import type { WeightsEntry } from './manifest'
import { headerLength, parseHeader, type NamedTensor } from './safetensors'

/** Every number of a model, named: `weight:…`, `statistic:…`, `table:…`. */
export function tensorsOf({ weights, tables }: Model): NamedTensor[] {
  return [
    ...[...weights.trained].map(([name, { shape, values }]) => ({ name: `weight:${name}`, shape, values })),
    ...[...weights.statistics].map(([name, { shape, values }]) => ({ name: `statistic:${name}`, shape, values })),
    ...[...tables].map(([name, { rows, dim, values }]) => ({ name: `table:${name}`, shape: [rows, dim], values })),
  ]
}

export const bytesOf = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

/**
 * Reads a file's numbers straight into the arrays of a model, piece by piece, so that its size is no limit.
 *
 * @throws ModelFileError if the file is not exactly what it should be; the model's numbers are then of no use
 */
export async function readWeights(folder: string, { file, bytes, sha256: wanted }: WeightsEntry, model: Model): Promise<void> {
  const { open } = await fileSystem()
  const path = `${folder}/${file}`
  const wrong = (what: string) => new ModelFileError(`feedrank/loadModel: ${quoted(path)} ${what}`)
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'r')
    const { size } = await handle.stat()
    if (size !== bytes) throw wrong(`is cut short or was altered: expected ${bytes} bytes, got ${size}`)
    const hash = await sha256()
    const from = reader(handle, hash.add, wrong)
    const start = await from(new Uint8Array(Math.min(8, size)))
    const header = await from(new Uint8Array(headerLength(path, start, size)))
    for (const target of inFileOrder(path, header, size - 8 - header.length, tensorsOf(model))) await from(bytesOf(target))
    const checksum = hash.hexadecimal()
    if (checksum !== wanted) throw wrong(`was altered: expected SHA-256 ${wanted}, got ${checksum}`)
  } catch (cause) {
    throw ModelFileError.isInstance(cause) ? cause : fileError('loadModel', 'read', path, cause)
  } finally {
    await handle?.close()
  }
}

/** Fills arrays with what comes next in the file. */
function reader(handle: FileHandle, seen: (bytes: Uint8Array) => void, wrong: (what: string) => ModelFileError) {
  return async (into: Uint8Array): Promise<Uint8Array> => {
    for (const piece of pieces(into)) {
      for (let at = 0; at < piece.byteLength;) {
        const { bytesRead } = await handle.read(piece, at, piece.byteLength - at, null)
        if (bytesRead === 0) throw wrong('became shorter while it was read')
        at += bytesRead
      }
      seen(piece)
    }
    return into
  }
}

/** The model's arrays in the order in which the file holds them, which is without gaps. */
function inFileOrder(path: string, header: Uint8Array, dataSize: number, tensors: readonly NamedTensor[]): Float32Array[] {
  const wrong = (what: string) => new ModelFileError(`feedrank/loadModel: ${quoted(path)} ${what}`)
  const entries = parseHeader(path, header, dataSize)
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  for (const name of entries.keys()) if (!byName.has(name)) throw wrong(`holds ${show(name)}, which the model does not have`)
  for (const { name, shape } of tensors) {
    const got = entries.get(name)?.shape
    if (got?.join() !== shape.join()) throw wrong(`holds ${show(name)} of shape [${got?.join(', ') ?? 'absent'}]; expected [${shape.join(', ')}]`)
  }
  let end = 0
  const targets = [...entries].toSorted(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]).map(([name, { data_offsets: [from, to] }]) => {
    if (from !== end) throw wrong(`holds ${show(name)} from byte ${from} on; expected ${end}, where the tensor before it ends`)
    end = to
    return byName.get(name)!.values
  })
  if (end !== dataSize) throw wrong(`holds ${dataSize - end} bytes that belong to no tensor`)
  return targets
}
