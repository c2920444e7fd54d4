import { DataError, show } from '../errors'
import type { Model } from '../models'

/** Throws when a number of the model is not finite: the last step may have overflowed it, and no gradient follows to tell. */
export function checkFinite({ weights, tables }: Model): void {
  const named = [
    ...[...weights.trained, ...weights.statistics].map(([name, { values }]) => ({ name, values })),
    ...tables.values(),
  ]
  for (const { name, values } of named) {
    for (let i = 0; i < values.length; i++)
      if (!Number.isFinite(values[i]))
        throw new DataError(`feedrank/fit: expected ${show(name)} to stay finite, got ${values[i]} at position ${i} of ${values.length}: training diverged; a lower \`learningRate\` or a \`clipNorm\` may hold it`)
  }
}
