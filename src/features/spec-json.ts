import type { Cross } from './cross'
import type { Feature } from './feature'
import type { FittedSpec } from './fitted-spec'
import { fittedSpec } from './fitted-spec'
import { badJson, readArray, readInteger, readNumber, readObject, readString } from './json'
import type { ColumnEncoder } from './feature'
import { inOrderOfOwners } from './fit'
import { kindOf } from './kinds'
import type { Label } from './label'
import { planOf } from './plan'
import type { SpecShape } from './row-types'

/**
 * A fitted spec from its JSON form; it encodes bit for bit as the one that was saved.
 *
 * Rows are untyped, as the compiler cannot see the file; `fittedSpecFromJSON<typeof spec>(json)` imposes the type.
 *
 * @throws SpecError when a field is missing or not what it should be: the message names it.
 * @example
 * ```ts
 * import { categorical, defineFeatures, fittedSpecFromJSON } from 'feedrank'
 *
 * const fitted = defineFeatures({ features: { topic: categorical({ scope: 'item' }) } }).fit([{ topic: 'surf' }])
 * const read = fittedSpecFromJSON(JSON.parse(JSON.stringify(fitted)))
 * console.log(read.hash === fitted.hash) // true
 * ```
 */
export function fittedSpecFromJSON<Spec extends SpecShape = SpecShape>(json: unknown): FittedSpec<Spec> {
  const root = readObject(json, 'json')
  if (root['format'] !== 'feedrank/features') throw badJson('format', "'feedrank/features'", root['format'])
  if (root['version'] !== 1) throw badJson('version', '1', root['version'])
  const features = readNamed(root, 'features')
  const crosses = readNamed(root, 'crosses')
  const labels = readNamed(root, 'labels')
  // The factories check each declaration again and drop what they do not know.
  const declared = {
    features: Object.fromEntries(features.map(({ name, value }) => [name, value as unknown as Feature])),
    crosses: Object.fromEntries(crosses.map(({ name, value }) => [name, value as unknown as Cross])),
    labels: Object.fromEntries(labels.map(({ name, value }) => [name, value as unknown as Label])),
  }
  const plan = planOf('fittedSpecFromJSON', declared, readInteger(root['maxEmbeddingDim'], 'maxEmbeddingDim'))
  // Names that look like integers come first in an object, so the plan may stand in another order than the lists.
  const inPlan = (planned: readonly { readonly name: string }[], entries: readonly Entry[]) =>
    entries.toSorted((a, b) => indexIn(planned, a.name) - indexIn(planned, b.name))
  const states = inPlan(plan.features, features)
  return fittedSpec<Spec>(plan, {
    encoders: inOrderOfOwners(plan, (i, owner: ColumnEncoder | undefined) => {
      const { column, feature } = plan.features[i]
      const context = { column, cap: plan.maxEmbeddingDim, ...(owner?.vocabulary && { shared: owner.vocabulary }) }
      return kindOf(feature).restore(feature, context, states[i].value['state'], `${states[i].at}.state`)
    }),
    labels: inPlan(plan.labels, labels).map(({ value, at }) => {
      const statistics = readObject(value['statistics'], `${at}.statistics`)
      return {
        mean: readNumber(statistics['mean'], `${at}.statistics.mean`),
        deviation: readNumber(statistics['deviation'], `${at}.statistics.deviation`, 0),
        count: readInteger(statistics['count'], `${at}.statistics.count`),
      }
    }),
  })
}

const indexIn = (planned: readonly { readonly name: string }[], name: string) => planned.findIndex((one) => one.name === name)

interface Entry {
  readonly name: string
  readonly value: Readonly<Record<string, unknown>>
  /** Where it stands in the JSON. */
  readonly at: string
}

/** The entries of a list, each an object with a name of its own. */
function readNamed(root: Readonly<Record<string, unknown>>, field: string): Entry[] {
  const seen = new Set<string>()
  return readArray(root[field], field).map((item, i) => {
    const value = readObject(item, `${field}[${i}]`)
    const name = readString(value['name'], `${field}[${i}].name`)
    if (seen.has(name)) throw badJson(`${field}[${i}].name`, 'a name that is not there twice', name)
    seen.add(name)
    return { name, value, at: `${field}[${i}]` }
  })
}
