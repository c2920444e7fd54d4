import { idKinds, isIdNumber } from '../data/values'
import { badValue, idText } from './values'

/** Which categories are kept: those seen at least `minCount` times, and of those the `capacity` most frequent. */
export interface VocabularyLimits {
  readonly minCount: number
  readonly capacity?: number
}

/** Counts ids and turns the counts into a vocabulary, most frequent first, equals in order of their key. */
export interface VocabularyCounter {
  readonly observe: (value: unknown, row: number) => void
  readonly finish: () => (string | number)[]
}

/** Counts the ids of one column. The result does not depend on the order of the rows. */
export function vocabularyCounter(column: string, { minCount, capacity = Infinity }: VocabularyLimits): VocabularyCounter {
  const byNumber = new Map<number, number>()
  const byString = new Map<string, number>()
  return {
    observe(value, row) {
      if (typeof value === 'number' && isIdNumber(value)) byNumber.set(value, (byNumber.get(value) ?? 0) + 1)
      else {
        const key = idText('fit', column, row, value)
        byString.set(key, (byString.get(key) ?? 0) + 1)
      }
    },
    finish() {
      const entries: { value: string | number; key: string; count: number }[] = []
      for (const [value, count] of byNumber) {
        const key = String(value)
        if (byString.has(key)) byString.set(key, (byString.get(key) ?? 0) + count)
        else entries.push({ value, key, count })
      }
      for (const [key, count] of byString) entries.push({ value: key, key, count })
      const kept = entries.filter((entry) => entry.count >= minCount)
      kept.sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1))
      return kept.slice(0, capacity).map((entry) => entry.value)
    },
  }
}

/** Looks up the row of an id; 0 for an id that is not in the vocabulary. */
export type Lookup = (value: unknown, row: number) => number

/** The lookup of `categories`, the first of which has id `first`. */
export function lookupOf(column: string, categories: readonly (string | number)[], first: number): Lookup {
  const byString = new Map<string, number>()
  const byNumber = new Map<number, number>()
  categories.forEach((category, i) => {
    const key = String(category)
    byString.set(key, first + i)
    const number = Number(key)
    if (String(number) === key) byNumber.set(number, first + i)
  })
  return (value, row) => {
    if (typeof value === 'string') return byString.get(value) ?? 0
    if (typeof value === 'number') {
      const id = byNumber.get(value)
      if (id !== undefined) return id
      if (isIdNumber(value)) return 0
    } else if (typeof value === 'bigint') return byString.get(String(value)) ?? 0
    throw badValue('encode', column, row, idKinds, value)
  }
}
