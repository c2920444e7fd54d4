import { ArgumentError, SpecError, checkInteger, expected } from '../errors'
import { binary } from './binary'
import type { Cross } from './cross'
import { cross, widest } from './cross'
import type { Feature, Scope } from './feature'
import { crossableKinds, kindOf } from './kinds'
import type { Label, When } from './label'
import { regression } from './regression'
import type { SpecShape } from './row-types'

/** The declarations of a spec, checked and resolved: what fitting and encoding run on. */
export interface Plan {
  readonly maxEmbeddingDim: number
  readonly features: readonly PlannedFeature[]
  readonly crosses: readonly PlannedCross[]
  readonly labels: readonly PlannedLabel[]
  /** Indices of `labels` such that a label comes after the one that its `when` names. */
  readonly labelOrder: readonly number[]
  /** For each feature the index of the one whose vocabulary it shares; undefined where it has its own. */
  readonly owners: readonly (number | undefined)[]
}

export interface PlannedFeature {
  readonly name: string
  readonly column: string
  readonly feature: Feature
  /** Columns that it reads beside its own. */
  readonly reads: readonly string[]
}

export interface PlannedCross {
  readonly name: string
  readonly cross: Cross
  readonly scope: Scope
  /** Indices of the features it is made of. */
  readonly parts: readonly number[]
}

export interface PlannedLabel {
  readonly name: string
  readonly column: string
  readonly label: Label
  readonly condition: Condition | null
}

/** Where a label counts: where another label is 1, or where a column has one of two texts that mean the same. */
export type Condition =
  | { readonly kind: 'label'; readonly index: number }
  | { readonly kind: 'column'; readonly column: string; readonly equals: string }

/** Checks declarations, each by its own factory and all against each other; `where` is the function to name in errors. */
export function planOf(where: string, declared: SpecShape, maxEmbeddingDim: number): Plan {
  checkInteger(where, 'maxEmbeddingDim', maxEmbeddingDim)
  const features = entries(where, 'features', declared.features).map(([name, given]) => {
    const feature = named(where, `features.${name}`, () => kindOf(given).make(given))
    return { name, column: feature.column ?? name, feature, reads: kindOf(feature).reads?.(feature) ?? [] }
  })
  if (features.length === 0) throw new SpecError(`feedrank/${where}: expected \`features\` to be at least one feature, got none`)
  const crosses = entries(where, 'crosses', declared.crosses).map(([name, given]) => planCross(where, name, given, features))
  const labels = planLabels(where, entries(where, 'labels', declared.labels), features)
  checkNames(where, [...features, ...crosses, ...labels].map(({ name }) => name))
  for (const label of labels) {
    const leak = features.find(({ column, reads }) => column === label.column || reads.includes(label.column))
    if (!leak) continue
    const both = `label \`${label.name}\` and feature \`${leak.name}\` both read column \`${label.column}\``
    throw new SpecError(`feedrank/${where}: ${both}: the feature would be the answer`)
  }
  return Object.freeze({ maxEmbeddingDim, features, crosses, labels, labelOrder: orderOf(where, labels), owners: ownersOf(where, features) })
}

/** The columns that these features read, and with `labels` those of the labels and of their conditions. */
export function columnsOf({ features, labels }: Plan, read: ReadonlySet<number>, withLabels: boolean): ReadonlySet<string> {
  const names = new Set<string>()
  for (const i of read) for (const name of [features[i].column, ...features[i].reads]) names.add(name)
  if (withLabels) for (const { column, condition } of labels) {
    names.add(column)
    if (condition?.kind === 'column') names.add(condition.column)
  }
  return names
}

/** Who shares whose vocabulary: of a feature by name that does not share in turn. */
function ownersOf(where: string, features: readonly PlannedFeature[]): (number | undefined)[] {
  return features.map(({ name, feature: { sharedWith } }) => {
    if (sharedWith === undefined) return undefined
    const owner = features.findIndex((other) => other.name === sharedWith && other.name !== name && other.feature.sharedWith === undefined)
    if (owner >= 0) return owner
    throw new SpecError(expected(where, `features.${name}.sharedWith`, 'the name of another feature that has a vocabulary of its own', sharedWith))
  })
}

/** What a factory has against a declaration, as an error that says which declaration it is. */
function named<T>(where: string, name: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (!ArgumentError.isInstance(error)) throw error
    throw new SpecError(`feedrank/${where}: ${name}: ${error.message.replace(/^feedrank\//, '')}`, { cause: error })
  }
}

function entries<T>(where: string, name: string, map: Readonly<Record<string, T>>): [string, T][] {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw new SpecError(expected(where, name, 'an object by name', map))
  return Object.entries(map)
}

function checkNames(where: string, names: readonly string[]) {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name))
      throw new SpecError(`feedrank/${where}: expected names to be used once among features, crosses and labels, got \`${name}\` twice`)
    seen.add(name)
  }
}

function planCross(where: string, name: string, given: Cross, features: readonly PlannedFeature[]): PlannedCross {
  if (given?.kind !== 'cross') throw new SpecError(expected(where, `crosses.${name}`, 'made by cross()', given))
  const checked = named(where, `crosses.${name}`, () => cross(given.parts as readonly [string, string], given))
  const parts = checked.parts.map((part) => {
    const index = features.findIndex((feature) => feature.name === part)
    if (index < 0) throw new SpecError(expected(where, `crosses.${name}`, `of features (${features.map((feature) => feature.name).join(', ')})`, part))
    const { feature } = features[index]
    if (kindOf(feature).crossable) return index
    throw new SpecError(expected(where, `crosses.${name}`, `of features with ids (${crossableKinds()})`, `${part}, which is ${feature.kind}`))
  })
  return { name, cross: checked, parts, scope: widest(parts.map((part) => features[part].feature.scope)) }
}

function planLabels(where: string, given: readonly [string, Label][], features: readonly PlannedFeature[]): PlannedLabel[] {
  const labels = given.map(([name, label]) => {
    if (label?.kind !== 'binary' && label?.kind !== 'regression')
      throw new SpecError(expected(where, `labels.${name}`, 'made by binary() or regression()', label))
    return { name, label: named(where, `labels.${name}`, () => (label.kind === 'binary' ? binary(label) : regression(label))) }
  })
  const conditionOf = (name: string, when: When): Condition => {
    if (typeof when !== 'string') return { kind: 'column', column: when.column, equals: comparable(when.equals) }
    const index = labels.findIndex((other) => other.name === when && other.label.kind === 'binary')
    if (index >= 0) return { kind: 'label', index }
    const feature = features.find((other) => other.name === when && other.feature.kind === 'boolean')
    if (feature) return { kind: 'column', column: feature.column, equals: '1' }
    throw new SpecError(expected(where, `labels.${name}.when`, 'a binary label, a boolean feature or { column, equals }', when))
  }
  return labels.map(({ name, label }) => ({
    name, label, column: label.column ?? name, condition: label.when === undefined ? null : conditionOf(name, label.when),
  }))
}

/** The text under which values of a `when` column are compared. */
export const comparable = (value: string | number | boolean | bigint) => (typeof value === 'boolean' ? (value ? '1' : '0') : String(value))

function orderOf(where: string, labels: readonly PlannedLabel[]): number[] {
  const order: number[] = []
  const visit = (index: number, path: readonly number[]) => {
    if (path.includes(index)) {
      const circle = [...path, index].map((i) => labels[i].name).join(' -> ')
      throw new SpecError(expected(where, `labels.${labels[index].name}.when`, 'free of circles', circle))
    }
    const { condition } = labels[index]
    if (condition?.kind === 'label') visit(condition.index, [...path, index])
    if (!order.includes(index)) order.push(index)
  }
  labels.forEach((_, index) => visit(index, []))
  return order
}
