/** The public names. Importing this file loads no backend and no native code. */
export { ArgumentError, BackendError, ContractError, DataError, FeedrankError, ModelFileError, ShapeError, SpecError } from './errors'
export type { ErrorCode } from './errors'
export { murmur3 } from './hash'
export { seededRandom } from './random'
export type { Random, Seed } from './random'
export * from './tensor'
export * from './backends'
