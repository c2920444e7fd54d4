export { maximalMarginalRelevance } from './maximal-marginal-relevance'
export type { MaximalMarginalRelevanceOptions } from './maximal-marginal-relevance'
export { mmr } from './mmr'
export type { MmrOptions } from './mmr'
