import type { Random } from '../../random'

const onsets = ['b', 'd', 'f', 'g', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'z', 'br', 'st', 'tr', 'kl']
const vowels = ['a', 'e', 'i', 'o', 'u', 'ai', 'ou']

/** Words of no language, all different. */
function words(random: Random, count: number, taken: Set<string>): string[] {
  const made: string[] = []
  while (made.length < count) {
    const syllables = 2 + random.integer(2)
    let word = ''
    for (let i = 0; i < syllables; i++) word += onsets[random.integer(onsets.length)] + vowels[random.integer(vowels.length)]
    if (taken.has(word)) continue
    taken.add(word)
    made.push(word)
  }
  return made
}

/**
 * A writer of short texts in made-up words: half of the words are those of the topic, which has a hashtag; a toxic text
 * has a harsh word with probability 0.7.
 */
export function textWriter(random: Random, topics: number): (topic: number, toxic: boolean) => string {
  const taken = new Set<string>()
  const common = words(random, 120, taken)
  const harsh = words(random, 8, taken)
  const ofTopic = Array.from({ length: topics }, () => words(random, 40, taken))
  return (topic, toxic) => {
    const text = Array.from({ length: 4 + random.integer(9) }, () => {
      const from = random.next() < 0.5 ? ofTopic[topic] : common
      // Squaring makes the first words the common ones.
      return from[Math.floor(random.next() ** 2 * from.length)]
    })
    if (toxic && random.next() < 0.7) text.splice(random.integer(text.length), 0, harsh[random.integer(harsh.length)])
    if (random.next() < 0.3) text.push(`#${ofTopic[topic][0]}`)
    return text.join(' ')
  }
}
