import { ArgumentError, ContractError, expected, show } from '../errors'
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

/**
 * Whether `ids` hold a candidate's id. An id of the same look and another type, as `'7'` beside 7, is an error and not a no:
 * what was to be held back would pass, request after request.
 *
 * @throws ContractError when `ids` hold the id as text and the candidate as a number, or the other way round
 */
export function holdsId(where: string, name: string, ids: ReadonlySet<CandidateId>, id: CandidateId): boolean {
  if (ids.has(id)) return true
  const other = sameLook(id)
  if (other !== undefined && ids.has(other))
    throw new ContractError(`feedrank/${where}: expected \`${name}\` to give ids of the candidates' type, got ${show(other)} where a candidate has ${show(id)}`)
  return false
}

/** The id as the other of text and number, where it looks the same. */
function sameLook(id: CandidateId): CandidateId | undefined {
  if (typeof id === 'number') return String(id)
  return typeof id === 'string' && String(Number(id)) === id ? Number(id) : undefined
}
