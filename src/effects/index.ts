export { recordImpressions } from './record-impressions'
export type { Impression, RecordImpressionsOptions } from './record-impressions'
