import type { Tensor } from '../../tensor'
import type { NumericArray } from '../backend'
import type { Heap } from './heap'

const kinds = { float32: Float32Array, int32: Int32Array }

/** Arrays over numbers in memory, made again only after it has grown or they are elsewhere. */
export const viewsOf = ({ memory }: Heap) => (dtype: Tensor['dtype'], address: () => number, length: number): (() => NumericArray) => {
  let view: NumericArray | undefined
  return () => {
    const at = address()
    if (view?.buffer !== memory.buffer || view.byteOffset !== at) view = new kinds[dtype](memory.buffer, at, length)
    return view
  }
}
