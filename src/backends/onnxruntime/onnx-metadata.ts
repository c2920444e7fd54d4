import { bytes, message, text, type Field } from './onnx-writer'

/** What a model file says of itself beside its graph. */
export interface OnnxMetadata {
  readonly documentation?: string
  /** The version of what made it. */
  readonly producerVersion?: string
  readonly properties: readonly (readonly [key: string, value: string])[]
}

/**
 * The bytes of a model with metadata: further fields of `ModelProto`, which may stand after those that are there. Field
 * numbers are those of `onnx/onnx.proto`: 3 producer_version, 6 doc_string, 14 metadata_props (`StringStringEntryProto`).
 */
export function withMetadata(model: Uint8Array, { documentation, producerVersion, properties }: OnnxMetadata): Uint8Array {
  const fields: Field[] = properties.map(([key, value]) => bytes(14, message(text(1, key), text(2, value))))
  return message(model, producerVersion === undefined ? [] : text(3, producerVersion), documentation === undefined ? [] : text(6, documentation), fields)
}
