/** Keeps the best `k` of what is offered: higher scores first, equal ones by lower `order`. */
export interface TopK {
  /** Nothing with a lower score than this would be kept: the worst score once there are `k`, −∞ before. */
  readonly floor: () => number
  readonly offer: (score: number, order: number, row: number) => void
  /** What was kept, best first; ends the use of this object. */
  readonly drain: () => { readonly rows: Int32Array; readonly scores: Float64Array }
}

/** A heap of at most `k` entries with the worst on top. */
export function topK(k: number): TopK {
  const scores = new Float64Array(k)
  const orders = new Float64Array(k)
  const rows = new Int32Array(k)
  let size = 0

  const worse = (a: number, b: number): boolean => scores[a] < scores[b] || (scores[a] === scores[b] && orders[a] > orders[b])
  const swap = (a: number, b: number): void => {
    const [score, order, row] = [scores[a], orders[a], rows[a]]
    scores[a] = scores[b]
    orders[a] = orders[b]
    rows[a] = rows[b]
    scores[b] = score
    orders[b] = order
    rows[b] = row
  }
  const sink = (at: number, end: number): void => {
    for (;;) {
      let worst = at
      for (let child = 2 * at + 1; child <= 2 * at + 2 && child < end; child++) if (worse(child, worst)) worst = child
      if (worst === at) return
      swap(at, worst)
      at = worst
    }
  }
  const put = (at: number, score: number, order: number, row: number): void => {
    scores[at] = score
    orders[at] = order
    rows[at] = row
  }

  return {
    floor: () => (size < k ? -Infinity : scores[0]),
    offer(score, order, row) {
      if (size < k) {
        put(size++, score, order, row)
        for (let at = size - 1, parent = (at - 1) >> 1; at > 0 && worse(at, parent); at = parent, parent = (at - 1) >> 1) swap(at, parent)
      } else if (k > 0 && (score > scores[0] || (score === scores[0] && order < orders[0]))) {
        put(0, score, order, row)
        sink(0, k)
      }
    },
    drain() {
      for (let end = size - 1; end > 0; end--) {
        swap(0, end)
        sink(0, end)
      }
      return { rows: rows.slice(0, size), scores: scores.slice(0, size) }
    },
  }
}
