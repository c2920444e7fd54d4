import type { Node } from '../../tensor'
import type { Heap } from './heap'

/** What a program knows before its first run, in wasm memory once, whatever sizes it is run with. */
export interface Constants {
  /** The address of what `owner` keeps under `name`; where that is new, `fill` writes its `bytes` there. */
  readonly at: (owner: object, name: string, bytes: number, fill: (address: number) => void) => number
  readonly release: () => void
}

export function createConstants(heap: Heap): Constants {
  const kept = new Map<object, Map<string, number>>()
  return {
    at(owner, name, bytes, fill) {
      const own = kept.get(owner) ?? new Map<string, number>()
      kept.set(owner, own)
      let address = own.get(name)
      if (address !== undefined) return address
      address = heap.take(bytes)
      try {
        fill(address)
      } catch (error) {
        heap.give(address)
        throw error
      }
      own.set(name, address)
      return address
    },
    release() {
      for (const own of kept.values()) for (const address of own.values()) heap.give(address)
      kept.clear()
    },
  }
}

/** Numbers into memory at an address. */
export function write({ memory }: Heap, address: number, numbers: Int16Array | Int32Array | Float32Array): void {
  new Uint8Array(memory.buffer, address, numbers.byteLength).set(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength))
}

/** The numbers of a constant, as they are in memory. */
export function numbersOf({ dtype, attributes: { values } }: Node<'constant'>): Int32Array | Float32Array {
  if (ArrayBuffer.isView(values)) return values
  return dtype === 'int32' ? Int32Array.from(values) : Float32Array.from(values)
}
