import type { Benchmark, Checked } from './benchmark'

/** Where two variants computed something else, one line a name; none where they agree. */
export function disagreements(ours: Checked, theirs: Checked, { relative, absolute }: Benchmark['tolerance']): string[] {
  const names = new Set([...Object.keys(ours), ...Object.keys(theirs)])
  return [...names].flatMap((name) => {
    const a = ours[name]
    const b = theirs[name]
    if (a === undefined || b === undefined) return [`  ${name}: computed by one of the two only`]
    if (a.length !== b.length) return [`  ${name}: ${a.length} values and ${b.length}`]
    // Written so that NaN disagrees.
    const i = a.findIndex((value, j) => !(Math.abs(value - b[j]) <= absolute + relative * Math.abs(b[j])))
    return i < 0 ? [] : [`  ${name}[${i}]: ${a[i]} and ${b[i]}`]
  })
}
