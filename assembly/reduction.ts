import { advance, beginWalk, innerSize, innerStride, offset } from './nest'

/* Sums and maxima over some axes. Totals are kept in double precision until all numbers are in. */

export const enum Fold { Sum = 0, Mean = 1, Max = 2 }

@inline function low(x: v128): v128 {
  return f64x2.promote_low_f32x4(x)
}

@inline function high(x: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1))
}

/** The sum of `count` consecutive numbers. */
function sumRow(x: usize, count: u32): f64 {
  let s0 = f64x2.splat(0), s1 = f64x2.splat(0), s2 = f64x2.splat(0), s3 = f64x2.splat(0)
  let i: u32 = 0
  for (; i + 8 <= count; i += 8, x += 32) {
    const a = v128.load(x)
    const b = v128.load(x, 16)
    s0 = f64x2.add(s0, low(a))
    s1 = f64x2.add(s1, high(a))
    s2 = f64x2.add(s2, low(b))
    s3 = f64x2.add(s3, high(b))
  }
  const s = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3))
  let total = f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1)
  for (; i < count; i++, x += 4) total += <f64>load<f32>(x)
  return total
}

/** Adds `count` consecutive numbers to as many totals. */
function addRow(x: usize, totals: usize, count: u32): void {
  let i: u32 = 0
  for (; i + 4 <= count; i += 4, x += 16, totals += 32) {
    const a = v128.load(x)
    v128.store(totals, f64x2.add(v128.load(totals), low(a)))
    v128.store(totals, f64x2.add(v128.load(totals, 16), high(a)), 16)
  }
  for (; i < count; i++, x += 4, totals += 8) store<f64>(totals, load<f64>(totals) + <f64>load<f32>(x))
}

/** Adds `count` consecutive numbers of each of four rows that lie `rowBytes` apart, so that a total is read once for four. */
function addFourRows(x: usize, rowBytes: usize, totals: usize, count: u32): void {
  let i: u32 = 0
  for (; i + 4 <= count; i += 4, x += 16, totals += 32) {
    const a = v128.load(x)
    const b = v128.load(x + rowBytes)
    const c = v128.load(x + 2 * rowBytes)
    const d = v128.load(x + 3 * rowBytes)
    v128.store(totals, f64x2.add(v128.load(totals), f64x2.add(f64x2.add(low(a), low(b)), f64x2.add(low(c), low(d)))))
    v128.store(totals, f64x2.add(v128.load(totals, 16), f64x2.add(f64x2.add(high(a), high(b)), f64x2.add(high(c), high(d)))), 16)
  }
  for (; i < count; i++, x += 4, totals += 8)
    store<f64>(totals, load<f64>(totals) + ((<f64>load<f32>(x) + <f64>load<f32>(x + rowBytes)) + (<f64>load<f32>(x + 2 * rowBytes) + <f64>load<f32>(x + 3 * rowBytes))))
}

/** `[rows, columns]` summed over its rows. */
function sumColumns(x: usize, rows: u32, columns: u32, totals: usize): void {
  const rowBytes = <usize>columns << 2
  let row: u32 = 0
  for (; row + 4 <= rows; row += 4, x += 4 * rowBytes) addFourRows(x, rowBytes, totals, columns)
  for (; row < rows; row++, x += rowBytes) addRow(x, totals, columns)
}

/** One innermost loop: `count` numbers a stride apart, each into its total. */
function fold(kind: u32, x: usize, stride: usize, total: usize, totalStride: usize, count: u32): void {
  if (kind == Fold.Max) {
    for (let i: u32 = 0; i < count; i++, x += stride << 2, total += totalStride << 3) store<f64>(total, max(load<f64>(total), <f64>load<f32>(x)))
  } else if (totalStride == 0 && stride == 1) {
    store<f64>(total, load<f64>(total) + sumRow(x, count))
  } else if (totalStride == 1 && stride == 1) {
    addRow(x, total, count)
  } else {
    for (let i: u32 = 0; i < count; i++, x += stride << 2, total += totalStride << 3) store<f64>(total, load<f64>(total) + <f64>load<f32>(x))
  }
}

/** `outCount` totals of `x` along `nest` (strides of `x` and of the totals); a mean is over `span` numbers. `nest` is 0 for no numbers. */
export function reduce(kind: u32, x: usize, out: usize, totals: usize, outCount: u32, span: f64, nest: usize): void {
  if (kind == Fold.Max) {
    for (let i: u32 = 0; i < outCount; i++) store<f64>(totals + (i << 3), -Infinity)
  } else memory.fill(totals, 0, outCount << 3)
  if (nest) {
    const count = innerSize(nest, 2)
    const stride = innerStride(nest, 2, 0)
    const totalStride = innerStride(nest, 2, 1)
    // [size, stride of x, stride of the totals] of a loop over rows around a loop over columns.
    if (kind != Fold.Max && load<u32>(nest) == 2 && load<u32>(nest, 12) == 0 && load<u32>(nest, 8) == count && stride == 1 && totalStride == 1) {
      sumColumns(x, load<u32>(nest, 4), count, totals)
    } else {
      beginWalk()
      do fold(kind, x + (offset(0) << 2), stride, totals + (offset(1) << 3), totalStride, count)
      while (advance(nest, 2))
    }
  }
  if (kind == Fold.Mean) {
    for (let i: u32 = 0; i < outCount; i++) store<f32>(out + (i << 2), <f32>(load<f64>(totals + (i << 3)) / span))
  } else for (let i: u32 = 0; i < outCount; i++) store<f32>(out + (i << 2), <f32>load<f64>(totals + (i << 3)))
}
