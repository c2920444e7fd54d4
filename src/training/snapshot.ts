import type { Model } from '../models'

/** Every number of the model, kept aside; calling the result puts them back. */
export function snapshot(model: Model): () => void {
  const arrays = [
    ...[...model.weights.trained.values(), ...model.weights.statistics.values()].map((w) => w.values),
    ...[...model.tables.values()].map((t) => t.values),
  ]
  const copies = arrays.map((a) => a.slice())
  return () => arrays.forEach((a, i) => a.set(copies[i]))
}
