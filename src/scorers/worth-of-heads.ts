import { ArgumentError, expected } from '../errors'

/** One number for each candidate, made by `worth` of what the heads say of it. @throws ArgumentError where it gives none */
export function worthOfHeads<Q, C>(
  where: string, heads: ReadonlyMap<string, ArrayLike<number>>, worth: (heads: Readonly<Record<string, number>>, c: C, q: Q) => unknown, cs: readonly C[], q: Q,
): Float64Array {
  const columns = [...heads]
  const out = new Float64Array(cs.length)
  for (let i = 0; i < out.length; i++) {
    // An object of its own for each, as the caller may keep it; field by field is quicker than from entries.
    const values: Record<string, number> = {}
    for (const [name, column] of columns) {
      if (name === '__proto__') Object.defineProperty(values, name, { value: column[i], enumerable: true })
      else values[name] = column[i]
    }
    const number = worth(values, cs[i], q)
    if (typeof number !== 'number') throw new ArgumentError(expected(where, 'score(heads)', `a number made of the heads ${columns.map(([name]) => name).join(', ')}`, number))
    out[i] = number
  }
  return out
}
