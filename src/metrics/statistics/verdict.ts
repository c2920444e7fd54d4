import type { CandidateSet } from './run'

/**
 * What a comparison of `a` with `b` comes to: `a` is `'better'` or `'worse'`, `'same'` value for value, `'equivalent'` within
 * the margin, or `'undecided'`: the data cannot tell.
 */
export type Verdict = 'better' | 'worse' | 'same' | 'equivalent' | 'undecided'

interface Numbers {
  readonly metric: string
  readonly difference: number
  readonly relative: number | undefined
  readonly low: number
  readonly high: number
  readonly pValue: number
  readonly adjustedPValue: number
  readonly pairs: number
  readonly detectable: number
  readonly effect: { readonly ties: number }
}

interface Wording {
  readonly a: string
  readonly b: string
  readonly level: number
  readonly margin: number
  readonly lowerIsBetter: boolean
  readonly comparisons: number
  readonly correction: string
  readonly unit: string
}

/** Below this many pairs the words warn. */
const few = 30

const digits = (value: number) => (value === 0 ? '0' : Math.abs(value) >= 1e-4 && Math.abs(value) < 1e5 ? String(Number(value.toPrecision(3))) : value.toExponential(1))
const chance = (p: number) => (p < 0.001 ? 'below 0.001' : String(Number(p.toPrecision(2))))
const percent = (share: number) => `${Number((100 * share).toPrecision(3))}%`
const many = (count: number, unit: string) => `${count} ${count === 1 ? unit : unit.endsWith('y') ? `${unit.slice(0, -1)}ies` : `${unit}s`}`

/** The verdict on one metric and the sentence that states it. */
export function metricWords(numbers: Numbers, wording: Wording): { verdict: Verdict; words: string } {
  const { metric, difference, relative, low, high, pValue, adjustedPValue, pairs, detectable, effect } = numbers
  const { a, b, level, margin, lowerIsBetter, comparisons, correction, unit } = wording
  if (effect.ties === 1) return { verdict: 'same', words: `${metric}: ${a} and ${b} are the same for each of ${many(pairs, unit)}.` }
  const corrected = comparisons > 1 && correction !== 'none' ? ` after correction for ${comparisons} comparisons` : ''
  const share = relative === undefined ? '' : ` (${percent(Math.abs(relative))})`
  const between = `${percent(level)} interval ${digits(low)} to ${digits(high)}, p ${adjustedPValue < 0.001 ? '' : '= '}${chance(adjustedPValue)}${corrected}`
  const caution = pairs < few ? ` It rests on ${many(pairs, unit)} only.` : ''
  if (margin > 0 && low >= -margin && high <= margin)
    return { verdict: 'equivalent', words: `${metric}: ${a} and ${b} differ by less than ${digits(margin)}, which was said not to matter (${between}).${caution}` }
  if (adjustedPValue < 1 - level && difference !== 0) {
    const better = difference > 0 !== lowerIsBetter
    const small = margin > 0 && Math.abs(difference) < margin ? ` That may be less than the ${digits(margin)} that matters.` : ''
    const words = `${metric}: ${a} is ${better ? 'better' : 'worse'} than ${b} by ${digits(Math.abs(difference))}${share}, ${between}. Believe it.${small}${caution}`
    return { verdict: better ? 'better' : 'worse', words }
  }
  const alone = pValue < 1 - level ? ' Alone it would pass for a difference; among so many comparisons it does not.' : ''
  const power = ` With ${many(pairs, unit)}, differences below about ${digits(detectable)} often go unseen.`
  return { verdict: 'undecided', words: `${metric}: no telling ${a} from ${b}: difference ${digits(difference)}${share}, ${between}.${alone}${power}${caution}` }
}

/** All metrics together, and what the figures rest on. */
export function overallWords(
  metrics: readonly { readonly metric: string; readonly verdict: Verdict }[],
  { a, b, candidates, unmatched, unit }: { readonly a: string; readonly b: string; readonly candidates: CandidateSet; readonly unmatched: number; readonly unit: string },
): string {
  const named = (verdict: Verdict) => metrics.filter((one) => one.verdict === verdict).map(({ metric }) => metric).join(', ')
  const said: readonly (readonly [Verdict, string])[] = [
    ['better', `better than ${b} on`], ['worse', `worse than ${b} on`], ['equivalent', `as good as ${b} on`],
    ['same', `the same as ${b} on`], ['undecided', `not to be told from ${b} on`],
  ]
  const parts = said.flatMap(([verdict, words]) => (named(verdict) === '' ? [] : [`${words} ${named(verdict)}`]))
  const sampled = candidates === 'all' ? '' :
    ` Ranked among ${candidates.sampledNegatives} sampled negatives, not among all items: these figures compare with no others, and all items may order the two otherwise.`
  const dropped = unmatched === 0 ? '' : ` ${many(unmatched, unit)} of one run alone left out.`
  return `${a} is ${parts.join('; ')}.${sampled}${dropped}`
}
