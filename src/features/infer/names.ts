/** The words of a column's name, in lower case: `postAgeHours` and `post_age_hours` are the same three. */
export function wordsOf(name: string): readonly string[] {
  return name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2').toLowerCase().split(/[^\p{L}\p{N}]+/u).filter(Boolean)
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '))

const users = set('user users viewer member customer reader listener visitor account profile buyer person player subscriber my')
const items = set('item items post posts movie film video photo image article story news product ad ads song track album book author creator publisher seller brand tweet content listing job channel playlist game title genre genres tags')
const contexts = set('hour weekday day dow week minute month season session request query page surface device os platform browser app client locale timezone network weather placement slot')
const outcomes = set('label labels target outcome reward clicked click liked like disliked dwell watched watchtime purchased purchase bought converted conversion engaged engagement skipped shared share reposted retweeted replied followed saved hidden reported completed rating rated booked applied viewed')
const pasts = set('num n count counts number total avg average mean rate ratio ctr prior past last previous recent history historical ago since per median sum max min')
const histories = set('history recent recently last previous sequence session past')
const counts = set('num n count counts number total')

const has = (words: readonly string[], known: ReadonlySet<string>) => words.some((word) => known.has(word))

export type NamedScope = 'user' | 'item' | 'context'

/** Whose property the name speaks of, if it says so. */
export function scopeByName(words: readonly string[]): NamedScope | undefined {
  return has(words, users) ? 'user' : has(words, items) ? 'item' : has(words, contexts) ? 'context' : undefined
}

/** A name of something: `userId`, `post_uuid`, `sku`. */
export const namesAnId = (words: readonly string[]): boolean => words.some((word) => /^(ids?|uuid|guid|sku|isbn|handle|hash|code|zip|postcode)$/.test(word))

/** A name of what came after the impression, unless it speaks of a count or of the past. */
export const namesAnOutcome = (words: readonly string[]): boolean => has(words, outcomes) && !has(words, pasts) && !namesAnId(words)

/** A name of where in the feed something stood. */
export const namesAPosition = (words: readonly string[]): boolean => /(^| )(position|slot|pos)$|^((feed|list|display|shown|served|impression|result|search) )?rank$/.test(words.join(' '))

/** A name of a moment. */
export const namesATime = (words: readonly string[]): boolean => words.some((word) => /^(timestamp|timestamps|ts|time|datetime|date|at|day)$/.test(word))

/** The moment of the event itself, rather than of something that it is about. */
export const namesTheEvent = (words: readonly string[]): boolean =>
  /^(timestamp|ts|time|datetime|date|(event|impression|request|shown|served|log)(timestamp|ts|time|at|date))$/.test(words.join(''))

/** A name of what somebody did before. */
export const namesAHistory = (words: readonly string[]): boolean => has(words, histories)

/** A name of a count. */
export const namesACount = (words: readonly string[]): boolean => has(words, counts)

/** A name of one of a few sorts, which numbers may stand for. */
export const namesASort = (words: readonly string[]): boolean => words.some((word) => /^(type|kind|category|class|gender|sex|status|device|os|segment|group|level|tier|plan|code|language|country|region)$/.test(word))

/** After how many a number of this name comes round again, and the numbers it then may be. */
export function periodByName(words: readonly string[]): { readonly period: number; readonly low: number; readonly high: number; readonly what: string } | undefined {
  const name = words.join(' ')
  if (/\bhours?\b/.test(name) && !/\b(age|since|ago|per|num|total|until|watch|dwell|last|spent)\b/.test(name)) return { period: 24, low: 0, high: 24, what: 'the hour of the day' }
  if (/\b(weekday|dow|day of week)\b/.test(name)) return { period: 7, low: 0, high: 7, what: 'the day of the week' }
  if (/\bmonth\b/.test(name) && !/\b(age|since|ago|per|num|total|last)\b/.test(name)) return { period: 12, low: 0, high: 12, what: 'the month' }
  if (/\bday of year\b/.test(name)) return { period: 365.25, low: 0, high: 366, what: 'the day of the year' }
  return undefined
}
