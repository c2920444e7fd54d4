import { DataError, show } from '../../errors'
import type { ColumnScope } from './column-scope'
import { type Draft, type DraftCall, type Factory, leftOut, percent, plain } from './draft'
import { namesACount, namesAHistory, namesAnId, namesAnOutcome, namesAPosition, namesASort, periodByName, wordsOf } from './names'
import type { Profile } from './profile'
import { draftTime, timeOf, type EventTime } from './times'

/** What is known of the table beside the column. */
export interface Surroundings {
  readonly labels: ReadonlySet<string>
  readonly scopeOf: (column: string) => ColumnScope
  readonly event: EventTime | undefined
  /** Columns of ids, in whose vectors a list of the same ids can be told. */
  readonly ids: readonly Profile[]
}

/** More different values than this, and they are hashed. */
const mostCategories = 50_000

/** What to make of one column. */
export function draftColumn(profile: Profile, around: Surroundings): Draft {
  const { name, rows, missing, kinds, numbers, lists } = profile
  const words = wordsOf(name)
  if (around.labels.has(name)) return draftLabel(profile)
  if (missing === rows) return leftOut(name, 'null in every row')
  if (numbers !== undefined && numbers.notFinite > 0)
    return leftOut(name, `NaN or infinite, first in row ${numbers.firstNotFinite}, in all ${plain(numbers.notFinite)} times: let what is not known be null`)
  if (kinds.includes('other')) return leftOut(name, 'holds objects: put what you need of them into columns of their own')
  const ids = kinds.every((kind) => kind === 'text' || kind === 'number' || kind === 'bigint')
  if (kinds.length > 1 && !(ids && (numbers?.integers ?? true))) return leftOut(name, `holds values of several kinds: ${kinds.join(', ')}`)
  if (lists === undefined && namesAnOutcome(words) && (kinds[0] !== 'text' || profile.distinct <= 2)) return suspected(profile)
  if (namesAPosition(words) && kinds[0] === 'number') return leftOut(name, 'where something stood in the feed is not known when the feed is made; keep it to correct for position')
  if (profile.distinct === 1 && !profile.optional) return leftOut(name, `the same in every row: ${show([...profile.counts.keys()][0])}`)
  const time = timeOf(profile)
  if (time !== undefined) return draftTime(profile, time, around.event)
  if (lists !== undefined) return draftList(profile, around)
  if (kinds[0] === 'boolean' || (kinds[0] === 'number' && kinds.length === 1 && [...profile.counts.keys()].every((text) => text === '0' || text === '1'))) return draftBoolean(profile, around)
  if (kinds.length > 1 || kinds[0] === 'bigint' || kinds[0] === 'text') return draftNames(profile, around)
  if (numbers?.inexact === true && namesAnId(words)) return leftOut(name, 'whole numbers of 2^53 and more, which are not exact: read them as text or bigint')
  if (numbers?.integers === true && (namesAnId(words) || (namesASort(words) && !namesACount(words) && profile.distinct <= 100))) return draftIds(profile, around)
  return draftNumber(profile, around)
}

function feature({ name }: Profile, around: Surroundings, factory: Factory, options: object, reason: string): Draft {
  const { scope, why } = around.scopeOf(name)
  return { column: name, use: 'feature', scope, calls: [{ name, factory, options: { scope, ...options } }], reason: `${reason}; scope: ${why}` }
}

const labelCall = ({ name, kinds, counts, optional }: Profile): DraftCall => {
  const binary = kinds.length === 1 && (kinds[0] === 'boolean' || [...counts.keys()].every((text) => text === '0' || text === '1'))
  return { name, factory: binary ? 'binary' : 'regression', options: optional ? { missing: 'mask' } : {} }
}

function draftLabel(profile: Profile): Draft {
  const { name, kinds, numbers, missing, rows, counts } = profile
  const call = labelCall(profile)
  if (!kinds.every((kind) => kind === 'boolean' || kind === 'number') || kinds.length === 0 || (numbers?.notFinite ?? 0) > 0)
    throw new DataError(`feedrank/inferSpec: expected label column ${show(name)} to hold booleans or finite numbers, got ${kinds.join(', ') || 'null in every row'}${(numbers?.notFinite ?? 0) > 0 ? `, not finite in row ${numbers!.firstNotFinite}` : ''}`)
  const positive = (counts.get('true') ?? 0) + (counts.get('1') ?? 0)
  const what = call.factory === 'binary' ? `positive in ${percent(positive, rows - missing)} of rows` : `from ${plain(numbers!.min)} to ${plain(numbers!.max)}`
  return { column: name, use: 'label', calls: [call], reason: `named as a label; ${what}` }
}

function suspected(profile: Profile): Draft {
  const usable = profile.kinds.every((kind) => kind === 'boolean' || kind === 'number')
  return leftOut(profile.name, 'its name says what came of the impression, which is not known when the feed is made: perhaps a label', usable ? [labelCall(profile)] : [])
}

function draftBoolean(profile: Profile, around: Surroundings): Draft {
  const missing = profile.optional && { missing: { fill: false, flag: true } }
  return feature(profile, around, 'boolean', { ...missing }, `two values${missingIn(profile, ' with a flag')}`)
}

/** Texts and ids: free text, or names of something. */
function draftNames(profile: Profile, around: Surroundings): Draft {
  const { name, rows, missing, optional, distinct, texts } = profile
  if (texts?.numbers === true && profile.kinds.length === 1 && !namesAnId(wordsOf(name)) && [...profile.counts.keys()].some((text) => !/^\d+$/.test(text)))
    return leftOut(name, 'numbers written as text: read them as numbers')
  const many = distinct > Math.min(100, (rows - missing) / 2)
  if (texts !== undefined && !namesAnId(wordsOf(name)) && ((texts.meanWords >= 3 && many) || texts.meanLength > 60)) {
    const options = { buckets: 1 << 15, ngrams: [1, 2], ...(optional && { missing: 'empty' }) }
    return feature(profile, around, 'text', options, `text of ${plain(texts.meanWords)} words on average, ${plain(distinct)} different ones${missingIn(profile, ' as no words')}`)
  }
  return draftIds(profile, around)
}

function draftIds(profile: Profile, around: Surroundings): Draft {
  const { name, rows, missing, optional, distinct, once } = profile
  if (distinct === rows - missing && distinct > 20) return leftOut(name, 'a different value in every row: there is nothing to learn of what never comes again')
  const counted = `${plain(distinct)} different values${once === 0 ? '' : `, ${percent(once, distinct)} of them in one row only`}`
  if (distinct > mostCategories) {
    const buckets = 2 ** Math.ceil(Math.log2(2 * distinct))
    return feature(profile, around, 'hashed', { buckets, ...(optional && { missing: 'category' }) }, `${counted}: too many for a vocabulary${missingIn(profile, ' in a row of their own')}`)
  }
  const rare = distinct > 100 && once > 0.2 * distinct
  const options = { ...(rare && { minCount: 2 }), ...(optional && { missing: 'category' }) }
  return feature(profile, around, 'categorical', options, `${counted}${rare ? ', which share a row' : ''}${missingIn(profile, ' in a row of their own')}`)
}

function draftList(profile: Profile, around: Surroundings): Draft {
  const { name, optional, lists } = profile
  const { shortest, longest, elements, distinct } = lists!
  const words = wordsOf(name)
  if (elements === 'none') return leftOut(name, 'lists without a single element')
  if (elements === 'mixed') return leftOut(name, 'lists whose elements are of several kinds, or null')
  const fixed = shortest === longest && longest > 1
  const told = words.some((word) => /^(embedding|vector|vec|emb|feature|features)$/.test(word))
  if (elements === 'number' || (fixed && elements === 'integer' && told)) {
    if (!fixed) return leftOut(name, `lists of ${shortest} to ${longest} numbers: neither names nor vectors of one size`)
    return feature(profile, around, 'vector', { size: longest, ...(optional && { missing: 'zeros-and-flag' }) }, `lists of ${longest} numbers${missingIn(profile, ' as zeros, with a flag')}`)
  }
  const owner = sharedIds(lists!.counts, around.ids)
  const shared = owner === undefined ? distinct > 100 && { minCount: 2 } : { sharedWith: owner }
  const ordered = namesAHistory(words)
  const long = Math.min(50, Math.max(1, longest))
  const what = `lists of ${shortest} to ${longest} ids, ${plain(distinct)} different ones${owner === undefined ? '' : `, the same as of ${owner}`}`
  const options = { ...(ordered && { maxLength: long }), ...shared, ...(optional && { missing: 'empty' }) }
  return feature(profile, around, ordered ? 'sequence' : 'multiHot', options, `${what}${ordered ? ', in an order by the name' : ''}${missingIn(profile, ' as empty')}`)
}

/** The column of ids that most elements of a list are among. */
function sharedIds(elements: ReadonlyMap<string, number>, ids: readonly Profile[]): string | undefined {
  const share = ({ counts }: Profile) => [...elements.keys()].filter((id) => counts.has(id)).length / elements.size
  const best = ids.map((id) => ({ name: id.name, share: share(id) })).sort((a, b) => b.share - a.share)[0]
  return best !== undefined && best.share >= 0.5 ? best.name : undefined
}

function draftNumber(profile: Profile, around: Surroundings): Draft {
  const { name, rows, optional, distinct, numbers } = profile
  const { min, max, median, skewness, integers } = numbers!
  if (integers && distinct === rows && max - min + 1 === rows && rows > 20) return leftOut(name, 'a different whole number in every row, without a gap: a row number')
  const round = periodByName(wordsOf(name))
  if (round !== undefined && min >= round.low && max <= round.high)
    return feature(profile, around, 'cyclical', { period: round.period, ...(optional && { missing: 'centre' }) }, `${round.what}, which comes round again after ${round.period}${missingIn(profile, ' as the centre')}`)
  const range = `from ${plain(min)} to ${plain(max)}, the middle ${plain(median)}`
  const filled = optional && { missing: { fill: 'mean', flag: true } }
  const absent = missingIn(profile, ' as the mean, with a flag')
  if (min >= 0 && skewness > 2) return feature(profile, around, 'numeric', { transform: 'log1p', ...filled }, `${range}: a long tail (skewness ${plain(skewness)}), so its log${absent}`)
  if (Math.abs(skewness) > 2) return feature(profile, around, 'numeric', { clip: { quantiles: [0.01, 0.99] }, ...filled }, `${range}: far ends (skewness ${plain(skewness)}), so clipped${absent}`)
  return feature(profile, around, 'numeric', { ...filled }, `${range}${absent}`)
}

const missingIn = ({ missing, optional, rows }: Profile, how: string): string =>
  (optional ? `; ${missing === 0 ? 'some' : percent(missing, rows)} missing,${how}` : '')

