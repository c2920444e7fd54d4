import { ModelFileError, show } from '../errors'
import { quoted, sha256OfText } from './files'

/** The text of a record with its own checksum last: laid out for people as a file of its own, compact within another. */
export async function sealedText(record: object, indent: 0 | 2): Promise<string> {
  return laidOut(record, await sha256OfText(JSON.stringify(record)), indent)
}

/** A record that was read, not yet held against its checksum: what format it has is asked first. */
export interface Sealed {
  readonly record: Readonly<Record<string, unknown>>
  /** Throws a ModelFileError unless the text is byte for byte what was written, but for line ends, which tools for versions change. */
  readonly check: () => Promise<void>
}

/**
 * The record in a text that {@link sealedText} wrote.
 *
 * @throws ModelFileError when it is no JSON
 */
export function unseal(where: string, path: string, bytes: Uint8Array, indent: 0 | 2): Sealed {
  const wrong = (what: string, cause?: unknown) => new ModelFileError(`feedrank/${where}: ${quoted(path)} ${what}`, { cause })
  let text: string
  let json: unknown
  try {
    // A byte order mark is a difference like any other.
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    json = JSON.parse(text)
  } catch (cause) {
    throw wrong('is cut short or is not JSON', cause)
  }
  const { sha256, ...record } = (isRecord(json) ? json : {}) as { readonly sha256?: unknown }
  return {
    record,
    async check() {
      const checksum = await sha256OfText(JSON.stringify(record))
      if (checksum !== sha256) throw wrong(`was altered: expected SHA-256 ${show(sha256)}, got ${checksum}`)
      if (text.replaceAll('\r\n', '\n') !== laidOut(record, checksum, indent)) throw wrong('was altered: its text is laid out otherwise than it was written')
    },
  }
}

const laidOut = (record: object, sha256: string, indent: 0 | 2): string => `${JSON.stringify({ ...record, sha256 }, null, indent)}${indent === 0 ? '' : '\n'}`

export const isRecord = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)
