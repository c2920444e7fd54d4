/** `true` for the first candidate of each key, in order, and for every candidate without one. */
export function firstOfEach<C>(cs: readonly C[], key: (c: C) => unknown): boolean[] {
  const met = new Set<unknown>()
  return cs.map((c) => {
    const one = key(c)
    if (one === undefined || one === null) return true
    if (met.has(one)) return false
    met.add(one)
    return true
  })
}
