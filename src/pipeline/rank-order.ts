/** Runs this short are sorted by insertion before any are merged. */
const shortRun = 8

/** Indices into `scores`, best first; ties keep their order, non-finite scores come last in theirs. */
export function rankOrder(scores: ArrayLike<number>): Int32Array {
  const n = scores.length
  const order = new Int32Array(n)
  let finite = 0
  for (let i = 0; i < n; i++) if (Number.isFinite(scores[i])) order[finite++] = i
  let last = finite
  for (let i = 0; last < n; i++) if (!Number.isFinite(scores[i])) order[last++] = i
  sortDescending(order.subarray(0, finite), scores)
  return order
}

/** A stable bottom-up merge sort of `order` by score, best first: no comparator to call, so about three times as fast as `sort`. */
function sortDescending(order: Int32Array, scores: ArrayLike<number>): void {
  const n = order.length
  for (let low = 0; low < n; low += shortRun) {
    const high = Math.min(low + shortRun, n)
    for (let i = low + 1; i < high; i++) {
      const index = order[i]
      const score = scores[index]
      let j = i - 1
      for (; j >= low && scores[order[j]] < score; j--) order[j + 1] = order[j]
      order[j + 1] = index
    }
  }
  let from: Int32Array = order
  let to: Int32Array = new Int32Array(n)
  for (let width = shortRun; width < n; width *= 2) {
    for (let low = 0; low < n; low += 2 * width) {
      const middle = Math.min(low + width, n)
      const high = Math.min(low + 2 * width, n)
      let a = low
      let b = middle
      for (let k = low; k < high; k++) to[k] = b >= high || (a < middle && scores[from[a]] >= scores[from[b]]) ? from[a++] : from[b++]
    }
    const sorted = to
    to = from
    from = sorted
  }
  if (from !== order) order.set(from)
}
