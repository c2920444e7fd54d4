import { exp4, log4, sigmoid4, softplus4, tanh4 } from './math'

/*
 * A chain of elementwise operations over one shape, run block by block: every instruction goes over a block of about a
 * thousand numbers before the next one does, so what lies between them never leaves the innermost cache, and one call
 * serves any chain.
 *
 * Operands are slots. A slot is four words: the address of the current block, the kind, the address of the whole array,
 * and for a stretched array its nest; a periodic one is stretched once, as it looks the same in every block. Arrays are padded to whole vectors,
 * so no loop has a remainder.
 */
const enum Slot { Temporary = 0, Contiguous = 1, Scalar = 2, Stretched = 3, Periodic = 4 }

export const slotBytes: usize = 16
export const instructionBytes: usize = 20

export const enum Code {
  Copy = 0, Negate, Exp, Log, Sqrt, Abs, Relu, Sigmoid, Tanh, Softplus, ToInt, ToFloat,
  Add, Subtract, Multiply, Divide, Maximum, Minimum, Greater, Equal, GreaterInt, EqualInt, Where,
}

@inline function one(): v128 {
  return f32x4.splat(1)
}

@inline function apply(code: u32, d: usize, a: usize, b: usize, c: usize, bytes: usize): void {
  const end = d + bytes
  switch (code) {
    case Code.Copy: memory.copy(d, a, bytes); return
    case Code.Negate: for (; d < end; d += 16, a += 16) v128.store(d, f32x4.neg(v128.load(a))); return
    case Code.Exp: for (; d < end; d += 16, a += 16) v128.store(d, exp4(v128.load(a))); return
    case Code.Log: for (; d < end; d += 16, a += 16) v128.store(d, log4(v128.load(a))); return
    case Code.Sqrt: for (; d < end; d += 16, a += 16) v128.store(d, f32x4.sqrt(v128.load(a))); return
    case Code.Abs: for (; d < end; d += 16, a += 16) v128.store(d, f32x4.abs(v128.load(a))); return
    case Code.Relu: for (; d < end; d += 16, a += 16) v128.store(d, f32x4.pmax(v128.load(a), f32x4.splat(0))); return
    case Code.Sigmoid: for (; d < end; d += 16, a += 16) v128.store(d, sigmoid4(v128.load(a))); return
    case Code.Tanh: for (; d < end; d += 16, a += 16) v128.store(d, tanh4(v128.load(a))); return
    case Code.Softplus: for (; d < end; d += 16, a += 16) v128.store(d, softplus4(v128.load(a))); return
    case Code.ToInt: for (; d < end; d += 16, a += 16) v128.store(d, i32x4.trunc_sat_f32x4_s(v128.load(a))); return
    case Code.ToFloat: for (; d < end; d += 16, a += 16) v128.store(d, f32x4.convert_i32x4_s(v128.load(a))); return
    case Code.Add: for (; d < end; d += 16, a += 16, b += 16) v128.store(d, f32x4.add(v128.load(a), v128.load(b))); return
    case Code.Subtract: for (; d < end; d += 16, a += 16, b += 16) v128.store(d, f32x4.sub(v128.load(a), v128.load(b))); return
    case Code.Multiply: for (; d < end; d += 16, a += 16, b += 16) v128.store(d, f32x4.mul(v128.load(a), v128.load(b))); return
    case Code.Divide: for (; d < end; d += 16, a += 16, b += 16) v128.store(d, f32x4.div(v128.load(a), v128.load(b))); return
    case Code.Maximum: for (; d < end; d += 16, a += 16, b += 16) v128.store(d, f32x4.max(v128.load(a), v128.load(b))); return
    case Code.Minimum: for (; d < end; d += 16, a += 16, b += 16) v128.store(d, f32x4.min(v128.load(a), v128.load(b))); return
    case Code.Greater: for (; d < end; d += 16, a += 16, b += 16) v128.store(d, v128.and(f32x4.gt(v128.load(a), v128.load(b)), one())); return
    case Code.Equal: for (; d < end; d += 16, a += 16, b += 16) v128.store(d, v128.and(f32x4.eq(v128.load(a), v128.load(b)), one())); return
    case Code.GreaterInt: for (; d < end; d += 16, a += 16, b += 16) v128.store(d, v128.and(i32x4.gt_s(v128.load(a), v128.load(b)), one())); return
    case Code.EqualInt: for (; d < end; d += 16, a += 16, b += 16) v128.store(d, v128.and(i32x4.eq(v128.load(a), v128.load(b)), one())); return
    case Code.Where:
      for (; d < end; d += 16, a += 16, b += 16, c += 16)
        v128.store(d, v128.bitselect(v128.load(b), v128.load(c), f32x4.ne(v128.load(a), f32x4.splat(0))))
  }
}

/** Fills whole vectors with one number. */
function splat(target: usize, value: v128, bytes: usize): void {
  for (const end = target + bytes; target < end; target += 16) v128.store(target, value)
}

/** Elements `start` to `start + count` of an array as it appears once stretched by its nest. */
function stretch(source: usize, nest: usize, start: u32, count: u32, target: usize): void {
  const loops = load<u32>(nest)
  const inner = load<u32>(nest + 4 + (loops - 1) * 8)
  const stride = load<u32>(nest + 8 + (loops - 1) * 8)
  let run = start / inner
  let within = start - run * inner
  while (count > 0) {
    let rest = run
    let offset: u32 = 0
    for (let axis = <i32>loops - 2; axis > 0; axis--) {
      const size = load<u32>(nest + 4 + axis * 8)
      const quotient = rest / size
      offset += (rest - quotient * size) * load<u32>(nest + 8 + axis * 8)
      rest = quotient
    }
    if (loops > 1) offset += rest * load<u32>(nest + 8)
    const taken = min(inner - within, count)
    const from = source + ((offset + within * stride) << 2)
    const end = target + (taken << 2)
    if (stride == 0) {
      const value = load<f32>(from)
      const vector = f32x4.splat(value)
      for (; target + 16 <= end; target += 16) v128.store(target, vector)
      for (; target < end; target += 4) store<f32>(target, value)
    } else {
      let at = from
      for (; target + 16 <= end; target += 16, at += 16) v128.store(target, v128.load(at))
      for (; target < end; target += 4, at += 4) store<f32>(target, load<f32>(at))
    }
    count -= taken
    within = 0
    run++
  }
}

/**
 * `count` elements in blocks of `block`, a multiple of 4; then slots and instructions as said above. An instruction is a
 * code and the addresses of its slots.
 */
export function elementwise(count: u32, block: u32, slots: usize, slotCount: u32, instructions: usize, instructionCount: u32): void {
  const slotsEnd = slots + <usize>slotCount * slotBytes
  const instructionsEnd = instructions + <usize>instructionCount * instructionBytes
  const first = min(count, block)
  for (let slot = slots; slot < slotsEnd; slot += slotBytes) {
    const kind = load<u32>(slot, 4)
    if (kind == Slot.Scalar) splat(load<usize>(slot), v128.load32_splat(load<usize>(slot, 8)), ((first + 3) & ~3) << 2)
    else if (kind == Slot.Periodic) stretch(load<usize>(slot, 8), load<usize>(slot, 12), 0, first, load<usize>(slot))
  }
  for (let start: u32 = 0; start < count; start += block) {
    const length = min(block, count - start)
    for (let slot = slots; slot < slotsEnd; slot += slotBytes) {
      const kind = load<u32>(slot, 4)
      if (kind == Slot.Contiguous) store<usize>(slot, load<usize>(slot, 8) + (start << 2))
      else if (kind == Slot.Stretched) stretch(load<usize>(slot, 8), load<usize>(slot, 12), start, length, load<usize>(slot))
    }
    const bytes = ((length + 3) & ~3) << 2
    for (let at = instructions; at < instructionsEnd; at += instructionBytes)
      apply(load<u32>(at), load<usize>(load<usize>(at, 4)), load<usize>(load<usize>(at, 8)), load<usize>(load<usize>(at, 12)), load<usize>(load<usize>(at, 16)), bytes)
  }
}
