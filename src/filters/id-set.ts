import { ArgumentError, expected } from '../errors'
import type { CandidateId } from '../pipeline'

/** Ids as a caller has them: a set is used as it is, anything else is read into one. */
export type Ids = Iterable<CandidateId>

/** A set of `ids`. @throws ArgumentError when they cannot be iterated, or are one string. */
export function idSet(where: string, name: string, ids: Ids): ReadonlySet<CandidateId> {
  if (ids instanceof Set) return ids
  if (typeof ids !== 'object' || ids === null || typeof ids[Symbol.iterator] !== 'function')
    throw new ArgumentError(expected(where, name, 'a set or a list of ids', ids))
  return new Set(ids)
}
