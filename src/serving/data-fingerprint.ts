import { ArgumentError, expected } from '../errors'
import type { EncodedRows } from '../features'
import { sha256Of } from './files'

/** What tells the data a model was trained on from any other. */
export interface DataFingerprint {
  readonly rows: number
  /** SHA-256 of all columns and labels, in hexadecimal. */
  readonly sha256: string
}

/**
 * The fingerprint of encoded rows: how many, and a SHA-256 of every id, number and label, columns in the order of their names.
 *
 * Rows encoded alike have the same fingerprint on every machine; one label more, or one row moved, has another.
 *
 * @throws ArgumentError when `rows` are none that a spec encoded
 * @example
 * ```ts
 * import { categorical, dataFingerprint, defineFeatures } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { topic: categorical({ scope: 'item' }) } }).fit([{ topic: 'cats' }, { topic: 'tax' }])
 * const [a, b] = await Promise.all([['cats', 'tax'], ['tax', 'cats']].map((topics) => dataFingerprint(spec.encode(topics.map((topic) => ({ topic }))))))
 * console.log(a.rows, a.sha256 === b.sha256) // 2 false
 * ```
 */
export async function dataFingerprint(rows: EncodedRows): Promise<DataFingerprint> {
  if (!Number.isSafeInteger(rows?.rows) || typeof rows.columns?.get !== 'function' || typeof rows.labels?.get !== 'function')
    throw new ArgumentError(expected('dataFingerprint', 'rows', 'rows encoded by a spec, as `encode` returns them', rows))
  return { rows: rows.rows, sha256: await sha256Of(contents(rows)) }
}

/** Every array with its place and size before it, so that nothing can move from one into the next unseen. */
function* contents({ rows, columns, labels }: EncodedRows): Generator<Uint8Array> {
  const byName = <V>(map: ReadonlyMap<string, V>) => [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))
  for (const [what, held] of [['column', columns], ['label', labels]] as const)
    for (const [name, column] of byName<object>(held))
      for (const [part, value] of Object.entries(column).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
        yield new TextEncoder().encode(JSON.stringify([rows, what, name, part, ArrayBuffer.isView(value) ? value.byteLength : value ?? null]))
        if (ArrayBuffer.isView(value)) yield new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      }
}
