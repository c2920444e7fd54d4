/** What n-grams are made of: words, characters, or the characters within words. */
export type Analyzer = 'word' | 'char' | 'char_wb'

/** How a text is taken apart. */
export interface NgramRules {
  readonly analyzer: Analyzer
  /** The shortest and the longest n. */
  readonly ngrams: readonly [shortest: number, longest: number]
  /** Shorter words are left out; for `word` alone. */
  readonly minWordLength: number
  readonly lowercase: boolean
  /** Whether texts that look alike are made one: `ﬁ` and `fi`, full-width and plain letters, composed accents and not. */
  readonly nfkc: boolean
}

/** Runs of letters, marks, numbers and underscores. */
const word = /[\p{L}\p{M}\p{N}_]+/gu

/** The n-grams of a text, with repetitions, in the order of scikit-learn's analyzers: by n, then by place (`char_wb`: by word first). */
export function ngramsOf(text: string, rules: NgramRules): string[] {
  const plain = rules.nfkc ? text.normalize('NFKC') : text
  const folded = rules.lowercase ? plain.toLowerCase() : plain
  if (rules.analyzer === 'word') {
    const words: readonly string[] = folded.match(word) ?? []
    return wordGrams(rules.minWordLength === 1 ? words : words.filter((one) => [...one].length >= rules.minWordLength), rules.ngrams)
  }
  if (rules.analyzer === 'char') return charGrams(folded.replaceAll(/\s\s+/gu, ' '), rules.ngrams)
  return folded.split(/\s+/u).filter(Boolean).flatMap((one) => withinWord(` ${one} `, rules.ngrams))
}

function wordGrams(words: readonly string[], [shortest, longest]: NgramRules['ngrams']): string[] {
  const all: string[] = []
  for (let n = shortest; n <= longest && n <= words.length; n++)
    for (let i = 0; i + n <= words.length; i++) all.push(n === 1 ? words[i] : words.slice(i, i + n).join(' '))
  return all
}

function charGrams(text: string, [shortest, longest]: NgramRules['ngrams']): string[] {
  const { length, cut } = characters(text)
  const all: string[] = []
  for (let n = shortest; n <= longest && n <= length; n++) for (let i = 0; i + n <= length; i++) all.push(cut(i, i + n))
  return all
}

/** Those of a word with a space at either end; a word shorter than n counts once as a whole. */
function withinWord(word: string, [shortest, longest]: NgramRules['ngrams']): string[] {
  const { length, cut } = characters(word)
  const all: string[] = []
  for (let n = shortest; n <= longest; n++) {
    all.push(cut(0, n))
    for (let i = 1; i + n <= length; i++) all.push(cut(i, i + n))
    if (n >= length) break
  }
  return all
}

/** A text by its code points, which for most texts are the units that strings are cut by. */
function characters(text: string): { readonly length: number; readonly cut: (start: number, end: number) => string } {
  if (!/[\ud800-\udfff]/.test(text)) return { length: text.length, cut: (start, end) => text.slice(start, end) }
  const letters = Array.from(text)
  return { length: letters.length, cut: (start, end) => letters.slice(start, end).join('') }
}
