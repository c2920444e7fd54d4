import { checkInteger } from '../errors'
import type { Awaitable, CandidateId } from '../pipeline'

/** Remembers ids for each user: what was served, what was seen. A table or a cache elsewhere fits as well. */
export interface IdStore {
  readonly add: (user: CandidateId, ids: readonly CandidateId[]) => Awaitable<void>
  readonly get: (user: CandidateId) => Awaitable<ReadonlySet<CandidateId>>
}

/** What {@link idMemory} takes. */
export interface IdMemoryOptions {
  /** The most ids of one user; the oldest go first. @defaultValue 1000 */
  readonly perUser?: number | undefined
  /** The most users; the least recently written go first. @defaultValue 10000 */
  readonly users?: number | undefined
}

/**
 * An {@link IdStore} in the memory of this process: for one machine, for tests.
 *
 * @throws ArgumentError when `perUser` or `users` is no positive integer.
 * @example
 * ```ts
 * import { idMemory } from 'feedrank'
 *
 * const seen = idMemory({ perUser: 2 })
 * await seen.add('ada', [1, 2, 3])
 * console.log(await seen.get('ada')) // Set(2) { 2, 3 }
 * ```
 */
export function idMemory(options: IdMemoryOptions = {}): IdStore {
  const perUser = checkInteger('idMemory', 'perUser', options.perUser ?? 1000)
  const users = checkInteger('idMemory', 'users', options.users ?? 10_000)
  const known = new Map<CandidateId, Set<CandidateId>>()
  const dropOldest = (map: { readonly keys: () => Iterable<CandidateId>; readonly delete: (key: CandidateId) => boolean }) => {
    for (const oldest of map.keys()) return void map.delete(oldest)
  }
  return {
    add(user, ids) {
      const set = known.get(user) ?? new Set()
      known.delete(user)
      known.set(user, set)
      for (const id of ids) {
        set.delete(id)
        set.add(id)
        if (set.size > perUser) dropOldest(set)
      }
      if (known.size > users) dropOldest(known)
    },
    get: (user) => new Set(known.get(user)),
  }
}
