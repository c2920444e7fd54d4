import { ArgumentError, expected } from '../errors'
import { boolean, booleanEncoder, fitBoolean } from './boolean'
import { bucketized, fitBucketized, restoreBucketized } from './bucketized'
import { categorical, fitCategorical, restoreCategorical } from './categorical'
import { cyclical, cyclicalEncoder, fitCyclical } from './cyclical'
import type { ColumnEncoder, ColumnFitter, Feature, Sizing } from './feature'
import { fitHashed, hashed, hashedEncoder } from './hashed'
import { fitMultiHot, multiHot, restoreMultiHot } from './multi-hot'
import { numeric } from './numeric'
import { fitNumeric, restoreNumeric } from './numeric-encoder'

/** A feature made anew by its own factory, so that one from JSON or written by hand is checked like any other. */
export function checkFeature(feature: Feature): Feature {
  switch (feature?.kind) {
    case 'categorical': return categorical(feature)
    case 'hashed': return hashed(feature)
    case 'numeric': return numeric(feature)
    case 'cyclical': return cyclical(feature)
    case 'boolean': return boolean(feature)
    case 'bucketized': return bucketized(feature)
    case 'multi-hot': return multiHot(feature)
    default: throw new ArgumentError(expected('feature', 'kind', 'that of a feature made by its factory', (feature as Partial<Feature>)?.kind))
  }
}

/** What gathers the statistics of a feature. `column` is the name for messages. */
export function fitterOf(column: string, feature: Feature, sizing: Sizing): ColumnFitter {
  switch (feature.kind) {
    case 'categorical': return fitCategorical(column, feature, sizing)
    case 'hashed': return fitHashed(column, feature, sizing)
    case 'numeric': return fitNumeric(column, feature)
    case 'cyclical': return fitCyclical(column, feature)
    case 'boolean': return fitBoolean(column, feature)
    case 'bucketized': return fitBucketized(column, feature, sizing)
    case 'multi-hot': return fitMultiHot(column, feature, sizing)
  }
}

/** The encoder of a feature from what it learnt; `at` is where the state stands in the JSON. */
export function restoreEncoder(column: string, feature: Feature, sizing: Sizing, state: unknown, at: string): ColumnEncoder {
  switch (feature.kind) {
    case 'categorical': return restoreCategorical(column, feature, sizing, state, at)
    case 'hashed': return hashedEncoder(column, feature, sizing)
    case 'numeric': return restoreNumeric(column, feature, state, at)
    case 'cyclical': return cyclicalEncoder(column, feature)
    case 'boolean': return booleanEncoder(column, feature)
    case 'bucketized': return restoreBucketized(column, feature, sizing, state, at)
    case 'multi-hot': return restoreMultiHot(column, feature, sizing, state, at)
  }
}
