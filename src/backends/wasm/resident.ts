import { ArgumentError, BackendError, expected } from '../../errors'
import { elements } from '../../tensor/shape'
import type { NumericArray, ResidentArray } from '../backend'
import type { Heap } from './heap'
import { viewsOf } from './views'

/** Arrays in wasm memory that callers keep, `limit` bytes of them at most: programs must find room as well. */
export function residentArrays(heap: Heap, limit: number) {
  let taken = 0
  function allocate(shape: readonly number[], dtype?: 'float32'): ResidentArray<Float32Array>
  function allocate(shape: readonly number[], dtype: 'int32'): ResidentArray<Int32Array>
  function allocate(shape: readonly number[], dtype: 'float32' | 'int32' = 'float32'): ResidentArray {
    if (!Array.isArray(shape) || !shape.every((size) => Number.isInteger(size) && size >= 0))
      throw new ArgumentError(expected('allocate', 'shape', 'sizes, whole numbers from 0 up', shape))
    if (dtype !== 'float32' && dtype !== 'int32') throw new ArgumentError(expected('allocate', 'dtype', "'float32' or 'int32'", dtype))
    const length = elements(shape)
    if (taken + length * 4 > limit)
      throw new BackendError(`feedrank/allocate: expected at most ${limit / 2 ** 20} MiB of arrays, half the memory of the backend, got ${(taken + length * 4) / 2 ** 20}`)
    const zeros = heap.untouched()
    const address = heap.take(length * 4)
    taken += length * 4
    const view = viewsOf(heap)(dtype, () => address, length)
    // What is zeros already is not written to: systems give memory when it is.
    view().subarray(0, Math.max(0, (zeros - address) / 4)).fill(0)
    let freed = false
    const live = (): NumericArray => {
      if (freed) throw new BackendError('feedrank/allocate: this array was freed')
      return view()
    }
    return {
      shape: [...shape],
      get data() {
        return live()
      },
      free() {
        if (freed) return
        freed = true
        taken -= length * 4
        heap.give(address)
      },
    }
  }
  return allocate
}
