import { BackendError } from '../../errors'
import type { LoopNest } from '../javascript/loops'
import type { Elsewhere, Place } from './places'

/** The steps of assembly/index.ts. */
export const steps = { elementwise: 0, matmul: 1, reduce: 2, softmax: 3, copy: 4, fill: 5, gather: 6, segmentSum: 7, barrier: 8, quantizedMatmul: 9 } as const

/** As many loops as assembly/nest.ts has room for. */
const maxLoops = 16

/** A word of a step: a number, an address, or the place of another word of the same step. */
export type Word = number | Place | Elsewhere | { readonly word: number }

/** A compiled program as the kernels read it: 32-bit words, addresses filled in once places have theirs. */
export interface Tape {
  /** Adds a step; gives the index of its first word. */
  readonly step: (code: number, words: readonly Word[]) => number
  readonly bytes: () => number
  /** All words, for a tape at `address` and places within a block at `block`. */
  readonly write: (address: number, block: number) => Uint32Array
  /** The indices of the words that hold where something is. */
  readonly wordsOf: (place: Elsewhere) => readonly number[]
}

export function createTape(): Tape {
  const words: number[] = []
  const places: { readonly at: number; readonly place: Place | Elsewhere }[] = []
  const inner: { readonly at: number; readonly to: number }[] = []
  return {
    step(code, given) {
      const start = words.length
      words.push(code, given.length + 2)
      given.forEach((word) => {
        if (typeof word === 'number') words.push(word)
        else {
          if ('word' in word) inner.push({ at: words.length, to: start + 2 + word.word })
          else places.push({ at: words.length, place: word })
          words.push(0)
        }
      })
      return start
    },
    bytes: () => words.length * 4,
    write(address, block) {
      const out = Uint32Array.from(words)
      for (const { at, place } of places) out[at] = 'address' in place ? place.address : block + place.offset
      for (const { at, to } of inner) out[at] = address + to * 4
      return out
    },
    wordsOf: (elsewhere) => places.flatMap(({ at, place }) => (place === elsewhere ? [at] : [])),
  }
}

/** A nest of loops as assembly/nest.ts reads it, over the first `arrays` of its arrays. */
export function nestWords({ sizes, strides }: LoopNest, arrays: number): number[] {
  if (sizes.length > maxLoops) throw new BackendError(`feedrank/wasm: expected at most ${maxLoops} axes that do not join, got ${sizes.length}`)
  return [sizes.length, ...sizes.flatMap((size, axis) => [size, ...strides.slice(0, arrays).map((s) => s[axis])])]
}
