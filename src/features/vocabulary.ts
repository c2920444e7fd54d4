import type { Cells, IdMap } from './cells'
import { idsOf } from './cells'

/** Which categories are kept: those seen at least `minCount` times, and of those the `capacity` most frequent. */
export interface VocabularyLimits {
  readonly minCount: number
  readonly capacity?: number
}

/** Names with ids of their own: `categories[i]` has id `first + i`, and 0 stands for all others. */
export interface Vocabulary {
  readonly categories: readonly (string | number)[]
  readonly first: number
  /** How many ids there are: `first` and one for each category. */
  readonly cardinality: number
  readonly map: IdMap
}

/** Counts ids and turns the counts into a vocabulary, most frequent first, equals in order of their key. */
export interface VocabularyCounter {
  /** @throws DataError for what is no id, and for a missing value unless `optional` */
  readonly observe: (cells: Cells, optional: boolean) => void
  readonly finish: () => Vocabulary
}

/** Counts the ids of one column or of several. The result does not depend on the order of the rows. */
export function vocabularyCounter({ minCount, capacity = Infinity }: VocabularyLimits, first: number): VocabularyCounter {
  const names = interner()
  let counts = new Float64Array(1024)
  return {
    observe(cells, optional) {
      const indices = idsOf(cells, names, optional ? -1 : null)
      if (names.values.length > counts.length) {
        const grown = new Float64Array(Math.max(names.values.length, 2 * counts.length))
        grown.set(counts)
        counts = grown
      }
      for (let i = 0; i < indices.length; i++) if (indices[i] >= 0) counts[indices[i]]++
    },
    finish() {
      const kept = names.values.map((value, i) => ({ value, key: String(value), count: counts[i] })).filter(({ count }) => count >= minCount)
      kept.sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1))
      return vocabularyOf(kept.slice(0, capacity).map(({ value }) => value), first)
    },
  }
}

/** Gives each new name the next index. A number and its decimal string are one name. */
function interner(): IdMap & { readonly values: readonly (string | number)[] } {
  const values: (string | number)[] = []
  const byText = new Map<string, number>()
  const byNumber = new Map<number, number>()
  const next = (value: string | number) => values.push(value) - 1
  return {
    values,
    ofText(text) {
      let index = byText.get(text)
      if (index === undefined) {
        const number = Number(text)
        index = String(number) === text ? byNumber.get(number) : undefined
        if (index === undefined) index = next(text)
        else values[index] = text // whichever came first, the text is kept
        byText.set(text, index)
      }
      return index
    },
    ofNumber(value) {
      let index = byNumber.get(value)
      if (index === undefined) {
        index = byText.get(String(value)) ?? next(value + 0) // -0 is 0
        byNumber.set(value, index)
      }
      return index
    },
  }
}

/** The vocabulary of `categories`. */
export function vocabularyOf(categories: readonly (string | number)[], first: number): Vocabulary {
  const byText = new Map<string, number>()
  const byNumber = new Map<number, number>()
  categories.forEach((category, i) => {
    const key = String(category)
    byText.set(key, first + i)
    const number = Number(key)
    if (String(number) === key) byNumber.set(number, first + i)
  })
  return {
    categories: Object.freeze([...categories]),
    first,
    cardinality: first + categories.length,
    map: { ofText: (text) => byText.get(text) ?? 0, ofNumber: (value) => byNumber.get(value) ?? 0 },
  }
}

/** The value behind each id; null for those that stand for no category. */
export const categoriesById = ({ first, categories }: Vocabulary): readonly (string | number | null)[] =>
  Object.freeze([...Array<null>(first).fill(null), ...categories])
