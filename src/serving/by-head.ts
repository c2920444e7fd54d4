/** Something for each of some heads: an object, or a map such as `model.saved.calibrators`. */
export type ByHead<Value> = Readonly<Record<string, Value>> | ReadonlyMap<string, Value>

export const headEntries = <Value>(given: ByHead<Value>): [string, Value][] =>
  (given instanceof Map ? [...given as ReadonlyMap<string, Value>] : Object.entries(given))
