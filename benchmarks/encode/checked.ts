import type { EncodedRows } from 'feedrank'
import type { Checked } from '../harness/benchmark'

export type Arrays = ReadonlyMap<string, Int32Array | Float32Array>

/** What was encoded, array by array; labels are called as they are. */
export function arraysOf({ columns, labels }: EncodedRows): Arrays {
  const arrays = new Map<string, Int32Array | Float32Array>()
  for (const [name, column] of columns) arrays.set(name, column.kind === 'dense' ? column.values : column.ids)
  for (const [name, { values }] of labels) arrays.set(name, values)
  return arrays
}

/** Of each array the sum, the sum of `(i mod 1009) · value`, which notices an order, and a few values. */
export function checked(arrays: Arrays): Checked {
  return Object.fromEntries(Array.from(arrays, ([name, values]) => {
    let sum = 0
    let ordered = 0
    for (let i = 0; i < values.length; i++) {
      sum += values[i]
      ordered += (i % 1009) * values[i]
    }
    return [name, [sum / values.length, ordered / values.length, ...values.slice(0, 8), ...values.slice(-8)]]
  }))
}
