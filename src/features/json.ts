import { SpecError, expected } from '../errors'

/** Readers of untrusted JSON: each gives the value, or a {@link SpecError} that names the field. */
const where = 'fittedSpecFromJSON'

/** A fault at `at`. */
export const badJson = (at: string, expectation: string, got: unknown) => new SpecError(expected(where, at, expectation, got))

export function readObject(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>
  throw badJson(at, 'an object', value)
}

export function readArray(value: unknown, at: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw badJson(at, 'an array', value)
}

export function readString(value: unknown, at: string): string {
  if (typeof value === 'string') return value
  throw badJson(at, 'a string', value)
}

export function readNumber(value: unknown, at: string, least = -Infinity): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= least) return value
  throw badJson(at, least === -Infinity ? 'a finite number' : `a finite number of at least ${least}`, value)
}

/** A positive integer. */
export function readInteger(value: unknown, at: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw badJson(at, 'a positive integer', value)
}

export function readPositive(value: unknown, at: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value
  throw badJson(at, 'a finite number above 0', value)
}

/** Distinct ids: strings and numbers whose decimal strings differ. */
export function readCategories(value: unknown, at: string): (string | number)[] {
  const seen = new Set<string>()
  return readArray(value, at).map((item, i) => {
    const category = typeof item === 'string' ? item : readNumber(item, `${at}[${i}]`)
    if (seen.has(String(category))) throw badJson(`${at}[${i}]`, 'a category that is not there twice', item)
    seen.add(String(category))
    return category
  })
}

/** Finite numbers, each above the one before. */
export function readIncreasing(value: unknown, at: string): number[] {
  const numbers = readArray(value, at).map((item, i) => readNumber(item, `${at}[${i}]`))
  numbers.forEach((number, i) => {
    if (i > 0 && !(number > numbers[i - 1])) throw badJson(`${at}[${i}]`, `a number above ${numbers[i - 1]}`, number)
  })
  return numbers
}
