import { advance, beginWalk, innerSize, innerStride, offset } from './nest'

/** Few numbers are copied faster by a loop than by asking the engine to copy them. */
const shortRun: u32 = 32

@inline function copyRun(source: usize, target: usize, count: u32): void {
  if (count > shortRun) {
    memory.copy(target, source, count << 2)
    return
  }
  const end = target + (count << 2)
  for (; target + 16 <= end; target += 16, source += 16) v128.store(target, v128.load(source))
  for (; target < end; target += 4, source += 4) store<u32>(target, load<u32>(source))
}

/** A block from one strided place to another; numbers of either kind, as bits. */
export function copyBlock(source: usize, target: usize, nest: usize): void {
  const count = innerSize(nest, 2)
  const from = <usize>innerStride(nest, 2, 0) << 2
  const to = <usize>innerStride(nest, 2, 1) << 2
  beginWalk()
  do {
    let s = source + (offset(0) << 2)
    let t = target + (offset(1) << 2)
    if (from == 4 && to == 4) copyRun(s, t, count)
    else for (let i: u32 = 0; i < count; i++, s += from, t += to) store<u32>(t, load<u32>(s))
  } while (advance(nest, 2))
}
