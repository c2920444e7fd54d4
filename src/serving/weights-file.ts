import type { FileHandle } from 'node:fs/promises'
import { DataError, ModelFileError, show } from '../errors'
import type { Model } from '../models'
import { pieces, quoted, sha256, yieldToOthers } from './files'
import { headerLength, readHeader, tensorEntries, type NamedTensor } from './safetensors'

/** Every number of a model, named: `weight:…`, `statistic:…`, `table:…`. */
export function tensorsOf({ weights, tables }: Pick<Model, 'weights' | 'tables'>): NamedTensor[] {
  return [
    ...[...weights.trained].map(([name, { shape, values }]) => ({ name: `weight:${name}`, shape, values })),
    ...[...weights.statistics].map(([name, { shape, values }]) => ({ name: `statistic:${name}`, shape, values })),
    ...[...tables].map(([name, { rows, dim, values }]) => ({ name: `table:${name}`, shape: [rows, dim], values })),
  ]
}

export const bytesOf = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer, values.byteOffset, values.byteLength)

/** Throws a DataError that names the first number that is not finite; others have their turn in between. */
export async function checkNumbers(where: string, tensors: readonly NamedTensor[]): Promise<void> {
  const step = 1 << 21
  for (const { name, values } of tensors)
    for (let start = 0; start < values.length; start += step) {
      const at = values.subarray(start, start + step).findIndex((v) => !Number.isFinite(v))
      if (at >= 0) throw new DataError(`feedrank/${where}: expected ${show(name)} to hold finite numbers, got ${values[start + at]} at position ${start + at}`)
      if (values.length > step) await yieldToOthers()
    }
}

/** The next bytes of a file, in order, into arrays of the caller. */
export type ReadInto = (into: Uint8Array) => Promise<Uint8Array>

/** Reads a file from its start, piece by piece, so that its size is no limit. */
export function readerOf(handle: FileHandle, path: string, size?: number): ReadInto {
  return async (into) => {
    for (const piece of pieces(into, size)) {
      for (let at = 0; at < piece.byteLength;) {
        const { bytesRead } = await handle.read(piece, at, piece.byteLength - at, null)
        if (bytesRead === 0) throw new ModelFileError(`feedrank/loadModel: ${quoted(path)} became shorter while it was read`)
        at += bytesRead
      }
    }
    return into
  }
}

/** The header of a safetensors file of so many bytes: eight bytes of length, then its text. */
export async function readStart(read: ReadInto, path: string, size: number): Promise<{ readonly start: Uint8Array; readonly header: Uint8Array }> {
  const start = await read(new Uint8Array(Math.min(8, size)))
  return { start, header: await read(new Uint8Array(headerLength(path, start, size))) }
}

/**
 * Reads numbers straight into the arrays of a model.
 *
 * @param header the bytes of a header without anything but tensors, eight bytes of length first
 * @returns SHA-256 of header and numbers, in hexadecimal
 * @throws ModelFileError if they are not exactly those the model has; its numbers are then of no use
 */
export async function readNumbers(path: string, header: Uint8Array, dataSize: number, read: ReadInto, model: Model): Promise<string> {
  const hash = await sha256()
  hash.add(header)
  for (const target of inFileOrder(path, header.subarray(8), dataSize, tensorsOf(model)))
    for (const piece of pieces(bytesOf(target))) {
      await read(piece)
      hash.add(piece)
    }
  return hash.hexadecimal()
}

/** The model's arrays in the order in which the file holds them. */
function inFileOrder(path: string, header: Uint8Array, dataSize: number, tensors: readonly NamedTensor[]): Float32Array[] {
  const wrong = (what: string) => new ModelFileError(`feedrank/loadModel: ${quoted(path)} ${what}`)
  const json = readHeader(path, header)
  const entries = tensorEntries(path, json, dataSize, ['F32'])
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  for (const name of entries.keys()) if (!byName.has(name)) throw wrong(`holds ${show(name)}, which the model does not have`)
  for (const { name, shape } of tensors) {
    const got = entries.get(name)?.shape
    if (got?.join() !== shape.join()) throw wrong(`holds ${show(name)} of shape [${got?.join(', ') ?? 'absent'}]; expected [${shape.join(', ')}]`)
  }
  return [...entries.keys()].map((name) => byName.get(name)!.values)
}
