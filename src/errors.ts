/**
 * The errors of the library: one class, a handful of subclasses, each with a stable `code`.
 *
 * A message says where, what was expected and what came:
 * ``feedrank/ndcg: expected `k` to be a positive integer, got 0``.
 */

/** The stable, machine-readable name of an error's kind. */
export type ErrorCode = 'argument' | 'shape' | 'spec' | 'contract' | 'backend' | 'data' | 'model-file'

const marker = Symbol.for('feedrank.error')

/**
 * Anything this library throws on purpose.
 *
 * `isInstance` holds across duplicate copies of the package (ESM beside CJS, two versions in one tree), where
 * `instanceof` does not.
 *
 * @example
 * ```ts
 * import { FeedrankError, ndcg } from 'feedrank'
 *
 * try {
 *   ndcg([1, 0], [0.2, 0.9], { k: 0 })
 * } catch (error) {
 *   if (FeedrankError.isInstance(error)) console.log(error.code) // 'argument'
 * }
 * ```
 */
export class FeedrankError extends Error {
  override name = 'FeedrankError'
  /** The code all errors of a subclass share; absent on `FeedrankError` itself. */
  static readonly code?: ErrorCode
  readonly code: ErrorCode
  readonly [marker] = true

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }

  /** True for every error of this library, or of this subclass when called on one, whichever copy made it. */
  static isInstance<E extends FeedrankError>(this: { readonly code?: ErrorCode; readonly prototype: E }, value: unknown): value is E {
    if (typeof value !== 'object' || value === null || (value as { [marker]?: unknown })[marker] !== true) return false
    return this.code === undefined || (value as FeedrankError).code === this.code
  }
}

/** A value given to a public function is outside what that function takes. */
export class ArgumentError extends FeedrankError {
  override name = 'ArgumentError'
  static override readonly code = 'argument'

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('argument', message, options)
  }
}

/** Tensor shapes that do not fit one another or their operation. */
export class ShapeError extends FeedrankError {
  override name = 'ShapeError'
  static override readonly code = 'shape'

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('shape', message, options)
  }
}

/** A feature specification that contradicts itself, or that does not fit the model or the rows it meets. */
export class SpecError extends FeedrankError {
  override name = 'SpecError'
  static override readonly code = 'spec'

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('spec', message, options)
  }
}

/** A component that broke the contract of its stage: a wrong length, an index out of range, a name used twice. */
export class ContractError extends FeedrankError {
  override name = 'ContractError'
  static override readonly code = 'contract'

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('contract', message, options)
  }
}

/** A backend or an optional package that is missing, broken or already disposed. */
export class BackendError extends FeedrankError {
  override name = 'BackendError'
  static override readonly code = 'backend'

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('backend', message, options)
  }
}

/** Rows or columns that cannot be read as what they claim to be: the message names column and row. */
export class DataError extends FeedrankError {
  override name = 'DataError'
  static override readonly code = 'data'

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('data', message, options)
  }
}

/** A model file that is missing, cut short, altered, or made for something else. */
export class ModelFileError extends FeedrankError {
  override name = 'ModelFileError'
  static override readonly code = 'model-file'

  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('model-file', message, options)
  }
}

/** A short, safe rendering of any value for an error message. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value.length > 60 ? `${JSON.stringify(value.slice(0, 57))}...` : JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${(value as unknown as ArrayLike<unknown>).length ?? value.byteLength}`
  if (typeof value === 'object' && value !== null) return `an object (${value.constructor?.name ?? 'no prototype'})${unread(value)}`
  return String(value)
}

/** What is said of an object that has still to be waited for, or read. */
function unread(value: object): string {
  if ('then' in value && typeof value.then === 'function') return '; is an `await` missing?'
  return Symbol.asyncIterator in value ? ', an async iterable; read it first, tables by `await collectTables(…)`' : ''
}

/** The house form of a message about one value: where, what was expected, what came. */
export function expected(where: string, name: string, expectation: string, got: unknown): string {
  return `feedrank/${where}: expected \`${name}\` to be ${expectation}, got ${show(got)}`
}

/** `value` if it is an integer of at least `least`; otherwise an {@link ArgumentError}. */
export function checkInteger(where: string, name: string, value: unknown, least = 1): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value
  const kind = least === 1 ? 'a positive integer' : least === 0 ? 'a non-negative integer' : `an integer of at least ${least}`
  throw new ArgumentError(expected(where, name, kind, value))
}

/** The interval a number must lie in; bounds are inclusive unless named `above` or `below`. */
export interface NumberRange {
  readonly min?: number
  readonly max?: number
  readonly above?: number
  readonly below?: number
}

/** `value` if it is a finite number within `range`; otherwise an {@link ArgumentError}. */
export function checkNumber(where: string, name: string, value: unknown, range: NumberRange = {}): number {
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = range
  if (typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max && value > above && value < below) return value
  const bounds = [
    range.min !== undefined && `>= ${min}`, range.above !== undefined && `> ${above}`,
    range.max !== undefined && `<= ${max}`, range.below !== undefined && `< ${below}`,
  ].filter(Boolean).join(' and ')
  throw new ArgumentError(expected(where, name, `a finite number${bounds && ` ${bounds}`}`, value))
}

/** `value` if it is an object; otherwise an {@link ArgumentError}. `kind` says which object was to come. */
export function checkObject<T extends object>(where: string, name: string, value: T, kind = 'an object of options'): T {
  if (typeof value === 'object' && (value as unknown) !== null && !Array.isArray(value)) return value
  throw new ArgumentError(expected(where, name, kind, value))
}

/**
 * A moment in ms since 1970, given in ms or as a `Date`; NaN where it is not known. Anything else is an
 * {@link ArgumentError}: dates that are text still would all be unknown, and nobody would notice.
 */
export function checkMoment(where: string, name: string, value: unknown): number {
  if (value === undefined || value === null) return NaN
  if (typeof value === 'number') return value
  if (Object.prototype.toString.call(value) === '[object Date]') return Number(value)
  throw new ArgumentError(expected(where, name, 'ms since 1970 or a Date', value))
}

/** Throws an {@link ArgumentError} unless both sequences have the same length. */
export function checkSameLength(where: string, name: string, length: number, otherName: string, otherLength: number): void {
  if (length !== otherLength)
    throw new ArgumentError(`feedrank/${where}: expected \`${name}\` and \`${otherName}\` to have the same length, got ${length} and ${otherLength}`)
}
