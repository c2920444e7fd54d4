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
    return grams(rules.minWordLength === 1 ? words : words.filter((one) => [...one].length >= rules.minWordLength), ' ', rules.ngrams)
  }
  if (rules.analyzer === 'char') return grams(Array.from(folded.replaceAll(/\s\s+/gu, ' ')), '', rules.ngrams)
  return folded.split(/\s+/u).filter(Boolean).flatMap((one) => withinWord(Array.from(` ${one} `), rules.ngrams))
}

function grams(parts: readonly string[], between: string, [shortest, longest]: NgramRules['ngrams']): string[] {
  const all: string[] = []
  for (let n = shortest; n <= longest && n <= parts.length; n++)
    for (let i = 0; i + n <= parts.length; i++) all.push(n === 1 ? parts[i] : parts.slice(i, i + n).join(between))
  return all
}

/** Those of a word with a space at either end; a word shorter than n counts once as a whole. */
function withinWord(letters: readonly string[], [shortest, longest]: NgramRules['ngrams']): string[] {
  const all: string[] = []
  for (let n = shortest; n <= longest; n++) {
    all.push(letters.slice(0, n).join(''))
    for (let i = 1; i + n <= letters.length; i++) all.push(letters.slice(i, i + n).join(''))
    if (n >= letters.length) break
  }
  return all
}
