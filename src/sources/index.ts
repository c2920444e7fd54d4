export { fromFunction } from './from-function'
export { fromList } from './from-list'
export { popular } from './popular'
export type { PopularOptions } from './popular'
