import { ArgumentError, checkSameLength, expected } from '../errors'
import { noValue } from './checks'
import type { UndefinedRule } from './checks'
import { countItems } from './coverage'
import type { RecommendedLists } from './coverage'
import type { ItemId } from './ranking'

/** How alike two items are, usually from 0 to 1; symmetric. */
export type Similarity = (a: ItemId, b: ItemId) => number

function similarityOf(where: string, similarity: Similarity, a: ItemId, b: ItemId): number {
  const value = similarity(a, b)
  if (Number.isFinite(value)) return value
  throw new ArgumentError(expected(where, `similarity(${String(a)}, ${String(b)})`, 'a finite number', value))
}

/**
 * Intra-list diversity: one minus the mean similarity of two items of a list, averaged over lists.
 *
 * Lists of fewer than two items say nothing and are left out (Ziegler et al. 2005, turned around).
 *
 * @throws ArgumentError when a similarity is not finite, and, unless `whenUndefined` says otherwise, where no list has
 * two items.
 * @example
 * ```ts
 * import { intraListDiversity } from 'feedrank'
 *
 * const sameAuthor = (a: string | number, b: string | number) => (String(a)[0] === String(b)[0] ? 1 : 0)
 * console.log(intraListDiversity([['a1', 'a2', 'b1', 'c1']], sameAuthor).toFixed(4)) // 0.8333
 * ```
 */
export function intraListDiversity(lists: RecommendedLists, similarity: Similarity, options: UndefinedRule = {}): number {
  countItems('intraListDiversity', lists)
  let sum = 0
  let counted = 0
  for (const list of lists) {
    if (list.length < 2) continue
    let alike = 0
    for (let i = 0; i < list.length; i++)
      for (let j = 0; j < i; j++) alike += similarityOf('intraListDiversity', similarity, list[i], list[j])
    sum += 1 - alike / ((list.length * (list.length - 1)) / 2)
    counted++
  }
  return counted > 0 ? sum / counted : noValue('intraListDiversity', 'without a list of two items', options)
}

/** What {@link serendipity} looks at. */
export interface SerendipityInput {
  readonly lists: RecommendedLists
  /** What each user knew before, user for user. */
  readonly histories: RecommendedLists
  readonly similarity: Similarity
  /** Whether item `i` of user `u` was of use, 0 to 1; absent, every item was. */
  readonly relevance?: ((user: number, item: ItemId) => number) | undefined
}

/**
 * Serendipity: how unlike a user's history the useful recommendations are.
 *
 * `(1 − mean similarity to the history)·relevance`, averaged over a user's items and then over users; users without
 * recommendations or history are left out (Zhang et al. 2012, Auralist).
 *
 * @throws ArgumentError when lists and histories differ in number, and, unless `whenUndefined` says otherwise, where no
 * user counts.
 * @example
 * ```ts
 * import { serendipity } from 'feedrank'
 *
 * const similarity = (a: string | number, b: string | number) => (a === b ? 1 : 0.5)
 * console.log(serendipity({ lists: [['x', 'y']], histories: [['x', 'z']], similarity })) // 0.375
 * ```
 */
export function serendipity(input: SerendipityInput, options: UndefinedRule = {}): number {
  const { lists, histories, similarity, relevance = () => 1 } = input
  countItems('serendipity', lists)
  countItems('serendipity', histories)
  checkSameLength('serendipity', 'lists', lists.length, 'histories', histories.length)
  let sum = 0
  let counted = 0
  lists.forEach((list, user) => {
    const history = histories[user]
    if (list.length === 0 || history.length === 0) return
    let surprise = 0
    for (let i = 0; i < list.length; i++) {
      let alike = 0
      for (let j = 0; j < history.length; j++) alike += similarityOf('serendipity', similarity, list[i], history[j])
      surprise += (1 - alike / history.length) * relevance(user, list[i])
    }
    sum += surprise / list.length
    counted++
  })
  return counted > 0 ? sum / counted : noValue('serendipity', 'without a user who has both recommendations and a history', options)
}

/**
 * Similarity of items by the users they share: `users of both / √(users of one · users of the other)`.
 *
 * @param histories one list of ids per user; a repeated id counts once
 * @example
 * ```ts
 * import { cooccurrenceSimilarity } from 'feedrank'
 *
 * console.log(cooccurrenceSimilarity([['a', 'b'], ['a', 'c'], ['a', 'b']])('a', 'b').toFixed(4)) // 0.8165
 * ```
 */
export function cooccurrenceSimilarity(histories: RecommendedLists): Similarity {
  countItems('cooccurrenceSimilarity', histories)
  const usersOf = new Map<ItemId, Set<number>>()
  histories.forEach((history, user) => {
    for (let i = 0; i < history.length; i++) {
      const users = usersOf.get(history[i]) ?? new Set()
      usersOf.set(history[i], users.add(user))
    }
  })
  return (a, b) => {
    const one = usersOf.get(a)
    const other = usersOf.get(b)
    if (!one || !other) return 0
    let both = 0
    const [few, many] = one.size < other.size ? [one, other] : [other, one]
    for (const user of few) if (many.has(user)) both++
    return both / Math.sqrt(one.size * other.size)
  }
}
