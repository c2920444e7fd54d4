@inline function transposeLow(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 4, 1, 5)
}

@inline function transposeHigh(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 2, 6, 3, 7)
}

/** Lanes that are not all there, one number at a time; what is beyond the last is zeros. */
function packSome(source: usize, laneStride: usize, depthStride: usize, lanes: usize, width: usize, depth: usize, target: usize, step: usize): void {
  for (let p: usize = 0; p < depth; p++, source += depthStride, target += step)
    for (let lane: usize = 0; lane < width; lane++) store<f32>(target + lane * 4, lane < lanes ? load<f32>(source + lane * laneStride) : 0)
}

/** Four lanes (rows of the left operand, columns of the right one) of `depth` positions. */
function packFour(source: usize, laneStride: usize, depthStride: usize, depth: usize, target: usize, step: usize): void {
  if (laneStride == 4) {
    for (let p: usize = 0; p < depth; p++, source += depthStride, target += step) v128.store(target, v128.load(source))
    return
  }
  let p: usize = 0
  const s1 = source + laneStride
  const s2 = s1 + laneStride
  const s3 = s2 + laneStride
  for (; p + 4 <= depth; p += 4, target += 4 * step) {
    const at = p * 4
    const r0 = v128.load(source + at)
    const r1 = v128.load(s1 + at)
    const r2 = v128.load(s2 + at)
    const r3 = v128.load(s3 + at)
    const low01 = transposeLow(r0, r1)
    const low23 = transposeLow(r2, r3)
    const high01 = transposeHigh(r0, r1)
    const high23 = transposeHigh(r2, r3)
    v128.store(target, v128.shuffle<i64>(low01, low23, 0, 2))
    v128.store(target + step, v128.shuffle<i64>(low01, low23, 1, 3))
    v128.store(target + 2 * step, v128.shuffle<i64>(high01, high23, 0, 2))
    v128.store(target + 3 * step, v128.shuffle<i64>(high01, high23, 1, 3))
  }
  packSome(source + p * 4, laneStride, 4, 4, 4, depth - p, target, step)
}

/** Two lanes of `depth` positions. */
function packTwo(source: usize, laneStride: usize, depthStride: usize, depth: usize, target: usize, step: usize): void {
  if (laneStride == 4) {
    for (let p: usize = 0; p < depth; p++, source += depthStride, target += step) store<u64>(target, load<u64>(source))
    return
  }
  let p: usize = 0
  const other = source + laneStride
  for (; p + 4 <= depth; p += 4, target += 4 * step) {
    const r0 = v128.load(source + p * 4)
    const r1 = v128.load(other + p * 4)
    const low = transposeLow(r0, r1)
    const high = transposeHigh(r0, r1)
    v128.store64_lane(target, low, 0)
    v128.store64_lane(target + step, low, 1)
    v128.store64_lane(target + 2 * step, high, 0)
    v128.store64_lane(target + 3 * step, high, 1)
  }
  packSome(source + p * 4, laneStride, 4, 2, 2, depth - p, target, step)
}

/**
 * Panels of `width` lanes each (a multiple of 2), one after the other, each in the order in which a tile reads it. Lanes
 * beyond the last are zeros. One of the strides is 4: matrices are dense.
 */
export function pack(source: usize, laneStride: usize, depthStride: usize, lanes: usize, depth: usize, width: usize, target: usize): void {
  const step = width * 4
  for (let lane: usize = 0; lane < lanes; lane += width, target += depth * step) {
    for (let part: usize = 0; part < width;) {
      const from = source + (lane + part) * laneStride
      const at = target + part * 4
      const wide: usize = part + 4 <= width ? 4 : 2
      const left = lane + part < lanes ? lanes - lane - part : 0
      if (left < wide) packSome(from, laneStride, depthStride, left, wide, depth, at, step)
      else if (wide == 4) packFour(from, laneStride, depthStride, depth, at, step)
      else packTwo(from, laneStride, depthStride, depth, at, step)
      part += wide
    }
  }
}
