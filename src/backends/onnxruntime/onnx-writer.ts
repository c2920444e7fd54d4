import type { Dimension } from '../../tensor'

/**
 * Writes an ONNX model: a protobuf message, built from the inside out.
 *
 * Only what the lowering uses is here. Field numbers are those of the public schema, `onnx/onnx.proto`; the name of
 * each message is given where it is written. Typed arrays are copied as they lie in memory, which is little-endian on
 * every platform that onnxruntime supports, as the format asks.
 */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[]
  readonly constants: readonly OnnxTensor[]
  readonly inputs: readonly OnnxValue[]
  readonly outputs: readonly OnnxValue[]
}

/** One operator, of ONNX's own domain unless it says so. */
export interface OnnxNode {
  readonly operator: string
  readonly domain?: typeof microsoft
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, OnnxAttribute>>
}

/** Numbers are written as integers, the only kind of number the operators used here take as an attribute. */
export type OnnxAttribute = number | string | readonly number[]

export interface OnnxTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Float32Array | Int32Array | BigInt64Array | Int8Array | Uint8Array
}

/** The declared type of a graph input or output; a named size becomes a symbolic one. */
export interface OnnxValue {
  readonly name: string
  readonly type: OnnxType
  readonly shape: readonly Dimension[]
}

export type OnnxType = keyof typeof typeCodes

/** `TensorProto.DataType` */
export const typeCodes = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9 } as const

/** onnxruntime's own operators, which it has had in version 1 since it began. */
export const microsoft = 'com.microsoft'

/** Operators are those of opset 18, which onnxruntime has run since 1.14; IR version 8 belongs to it. */
const opset = 18
const irVersion = 8

/** The bytes of a model (`ModelProto`). */
export function writeOnnx({ nodes, constants, inputs, outputs }: OnnxGraph): Uint8Array {
  const graph = message(
    nodes.map((node) => bytes(1, nodeProto(node))),
    text(2, 'feedrank'),
    constants.map((tensor) => bytes(5, tensorProto(tensor))),
    inputs.map((value) => bytes(11, valueInfoProto(value))),
    outputs.map((value) => bytes(12, valueInfoProto(value))),
  )
  return message(
    integer(1, irVersion), text(2, 'feedrank'), bytes(7, graph), bytes(8, message(text(1, ''), integer(2, opset))),
    nodes.some(({ domain }) => domain === microsoft) ? bytes(8, message(text(1, microsoft), integer(2, 1))) : [])
}

const nodeProto = ({ operator, domain, inputs, outputs, attributes }: OnnxNode) =>
  message(
    inputs.map((name) => text(1, name)),
    outputs.map((name) => text(2, name)),
    text(4, operator),
    domain ? text(7, domain) : [],
    Object.entries(attributes).map(([name, value]) => bytes(5, attributeProto(name, value))),
  )

/** `AttributeProto`; field 20 says which of the value fields counts: 2 is INT, 3 is STRING, 7 is INTS. */
function attributeProto(name: string, value: OnnxAttribute): Uint8Array {
  if (typeof value === 'number') return message(text(1, name), integer(3, value), integer(20, 2))
  if (typeof value === 'string') return message(text(1, name), text(4, value), integer(20, 3))
  return message(text(1, name), value.map((v) => integer(8, v)), integer(20, 7))
}

function tensorProto({ name, shape, data }: OnnxTensor): Uint8Array {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return message(shape.map((d) => integer(1, d)), integer(2, typeCodeOf(data)), text(8, name), bytes(9, raw))
}

function typeCodeOf(data: OnnxTensor['data']): number {
  if (data instanceof Float32Array) return typeCodes.float32
  if (data instanceof Int32Array) return typeCodes.int32
  if (data instanceof BigInt64Array) return typeCodes.int64
  return data instanceof Int8Array ? typeCodes.int8 : typeCodes.uint8
}

/** `ValueInfoProto` › `TypeProto` › `TypeProto.Tensor` › `TensorShapeProto` › `Dimension`, each the only field of the one before. */
function valueInfoProto({ name, type, shape }: OnnxValue): Uint8Array {
  const dimensions = shape.map((d) => bytes(1, message(typeof d === 'number' ? integer(1, d) : text(2, d))))
  const tensorType = message(integer(1, typeCodes[type]), bytes(2, message(dimensions)))
  return message(text(1, name), bytes(2, message(bytes(1, tensorType))))
}

/** A field, or several, already encoded; a message is its fields one after the other. */
export type Field = Uint8Array | readonly Field[]

export function message(...fields: readonly Field[]): Uint8Array {
  const parts: Uint8Array[] = []
  const collect = (field: Field): void => {
    if (field instanceof Uint8Array) parts.push(field)
    else field.forEach(collect)
  }
  collect(fields)
  const whole = new Uint8Array(parts.reduce((n, part) => n + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

const encoder = new TextEncoder()

/** A length-delimited field (wire type 2): a string, bytes or a message within the message. */
export const bytes = (field: number, content: Uint8Array): Field => [varint(field * 8 + 2), varint(content.length), content]
export const text = (field: number, content: string): Field => bytes(field, encoder.encode(content))
/** An integer field (wire type 0). */
const integer = (field: number, value: number): Field => [varint(field * 8), varint(value)]

/** Seven bits a byte, lowest first, the high bit set on all but the last; negative numbers as 64-bit two's complement. */
function varint(value: number): Uint8Array {
  if (value >= 0 && value < 128) return Uint8Array.of(value)
  const out: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest >= 128n) {
    out.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  out.push(Number(rest))
  return Uint8Array.from(out)
}
