import type { Compared, Evaluation, Measured } from '../result'
import { list, measure, percent, range, signed, words } from './format'

/** One other contender by one measure. */
export interface Rival {
  readonly name: string
  readonly value: number | null
  readonly against: Compared | undefined
}

/** What a comparison with all others says. */
export interface Verdict {
  readonly verdict: 'yes' | 'no' | 'undecided'
  /** Whole sentences, each true of the numbers. */
  readonly sentences: readonly string[]
  readonly ahead: readonly string[]
  readonly notAhead: readonly string[]
}

const number = (value: number | null) => measure(value ?? NaN)
const ends = ({ low, high }: { readonly low: number | null; readonly high: number | null }) => ({ low: low ?? NaN, high: high ?? NaN })

/** The others by one measure, in the order of the evaluation; where one is in use and asked for, it alone. */
export function rivalsOf({ contenders, reference, referenceInUse }: Evaluation, name: string, onlyInUse = false): Rival[] {
  return contenders.slice(1).filter((one) => !(onlyInUse && referenceInUse) || one.name === reference).map((one) => ({
    name: one.name,
    value: one.measures.find(({ measure: key }) => key === name)?.value ?? null,
    against: one.against?.find(({ measure: key }) => key === name),
  }))
}

/** The size of a settled difference, whichever way it points. */
function gap(against: Compared | undefined): string {
  const { low, high } = ends(against ?? { low: null, high: null })
  return `${measure(Math.abs(against?.difference ?? NaN))} (${range(low > 0 ? { low, high } : { low: -high, high: -low })})`
}

const withValue = ({ name, value }: Rival) => (value === null ? name : `${name} (${number(value)})`)

/** Sets ours beside the others: ahead of every one, behind some, or not to be told. */
export function judge(rivals: readonly Rival[], better: 'higher' | 'lower' | 'near 1'): Verdict {
  const sign = better === 'higher' ? 1 : -1
  // The hardest to beat comes first.
  const edge = (rival: Rival) => sign * (rival.against?.difference ?? 0)
  const sorted = [...rivals].sort((a, b) => edge(a) - edge(b))
  const of = (wanted: Compared['standing']) => sorted.filter(({ against }) => (against?.standing ?? 'unmeasured') === wanted)
  const [ahead, undecided, behind, unmeasured] = [of('ahead'), of('undecided'), of('behind'), of('unmeasured')]
  const sentences: string[] = []
  for (const rival of behind) sentences.push(`It is behind ${withValue(rival)} by ${gap(rival.against)}.`)
  for (const rival of undecided)
    sentences.push(`Against ${withValue(rival)} it is undecided: the difference is ${signed(rival.against?.difference ?? NaN)} (${range(ends(rival.against ?? { low: null, high: null }), signed)}).`)
  if (ahead.length > 0) {
    const whom = ahead.length === 1 ? withValue(ahead[0])
      : ahead.length === rivals.length ? `${ahead.length === 2 ? 'both others' : `all ${words(ahead.length)} others`}; the nearest is ${withValue(ahead[0])}`
        : `${list(ahead.map(({ name }) => name))}; the nearest is ${withValue(ahead[0])}`
    sentences.push(`It is ahead of ${whom}, by ${gap(ahead[0].against)}.`)
  }
  if (unmeasured.length > 0) {
    const why = [...new Set(unmeasured.map(({ against }) => against?.note).filter((note) => note !== undefined))]
    sentences.push(`Not compared with ${list(unmeasured.map(({ name }) => name))}${why.length > 0 ? `: ${why.join('; ')}` : ''}.`)
  }
  if (rivals.length === 0) sentences.push('There is nothing to set it beside.')
  // What cannot be compared has no say, unless there is nothing else.
  const compared = rivals.length - unmeasured.length
  const verdict = behind.length > 0 ? 'no' : compared > 0 && ahead.length === compared ? 'yes' : 'undecided'
  return { verdict, sentences, ahead: ahead.map(({ name }) => name), notAhead: [...behind, ...undecided].map(({ name }) => name) }
}

/** The level of an interval: `95%`. */
export const levelText = (level: number) => percent(level, Number.isInteger(Math.round(level * 1e6) / 1e4) ? 0 : 1)

/** A measure and its interval in one sentence. */
export function stated(label: string, one: Measured | undefined, level: number): string {
  if (one?.value === null || one === undefined) return `${label} has no value${one?.note === undefined ? '' : `: ${one.note}`}.`
  if (one.low === null || one.high === null) return `${label} ${number(one.value)}${one.note === undefined ? '' : ` (${one.note})`}.`
  return `${label} ${number(one.value)} (${levelText(level)} interval ${range(ends(one))}).`
}
