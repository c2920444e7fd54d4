import { murmur3 } from '../hash'
import type { Cells, IdMap } from './cells'
import { idsOf } from './cells'

/** Which categories are kept: those seen at least `minCount` times, and of those the `capacity` most frequent. */
export interface VocabularyLimits {
  readonly minCount: number
  readonly capacity?: number
}

/** The ids before those of categories: `outOfVocabulary` of them for unknown names, spread by hash, then perhaps one for a missing value. */
export interface VocabularyLayout {
  readonly outOfVocabulary: number
  readonly missing: boolean
}

/** Names with ids of their own, after those of the {@link VocabularyLayout}. */
export interface Vocabulary {
  readonly categories: readonly (string | number)[]
  /** The id of `categories[0]`. */
  readonly first: number
  /** How many ids there are in all. */
  readonly cardinality: number
  /** The id of a missing value, where there is one. */
  readonly missing?: number
  /** By hand, in place of the rule. */
  readonly embeddingDim?: number
  /** True where ids are hashes, and there are no categories. */
  readonly hashed?: boolean
  /** By how much a count may have been low, where there were too many names to count them all. */
  readonly uncounted?: number
  readonly map: IdMap
}

/** Counts ids and turns the counts into a vocabulary, most frequent first, equals in order of their key. */
export interface VocabularyCounter {
  /** @throws DataError for what is no id, and for a missing value unless `optional` */
  readonly observe: (cells: Cells, optional: boolean) => void
  readonly finish: () => Vocabulary
}

/** How many different names are counted at once, unless a larger capacity asks for more. */
const countedAtOnce = 1 << 20

/**
 * Counts the ids of one column or of several, in bounded memory: exactly, and whatever the order of the rows, while there
 * are no more than `limit` different ones.
 *
 * Beyond, the rarer half is forgotten and a name that comes anew starts from 1, so a count may be low by at most
 * `uncounted`, and a name that came more often than that is among those counted. `uncounted` is at most `2 n / limit` of
 * `n` ids. What `minCount` asks for was surely seen. Lossy counting: Manku and Motwani (VLDB 2002).
 */
export function vocabularyCounter(
  { minCount, capacity = Infinity }: VocabularyLimits, layout: VocabularyLayout,
  limit = Math.max(countedAtOnce, capacity === Infinity ? 0 : 2 * capacity),
): VocabularyCounter {
  let names = interner()
  let counts = new Float64Array(1024)
  /** What may have been missed of a name before it was counted. */
  let missed = new Float64Array(1024)
  let uncounted = 0

  const forget = () => {
    const atMost = Float64Array.from(names.values, (_, i) => counts[i] + missed[i])
    uncounted = atMost.toSorted()[atMost.length >> 1]
    const kept = interner()
    names.values.forEach((value, i) => {
      if (atMost[i] <= uncounted) return
      const to = typeof value === 'string' ? kept.ofText(value) : kept.ofNumber(value)
      counts[to] = counts[i] // `to` is never beyond `i`
      missed[to] = missed[i]
    })
    counts.fill(0, kept.values.length)
    missed.fill(uncounted, kept.values.length)
    names = kept
  }
  return {
    observe(cells, optional) {
      const indices = idsOf(cells, names, optional ? -1 : null)
      if (names.values.length > counts.length) {
        const size = Math.max(names.values.length, 2 * counts.length)
        const [moreCounts, moreMissed] = [new Float64Array(size), new Float64Array(size).fill(uncounted)]
        moreCounts.set(counts)
        moreMissed.set(missed)
        ;[counts, missed] = [moreCounts, moreMissed]
      }
      for (let i = 0; i < indices.length; i++) if (indices[i] >= 0) counts[indices[i]]++
      if (names.values.length > limit) forget()
    },
    finish() {
      const keys = names.values.map(String)
      const kept = Uint32Array.from(keys.keys()).filter((i) => counts[i] >= minCount)
      kept.sort((a, b) => counts[b] - counts[a] || (keys[a] < keys[b] ? -1 : 1))
      return vocabularyOf(Array.from(kept.subarray(0, Math.min(capacity, kept.length)), (i) => names.values[i]), layout, uncounted)
    },
  }
}

/** Whole numbers below this are found by their place in an array while counting. */
const smallNumbers = 1 << 20

/** Gives each new name the next index. A number and its decimal string are one name. */
function interner(): IdMap & { readonly values: readonly (string | number)[] } {
  const values: (string | number)[] = []
  const byText = new Map<string, number>()
  const byNumber = new Map<number, number>()
  let small = new Int32Array(0)
  const next = (value: string | number) => values.push(value) - 1
  const intern = (value: number) => {
    let index = byNumber.get(value)
    if (index === undefined) byNumber.set(value, (index = byText.get(String(value)) ?? next(value + 0))) // -0 is 0
    if (!(value >= 0 && value < smallNumbers && Number.isInteger(value))) return index
    if (value >= small.length) {
      const larger = new Int32Array(Math.min(smallNumbers, 2 * value + 1024)).fill(-1)
      larger.set(small)
      small = larger
    }
    small[value] = index
    return index
  }
  return {
    values,
    ofText(text) {
      let index = byText.get(text)
      if (index === undefined) {
        const number = numberOf(text)
        index = number === undefined ? undefined : byNumber.get(number)
        if (index === undefined) index = next(text)
        else values[index] = text // whichever came first, the text is kept
        byText.set(text, index)
      }
      return index
    },
    ofNumber(value) {
      const index = small[value]
      return index >= 0 ? index : intern(value)
    },
  }
}

/** The vocabulary of these categories. */
export function vocabularyOf(categories: readonly (string | number)[], { outOfVocabulary, missing }: VocabularyLayout, uncounted = 0): Vocabulary {
  const first = outOfVocabulary + (missing ? 1 : 0)
  const byText = new Map<string, number>()
  const byNumber = new Map<number, number>()
  let largest = -1
  categories.forEach((category, i) => {
    if (typeof category === 'string') byText.set(category, first + i)
    const number = typeof category === 'number' ? category : numberOf(category)
    if (number === undefined) return
    byNumber.set(number, first + i)
    if (Number.isInteger(number) && number > largest) largest = number
  })
  const unknown = outOfVocabulary === 1 ? () => 0 : (text: string) => murmur3(text) % outOfVocabulary
  const ofText = (text: string) => {
    const id = byText.get(text)
    if (id !== undefined) return id
    // Numbers are not kept as text a second time.
    const number = numberOf(text)
    return (number === undefined ? undefined : byNumber.get(number)) ?? unknown(text)
  }
  const ofNumber = (value: number) => byNumber.get(value) ?? unknown(String(value))
  return {
    categories: Object.freeze([...categories]),
    ...(uncounted > 0 && { uncounted }),
    first,
    ...(missing && { missing: outOfVocabulary }),
    cardinality: first + categories.length,
    map: { ofText, ofNumber, ...(largest < 4 * categories.length + 1024 && { places: placesOf(byNumber, largest + 1) }) },
  }
}

/** The number whose decimal text this is, if there is one. */
function numberOf(text: string): number | undefined {
  const begin = text.charCodeAt(0)
  if (!((begin >= 48 && begin <= 57) || begin === 45) || text.length > 25) return undefined // 0 to 9, or a minus
  const number = Number(text)
  return String(number) === text && Number.isFinite(number) ? number : undefined
}

/** Ids of whole numbers below `size` by their place in an array, which is several times faster than a map. */
function placesOf(byNumber: ReadonlyMap<number, number>, size: number): Int32Array {
  const places = new Int32Array(size).fill(-1)
  for (const [value, id] of byNumber) if (Number.isInteger(value) && value >= 0) places[value] = id
  return places
}

/** What is said of the counting, for `describe()`, where it was not exact. */
export const countingSummary = ({ uncounted }: Vocabulary): string =>
  uncounted === undefined ? '' : `, of too many to count (counts low by ${uncounted} at most)`

/** The value behind each id; null for those that stand for no category. */
export const categoriesById = ({ first, categories }: Vocabulary): readonly (string | number | null)[] =>
  Object.freeze([...Array<null>(first).fill(null), ...categories])
