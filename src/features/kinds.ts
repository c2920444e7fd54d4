import { ArgumentError, expected } from '../errors'
import { ageKind } from './age'
import { booleanKind } from './boolean'
import { bucketizedKind } from './bucketized'
import { calendarKind } from './calendar'
import { categoricalKind } from './categorical'
import { cyclicalKind } from './cyclical'
import type { Feature, FeatureKind } from './feature'
import { hashedKind } from './hashed'
import { multiHotKind } from './multi-hot'
import { numericKind } from './numeric-encoder'
import { sequenceKind } from './sequence'
import { textKind } from './text'
import { vectorKind } from './vector'
import { weightedBagKind } from './weighted-bag'

/** Every kind of feature, by the `kind` that its factory writes. */
const kinds: { readonly [K in Feature['kind']]: FeatureKind<Extract<Feature, { readonly kind: K }>> } = {
  'age': ageKind,
  'boolean': booleanKind,
  'bucketized': bucketizedKind,
  'calendar': calendarKind,
  'categorical': categoricalKind,
  'cyclical': cyclicalKind,
  'hashed': hashedKind,
  'multi-hot': multiHotKind,
  'numeric': numericKind,
  'sequence': sequenceKind,
  'text': textKind,
  'vector': vectorKind,
  'weighted-bag': weightedBagKind,
}

/** What implements the kind of `feature`. */
export function kindOf<F extends Feature>(feature: F): FeatureKind<F> {
  if (typeof feature?.kind !== 'string' || !Object.hasOwn(kinds, feature.kind))
    throw new ArgumentError(expected('feature', 'kind', 'that of a feature made by its factory', (feature as Partial<Feature> | undefined)?.kind))
  return kinds[feature.kind] as unknown as FeatureKind<F>
}

/** The kinds that can be part of a cross, for messages. */
export const crossableKinds = (): string => Object.entries(kinds).filter(([, kind]) => kind.crossable).map(([name]) => name).join(', ')
