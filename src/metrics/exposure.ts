import { ArgumentError, checkNumber, checkObject, expected } from '../errors'
import { noValue } from './checks'
import type { UndefinedRule } from './checks'
import { countItems, gini } from './coverage'
import type { RecommendedLists } from './coverage'
import type { ItemId } from './ranking'

/** Options of {@link exposureFairness}. */
export interface ExposureOptions extends UndefinedRule {
  /**
   * What the attention of a user is worth at each rank, from 1: `'logarithmic'` is `1 / log2(1 + rank)`, `'reciprocal'`
   * `1 / rank`, `'uniform'` 1, a function your own, such as a position bias measured on your own pages.
   * @defaultValue 'logarithmic'
   */
  readonly attention?: 'logarithmic' | 'reciprocal' | 'uniform' | ((rank: number) => number) | undefined
  /**
   * What each author deserves, in any unit: items offered, past engagement, estimated relevance. Authors named here count
   * even where nobody saw them; those seen and not named deserve 0. Absent, all authors seen deserve alike.
   */
  readonly merit?: ReadonlyMap<ItemId, number> | undefined
}

/** One author (or any group of items): what it got beside what it deserves. */
export interface AuthorExposure {
  readonly author: ItemId
  /** Attention summed over all lists. */
  readonly exposure: number
  /** Of all exposure. */
  readonly share: number
  /** Of all merit. */
  readonly deserved: number
  /** `share / deserved`: 1 is fair; infinite where nothing was deserved. */
  readonly ratio: number
}

/** How exposure is spread over authors. */
export interface ExposureFairness {
  /** By exposure, highest first. */
  readonly authors: readonly AuthorExposure[]
  /** Gini index of exposure, whatever is deserved: 0 where all get the same. */
  readonly gini: number
  /** Share of all exposure that is not where it is deserved, `½·Σ |share − deserved|`: 0 is fair, towards 1 is not. */
  readonly misplaced: number
  /** The lowest `share / deserved` over the highest, among authors who deserve any: 1 is fair, 0 leaves one of them out. */
  readonly worstToBest: number
}

const attentions = {
  logarithmic: (rank: number) => 1 / Math.log2(1 + rank),
  reciprocal: (rank: number) => 1 / rank,
  uniform: () => 1,
}

function attentionOf(attention: ExposureOptions['attention'] = 'logarithmic'): (rank: number) => number {
  if (typeof attention !== 'function') {
    if (Object.hasOwn(attentions, attention)) return attentions[attention]
    throw new ArgumentError(expected('exposureFairness', 'attention', "'logarithmic', 'reciprocal', 'uniform' or a function of the rank", attention))
  }
  return (rank) => checkNumber('exposureFairness', `attention(${rank})`, attention(rank), { min: 0 })
}

/**
 * Do authors get the exposure they deserve?
 *
 * The exposure of an author is the attention at the ranks of its items, summed over users; fair is exposure in proportion to
 * merit (Singh and Joachims 2018, Fairness of Exposure in Rankings: their disparate treatment compares exposure per merit).
 * For groups other than authors let `authorOf` name the group: a language, a region, new and known.
 *
 * @param lists recommended ids, one list per user, best first
 * @param authorOf the author of an item
 * @throws ArgumentError when `authorOf` gives no id, on merits or attention that are negative or not finite, and, unless
 * `whenUndefined` says otherwise, without exposure or merit; `whenUndefined` then stands for every figure.
 * @example
 * ```ts
 * import { exposureFairness } from 'feedrank'
 *
 * const authorOf = (item: string | number) => String(item)[0]
 * const { authors, misplaced } = exposureFairness([['a1', 'b1'], ['a2', 'a3']], authorOf, { attention: 'uniform' })
 * console.log(authors[0].author, authors[0].share, misplaced) // a 0.75 0.25
 * ```
 */
export function exposureFairness(lists: RecommendedLists, authorOf: (item: ItemId) => ItemId, options: ExposureOptions = {}): ExposureFairness {
  const where = 'exposureFairness'
  countItems(where, lists)
  checkObject(where, 'options', options)
  if (typeof authorOf !== 'function') throw new ArgumentError(expected(where, 'authorOf', 'a function from an item to its author', authorOf))
  const attention = attentionOf(options.attention)
  const merits = checkedMerits(where, options.merit)
  const exposures = new Map<ItemId, number>(Array.from(merits?.keys() ?? [], (author) => [author, 0]))
  for (const list of lists)
    for (let i = 0; i < list.length; i++) {
      const author = authorOf(list[i])
      if ((typeof author !== 'string' && typeof author !== 'number') || author !== author)
        throw new ArgumentError(expected(where, `authorOf(${String(list[i])})`, 'a string or a number', author))
      exposures.set(author, (exposures.get(author) ?? 0) + attention(i + 1))
    }
  const meritOf = (author: ItemId) => (merits ? (merits.get(author) ?? 0) : 1)
  let exposed = 0
  let merited = 0
  for (const [author, exposure] of exposures) {
    exposed += exposure
    merited += meritOf(author)
  }
  if (!(exposed > 0 && merited > 0)) {
    const value = noValue(where, exposed > 0 ? 'without an author of merit' : 'without exposure', options)
    return { authors: [], gini: value, misplaced: value, worstToBest: value }
  }
  const authors = Array.from(exposures, ([author, exposure]) => {
    const share = exposure / exposed
    const deserved = meritOf(author) / merited
    return { author, exposure, share, deserved, ratio: share === 0 && deserved === 0 ? 1 : share / deserved }
  }).sort((a, b) => b.exposure - a.exposure)
  const ratios = authors.flatMap(({ deserved, ratio }) => (deserved > 0 ? [ratio] : []))
  const [lowest, highest] = range(ratios)
  return {
    authors,
    gini: gini(authors.map(({ exposure }) => exposure)),
    misplaced: authors.reduce((sum, { share, deserved }) => sum + Math.abs(share - deserved) / 2, 0),
    // Nobody of merit was seen: as unfair as it gets.
    worstToBest: highest > 0 ? lowest / highest : 0,
  }
}

function checkedMerits(where: string, merit: ExposureOptions['merit']): ReadonlyMap<ItemId, number> | undefined {
  if (merit === undefined) return undefined
  if (typeof merit !== 'object' || merit === null || typeof merit.get !== 'function')
    throw new ArgumentError(expected(where, 'merit', 'a Map from author to merit', merit))
  for (const [author, value] of merit) checkNumber(where, `the merit of ${String(author)}`, value, { min: 0 })
  return merit
}

/** Lowest and highest, without spreading a million authors over the arguments of a call. */
function range(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return [low, high]
}
