import { seededRandom } from '../random'
import type { Seed } from '../random'
import type { Groups, Numbers } from '../metrics'
import type { RowMeasure } from './measures'
import type { Step } from './progress'
import { drawUnits, leastUnits, weighed } from './resampling'
import type { ResamplingOptions, Units, Weighed } from './resampling'
import type { Better, Compared, Measured } from './result'
import { percentiles, settled, twoSided } from './significance'

/** Rows with the scores of each contender. */
export interface Scored {
  readonly labels: Numbers
  readonly grades: Numbers
  readonly lists: Groups | undefined
  readonly units: Units
  /** What a unit is, in the plural: `users` or `rows`. */
  readonly unitName: string
  readonly scores: readonly Numbers[]
}

/** A value with one number for each resample; NaN where the draw gave it none. */
export interface Sampled {
  readonly value: number | null
  readonly note?: string
  readonly drawn: Float64Array
}

const nothing = new Float64Array(0)

function areProbabilities(scores: Numbers): boolean {
  for (let i = 0; i < scores.length; i++) if (!(scores[i] >= 0 && scores[i] <= 1)) return false
  return true
}

/** A measure of one contender as far as it can be had, else why not. */
function begin(measure: RowMeasure, scored: Scored, scores: Numbers, probabilities: boolean): { readonly value: number; readonly weigh: Weighed } | string {
  const { labels, grades, lists, units } = scored
  if (measure.probabilities && !probabilities) return 'the scores are no probabilities'
  if (measure.needsLists && !lists) return 'no user and no list was named'
  const rows = { labels, grades, scores, lists }
  const weigh = weighed(measure, rows, units)
  const everything = () => weigh({ units: new Float64Array(units.count).fill(1), rows: new Float64Array(labels.length).fill(1) })
  const value = measure.kind === 'list' ? everything() : measure.whole(rows)
  return Number.isFinite(value) ? { value, weigh } : measure.because
}

/** Measures all contenders on the same resamples of whole users: `[contender][measure]`. */
export async function sampleMeasures(
  scored: Scored, measures: readonly RowMeasure[], { resamples }: ResamplingOptions, seed: Seed, step: Step, of: string,
): Promise<Sampled[][]> {
  const begun = scored.scores.map((scores) => {
    const probabilities = areProbabilities(scores)
    return measures.map((measure) => begin(measure, scored, scores, probabilities))
  })
  const draws = scored.units.count < leastUnits ? 0 : resamples
  const sampled = begun.map((row) => row.map((one): Sampled => (typeof one === 'string'
    ? { value: null, note: one, drawn: nothing }
    : { value: one.value, drawn: new Float64Array(draws) })))
  const draw = drawUnits(scored.units, seededRandom(seed).next)
  for (let i = 0; i < draws; i++) {
    if (i % 100 === 0) await step('resampling', of, i, draws)
    const drawn = draw()
    begun.forEach((row, c) => row.forEach((one, m) => { if (typeof one !== 'string') sampled[c][m].drawn[i] = one.weigh(drawn) }))
  }
  return sampled
}

const tooFew = ({ count }: Units, unitName: string) => (count === 1 ? `one ${unitName === 'queries' ? 'query' : unitName.slice(0, -1)} is too few for an interval` : `${count} ${unitName} are too few for an interval`)

/** A value with its interval, or with the reason why there is none. */
export function measuredOf(measure: RowMeasure, { value, note, drawn }: Sampled, { units, unitName }: Scored, level: number): Measured {
  const bare = { measure: measure.name, value, low: null, high: null }
  if (value === null) return { ...bare, note: note ?? measure.because }
  if (drawn.length === 0) return units.count < leastUnits ? { ...bare, note: tooFew(units, unitName) } : bare
  const interval = percentiles(drawn, level)
  return interval ? { measure: measure.name, value, low: interval.low, high: interval.high } : { ...bare, note: 'too few resamples have a value' }
}

/** How far a ratio is from 1, as which two ratios are compared. */
const distance = (better: Better) => (better === 'near 1' ? (value: number) => Math.abs(Math.log(value)) : (value: number) => value)

/** Ours minus another, not yet corrected. */
function differenceOf(measure: RowMeasure, ours: Sampled, theirs: Sampled, scored: Scored, level: number): Omit<Compared, 'standing' | 'corrected'> {
  const bare = { measure: measure.name, difference: null, low: null, high: null, pValue: null }
  if (ours.value === null || theirs.value === null) return { ...bare, note: (ours.value === null ? ours.note : theirs.note) ?? measure.because }
  const of = distance(measure.better)
  const difference = of(ours.value) - of(theirs.value)
  if (!Number.isFinite(difference)) return { ...bare, note: 'a ratio of 0 has no distance from 1' }
  if (ours.drawn.length === 0) return { ...bare, difference, ...(scored.units.count < leastUnits && { note: tooFew(scored.units, scored.unitName) }) }
  const interval = percentiles(ours.drawn.map((value, i) => of(value) - of(theirs.drawn[i])), level)
  if (!interval) return { ...bare, difference, note: 'too few resamples have a value' }
  const { low, high, standardError } = interval
  return { measure: measure.name, difference, low, high, pValue: twoSided(difference, standardError) }
}

/** Ours against each other: `[other][measure]`, each measure corrected over all pairs given. */
export function comparisons(
  measures: readonly RowMeasure[], pairs: readonly { readonly ours: readonly Sampled[]; readonly theirs: readonly Sampled[]; readonly scored: Scored }[], level: number,
): Compared[][] {
  const byMeasure = measures.map((measure, m) =>
    settled(pairs.map(({ ours, theirs, scored }) => differenceOf(measure, ours[m], theirs[m], scored, level)), measure.better, level))
  return pairs.map((_, pair) => byMeasure.map((family) => family[pair]))
}
