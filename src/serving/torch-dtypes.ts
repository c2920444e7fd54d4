import type { Dtype } from './safetensors'

/** The dtypes that become float32; the others are counters and masks. */
export const floats: readonly Dtype[] = ['F32', 'F16', 'BF16', 'F64']

/** Little-endian numbers of a float dtype as float32; those of F64 are rounded, and may become infinite. */
export function toFloat32(bytes: Uint8Array, dtype: Dtype, count: number): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const out = new Float32Array(count)
  const bits = new Uint32Array(out.buffer)
  for (let i = 0; i < count; i++) {
    if (dtype === 'F64') out[i] = view.getFloat64(8 * i, true)
    else if (dtype === 'F32') bits[i] = view.getUint32(4 * i, true)
    else if (dtype === 'BF16') bits[i] = view.getUint16(2 * i, true) << 16
    else out[i] = half(view.getUint16(2 * i, true))
  }
  return out
}

/** A number of IEEE 754 binary16: one bit of sign, five of exponent (bias 15), ten of fraction. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
