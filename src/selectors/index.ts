export { capPerGroup } from './cap-per-group'
export type { CapPerGroupOptions } from './cap-per-group'
export { topK } from './top-k'
