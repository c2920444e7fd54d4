/*
 * The kernels behind the `wasm` backend, and the loop that runs a compiled program: a tape of steps in memory, each a
 * step code, its length in words, and its arguments. src/backends/wasm writes the tape and gives every value its place.
 *
 * Nothing here allocates. Addresses are in bytes, sizes and strides in elements unless said otherwise.
 */
import { arrive, wait } from './barrier'
import { elementwise, instructionBytes, slotBytes } from './elementwise'
import { gatherRows, sumSegments } from './indexing'
import { copyBlock } from './layout'
import { quantizedMatmul } from './quantized'
import { reduce } from './reduction'
import { softmaxRows } from './softmax'

export { setMaySleep } from './barrier'
export { quantizedScratch } from './quantized'

const enum Step { Elementwise = 0, Matmul, Reduce, Softmax, Copy, Fill, Gather, SegmentSum, Barrier, QuantizedMatmul }

/** Where memory that the kernels do not use themselves begins. */
export function heapBase(): usize {
  return __heap_base
}

/** After a failed run, the position of the row number that lies outside its table. */
export let failedPosition: i32 = -1

/** The product of matrices of assembly/products. */
@external('products', 'matmul')
declare function matmul(
  a: usize, aRow: usize, aStep: usize, b: usize, bColumn: usize, bStep: usize, packed: bool, c: usize,
  m: usize, n: usize, k: usize, bias: usize, activation: u32, scratch: usize,
): void

@inline function word(step: usize, i: usize): u32 {
  return load<u32>(step + 8 + (i << 2))
}

function runMatmul(step: usize): void {
  const a = word(step, 0) + word(step, 1)
  const c = word(step, 8) + word(step, 9)
  const count = word(step, 19)
  for (let i: u32 = 0; i < count; i++)
    matmul(
      a + i * word(step, 16), word(step, 2), word(step, 3), word(step, 4) + i * word(step, 17), word(step, 5), word(step, 6), word(step, 7) != 0,
      c + i * word(step, 18), word(step, 10), word(step, 11), word(step, 12), word(step, 13), word(step, 14), word(step, 15),
    )
}

/** Whether a run ended at a meeting where the others have not come; `resume` goes on from there. */
export let waiting: bool = false

/** Goes on from the meeting at `step`, once the others have come. */
export function resume(step: usize, end: usize): usize {
  waiting = !wait(word(step, 0))
  return waiting ? step : run(step + (<usize>load<u32>(step, 4) << 2), end)
}

/** Runs the steps from `step` to `end`; gives 0, or the address of the step that failed or waits. */
export function run(step: usize, end: usize): usize {
  for (; step < end; step += <usize>load<u32>(step, 4) << 2) {
    switch (load<u32>(step)) {
      case Step.Elementwise: {
        const slots = step + 24
        const instructions = slots + <usize>word(step, 2) * slotBytes
        elementwise(word(step, 0), word(step, 1), slots, word(step, 2), instructions, word(step, 3))
        break
      }
      case Step.Matmul: runMatmul(step); break
      case Step.Reduce: reduce(word(step, 0), word(step, 1), word(step, 2), word(step, 3), word(step, 4), word(step, 5), word(step, 6)); break
      case Step.Softmax: softmaxRows(word(step, 0), word(step, 1), word(step, 2), word(step, 3), word(step, 4) != 0); break
      case Step.Copy: copyBlock(word(step, 0) + word(step, 1), word(step, 2) + word(step, 3), word(step, 4)); break
      case Step.Fill: memory.fill(word(step, 0), 0, word(step, 1)); break
      case Step.Gather:
        failedPosition = gatherRows(word(step, 0), word(step, 1), word(step, 2), word(step, 3), word(step, 4), word(step, 5))
        if (failedPosition >= 0) return step
        break
      case Step.SegmentSum:
        failedPosition = sumSegments(word(step, 0), word(step, 1), word(step, 2), word(step, 3), word(step, 4), word(step, 5), word(step, 6))
        if (failedPosition >= 0) return step
        break
      case Step.QuantizedMatmul:
        quantizedMatmul(
          word(step, 0) + word(step, 1), word(step, 2) + word(step, 3), word(step, 4), word(step, 5), word(step, 6),
          word(step, 7), word(step, 8), word(step, 9), word(step, 10), word(step, 11), word(step, 12),
        )
        break
      case Step.Barrier:
        waiting = !arrive(word(step, 0), word(step, 1)) && !wait(word(step, 0))
        if (waiting) return step
    }
  }
  return 0
}
