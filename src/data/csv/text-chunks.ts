import { ArgumentError, DataError, expected } from '../../errors'
import { isBlob, openBytes, type BlobLike } from '../byte-source'

/** Text in pieces: strings, or bytes that are UTF-8. */
export type TextPieces = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array> | ReadableStreamLike

/** A `ReadableStream`, as far as a reader needs it. */
export interface ReadableStreamLike {
  readonly getReader: () => { readonly read: () => Promise<{ readonly done: boolean; readonly value?: string | Uint8Array }>; readonly releaseLock: () => void }
}

/** A path, the text itself (where it has a line break), bytes, a Blob, or pieces as they come. */
export type CsvSource = string | Uint8Array | ArrayBuffer | BlobLike | TextPieces

/** Bytes that are read from a file at once. */
const pieceBytes = 1 << 18

/** The text of a source, piece by piece, as strings without a byte order mark. */
export async function* textChunks(where: string, from: CsvSource): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let bytes = 0
  const decode = (piece: Uint8Array | undefined): string => {
    try {
      const text = piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true })
      bytes += piece?.length ?? 0
      return text
    } catch (cause) {
      throw new DataError(`feedrank/${where}: expected text in UTF-8, got other bytes at ${bytes} to ${bytes + (piece?.length ?? 0)}`, { cause })
    }
  }
  let first = true
  const marked = (text: string): string => {
    if (!first || text === '') return text
    first = false
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  }
  for await (const piece of piecesOf(where, from)) {
    if (typeof piece === 'string') yield marked(piece)
    else if (ArrayBuffer.isView(piece)) yield marked(decode(piece))
    else throw new ArgumentError(expected(where, 'from', 'pieces of text or bytes', piece))
  }
  yield marked(decode(undefined))
}

function piecesOf(where: string, from: CsvSource): AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array> {
  if (typeof from === 'string' && (from === '' || /[\r\n]/.test(from))) return [from]
  if (typeof from === 'string' || ArrayBuffer.isView(from) || Object.prototype.toString.call(from) === '[object ArrayBuffer]') return bytesOf(where, from as Uint8Array)
  if (isBlob(from)) return bytesOf(where, from)
  if (typeof from === 'object' && from !== null) {
    if (Symbol.asyncIterator in from || Symbol.iterator in from) return from
    if (typeof (from as ReadableStreamLike).getReader === 'function') return ofStream(from as ReadableStreamLike)
  }
  throw new ArgumentError(expected(where, 'from', 'a path, text, bytes, a Blob or a stream', from))
}

async function* bytesOf(where: string, from: string | Uint8Array | BlobLike): AsyncGenerator<Uint8Array, void> {
  const source = await openBytes(where, from)
  try {
    for (let at = 0; at < source.size; at += pieceBytes) yield await source.read(at, Math.min(source.size, at + pieceBytes))
  } finally {
    await source.close()
  }
}

async function* ofStream(stream: ReadableStreamLike): AsyncGenerator<string | Uint8Array, void> {
  const reader = stream.getReader()
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) if (next.value !== undefined) yield next.value
  } finally {
    reader.releaseLock()
  }
}
