import { ShapeError, show } from '../errors'
import type { Tensor } from '../tensor'
import { elements, showShape } from '../tensor/shape'
import type { NumericArray, OutputBuffers } from './backend'

/** The array an output is written to: the caller's, once checked, or a new one. */
export function outputArray(name: string, tensor: Tensor, shape: readonly number[], into: OutputBuffers | undefined): NumericArray {
  const given = into && Object.hasOwn(into, name) ? into[name] : undefined
  const kind = tensor.dtype === 'float32' ? Float32Array : Int32Array
  if (given === undefined) return new kind(elements(shape))
  if (!(given instanceof kind) || given.length !== elements(shape))
    throw new ShapeError(`feedrank/run: expected \`into\` for output '${name}' to be a ${kind.name} of shape ${showShape(shape)}, got ${show(given)}`)
  return given
}
