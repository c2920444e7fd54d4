import type { BootstrapDifference } from 'feedrank'
import { list, measure, range, signed, words } from './format'

/** How our model stands to another by one measure: settled either way only where the interval excludes 0. */
export type Standing = 'ahead' | 'behind' | 'undecided' | 'unmeasured'

export type Direction = 'higher is better' | 'lower is better'

/** A difference, ours minus theirs, read by its interval alone. */
export function standing(difference: BootstrapDifference | undefined, direction: Direction): Standing {
  if (!difference || ![difference.low, difference.high, difference.difference].every(Number.isFinite)) return 'unmeasured'
  if (difference.low <= 0 && difference.high >= 0) return 'undecided'
  return difference.low > 0 === (direction === 'higher is better') ? 'ahead' : 'behind'
}

/** One baseline beside our model by one measure. */
interface Rival {
  readonly name: string
  readonly value: number
  readonly difference: BootstrapDifference | undefined
}

const open = ({ difference }: Rival) =>
  (difference ? `the interval of the difference of ${signed(difference.difference)} (${range(difference, signed)})` : '')

/** What all the baselines together say. */
export interface Comparison {
  readonly verdict: 'yes' | 'no' | 'undecided'
  /** Whole sentences, each true of the numbers. */
  readonly sentences: readonly string[]
  readonly ahead: readonly string[]
  readonly notAhead: readonly string[]
}

/** The size of a settled difference, whichever way it points. */
function gap({ difference }: Rival): string {
  if (!difference) return ''
  const { low, high } = difference
  const ends = low > 0 ? { low, high } : { low: -high, high: -low }
  return `${measure(Math.abs(difference.difference))} (${range(ends)})`
}

/** Sets our model beside all its baselines: ahead of every one, behind some, or not to be told. */
export function compare(rivals: readonly Rival[], direction: Direction): Comparison {
  const sign = direction === 'higher is better' ? 1 : -1
  // The hardest to beat comes first.
  const edge = (rival: Rival) => sign * (rival.difference?.difference ?? 0)
  const sorted = [...rivals].sort((a, b) => edge(a) - edge(b))
  const of = (wanted: Standing) => sorted.filter(({ difference }) => standing(difference, direction) === wanted)
  const [ahead, undecided, behind, unmeasured] = [of('ahead'), of('undecided'), of('behind'), of('unmeasured')]
  const sentences: string[] = []
  for (const rival of behind) sentences.push(`It is behind ${rival.name} (${measure(rival.value)}) by ${gap(rival)}; the interval excludes 0.`)
  for (const rival of undecided)
    sentences.push(`Against ${rival.name} (${measure(rival.value)}) it is undecided: ${open(rival)} includes 0.`)
  for (const rival of unmeasured) sentences.push(`Against ${rival.name} (${measure(rival.value)}) no interval was measured.`)
  if (ahead.length > 0) {
    const all = ahead.length === rivals.length
    const together = ahead.length === 2 ? 'both baselines' : `all ${words(ahead.length)} baselines`
    const whom = ahead.length === 1 ? ahead[0].name : all ? together : list(ahead.map(({ name }) => name))
    const hardest = ahead.length > 1 ? `; the nearest is ${ahead[0].name} (${measure(ahead[0].value)})` : ` (${measure(ahead[0].value)})`
    const intervals = ahead.length === 1 ? 'The interval excludes 0.'
      : `${ahead.length === 2 ? 'Both' : `All ${words(ahead.length)}`} intervals exclude 0.`
    sentences.push(`It is ahead of ${whom}${hardest}, by ${gap(ahead[0])}. ${intervals}`)
  }
  if (rivals.length === 0) sentences.push('There is no baseline to set it beside.')
  const verdict = behind.length > 0 ? 'no' : rivals.length > 0 && ahead.length === rivals.length ? 'yes' : 'undecided'
  return {
    verdict, sentences,
    ahead: ahead.map(({ name }) => name),
    notAhead: [...behind, ...undecided, ...unmeasured].map(({ name }) => name),
  }
}

/** Our model among the results, by name, else the only one that is not set against another; and the rest, its baselines. */
export function apart<R extends { readonly name: string; readonly against?: unknown }>(results: readonly R[], name: RegExp): {
  readonly ours: R | undefined
  readonly baselines: readonly R[]
} {
  const alone = results.filter(({ against }) => against === undefined)
  const ours = results.find((result) => name.test(result.name)) ?? (alone.length === 1 ? alone[0] : undefined)
  return { ours, baselines: results.filter((result) => result !== ours) }
}

export const wideAndDeep = /wide\W*(and|&)?\W*deep/i
export const twoTower = /two\W*tower/i
