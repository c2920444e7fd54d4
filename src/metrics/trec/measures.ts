import { ArgumentError, expected } from '../../errors'
import { bpref, inferredAveragePrecision, interpolatedPrecision } from '../judged-metrics'
import { relevance } from '../list-metric'
import { fScore, hitRate, listAveragePrecision, listPrecision, listRecall, reciprocalRank, relativePrecision, rPrecision } from '../list-metrics'
import { ndcg } from '../ndcg'
import { countAtLeast } from '../ranking'
import type { JudgedRanking } from '../ranking'
import { binaryGain, ndcgAtLevels, ndcgAtRelevant, normalizedGain } from './experimental'

/** What a measure needs to know beside the ranking. */
interface Settings {
  readonly relevantFrom: number
  readonly version: 9 | 10
}

/** How the values of queries become one: their mean, their sum, or the geometric mean of what is at least 1e-5. */
export type Summary = 'mean' | 'sum' | 'geometric'

type Value = (ranking: JudgedRanking, settings: Settings, parameter: number) => number

/** A measure by the name trec_eval prints. */
export interface TrecMeasure {
  readonly name: string
  readonly summary: Summary
  readonly value: (ranking: JudgedRanking, settings: Settings) => number
}

interface Family {
  readonly value: Value
  readonly summary?: Summary
  /** Without them, a measure of one figure. */
  readonly parameters?: readonly number[]
  /** Parameters print with two digits after the point, not as whole numbers. */
  readonly shares?: boolean
}

const cutoffs = [5, 10, 15, 20, 30, 100, 200, 500, 1000]
const steps = (count: number, step: number) => Array.from({ length: count }, (_, i) => Number((i * step).toFixed(2)))

const interpolated: Value = (ranking, { relevantFrom, version }, recall) => interpolatedPrecision(ranking, { recall, relevantFrom, trecEval: version })
const judgedIrrelevant = (ranking: JudgedRanking, least: number) => countAtLeast(ranking.grades, 0) - countAtLeast(ranking.grades, least)

const families: ReadonlyMap<string, Family> = new Map<string, Family>([
  ['num_q', { summary: 'sum', value: () => 1 }],
  ['num_ret', { summary: 'sum', value: ({ grades }) => grades.length }],
  ['num_rel', { summary: 'sum', value: (ranking, settings) => relevance(ranking, settings).relevant }],
  ['num_rel_ret', { summary: 'sum', value: (ranking, settings) => relevance(ranking, settings).found }],
  ['num_nonrel_judged_ret', { summary: 'sum', value: (ranking, { relevantFrom }) => judgedIrrelevant(ranking, relevantFrom) }],
  ['map', { value: (ranking, settings) => listAveragePrecision(ranking, settings) }],
  ['gm_map', { summary: 'geometric', value: (ranking, settings) => listAveragePrecision(ranking, settings) }],
  ['map_cut', { parameters: cutoffs, value: (ranking, { relevantFrom }, k) => listAveragePrecision(ranking, { k, relevantFrom }) }],
  ['P', { parameters: cutoffs, value: (ranking, { relevantFrom }, k) => listPrecision(ranking, { k, relevantFrom }) }],
  ['relative_P', { parameters: cutoffs, value: (ranking, { relevantFrom }, k) => relativePrecision(ranking, { k, relevantFrom }) }],
  ['recall', { parameters: cutoffs, value: (ranking, { relevantFrom }, k) => listRecall(ranking, { k, relevantFrom }) }],
  ['success', { parameters: [1, 5, 10], value: (ranking, { relevantFrom }, k) => hitRate(ranking, { k, relevantFrom }) }],
  ['Rprec', { value: (ranking, { relevantFrom }) => rPrecision(ranking, { relevantFrom }) }],
  ['Rprec_mult', { parameters: steps(11, 0.2).slice(1), shares: true, value: (ranking, { relevantFrom }, multiple) => rPrecision(ranking, { relevantFrom, multiple }) }],
  ['recip_rank', { value: (ranking, settings) => reciprocalRank(ranking, settings) }],
  ['bpref', { value: (ranking, { relevantFrom }) => bpref(ranking, { relevantFrom }) }],
  ['gm_bpref', { summary: 'geometric', value: (ranking, { relevantFrom }) => bpref(ranking, { relevantFrom }) }],
  ['infAP', { value: (ranking, { relevantFrom }) => inferredAveragePrecision(ranking, { relevantFrom }) }],
  ['iprec_at_recall', { parameters: steps(11, 0.1), shares: true, value: interpolated }],
  ['11pt_avg', { value: (ranking, settings) => steps(11, 0.1).reduce((sum, recall) => sum + interpolated(ranking, settings, recall), 0) / 11 }],
  ['ndcg', { value: (ranking) => ndcg(ranking) }],
  ['ndcg_cut', { parameters: cutoffs, value: (ranking, _, k) => ndcg(ranking, { k }) }],
  ['ndcg_rel', { value: (ranking) => ndcgAtRelevant(ranking) }],
  ['Rndcg', { value: (ranking, { relevantFrom }) => ndcgAtLevels(ranking, relevantFrom) }],
  ['G', { value: (ranking) => normalizedGain(ranking) }],
  ['binG', { value: (ranking, { relevantFrom }) => binaryGain(ranking, relevantFrom) }],
  ['set_P', { value: (ranking, settings) => listPrecision(ranking, settings) }],
  ['set_relative_P', { value: (ranking, settings) => relativePrecision(ranking, settings) }],
  ['set_recall', { value: (ranking, settings) => listRecall(ranking, settings) }],
  ['set_map', { value: (ranking, settings) => listPrecision(ranking, settings) * listRecall(ranking, settings) }],
  ['set_F', { value: (ranking, settings) => fScore(ranking, settings) }],
  ['utility', { value: (ranking, settings) => 2 * relevance(ranking, settings).found - ranking.grades.length }],
])

const groups: ReadonlyMap<string, readonly string[]> = new Map([
  ['official', ['num_q', 'num_ret', 'num_rel', 'num_rel_ret', 'map', 'gm_map', 'Rprec', 'bpref', 'recip_rank', 'iprec_at_recall', 'P']],
  ['set', ['num_q', 'num_ret', 'num_rel', 'num_rel_ret', 'utility', 'set_P', 'set_relative_P', 'set_recall', 'set_map', 'set_F']],
  ['all', Array.from(families.keys())],
])

/** The measures behind a name: of a group (`official`), a family (`P`), a family's figures (`P.5,10`), or one (`P_5`). */
export function measuresNamed(where: string, name: string): TrecMeasure[] {
  if (typeof name !== 'string') throw new ArgumentError(expected(where, 'measures', 'names', name))
  const group = groups.get(name)
  if (group) return group.flatMap((family) => measuresNamed(where, family))
  const whole = families.get(name)
  if (whole) return (whole.parameters ?? [NaN]).map((parameter) => measureOf(name, whole, parameter))
  const [, title = '', list = ''] = /^(.+?)[._]((?:\d+(?:\.\d+)?)(?:,\d+(?:\.\d+)?)*)$/.exec(name) ?? []
  const family = families.get(title)
  if (!family?.parameters) {
    const known = [...groups.keys(), ...families.keys()].join(', ')
    throw new ArgumentError(expected(where, 'measures', `names trec_eval gives: ${known}, with cut-offs as P_5 or P.5,10`, name))
  }
  return list.split(',').map((parameter) => {
    const value = Number(parameter)
    if (!family.shares && !(Number.isSafeInteger(value) && value > 0)) throw new ArgumentError(expected(where, 'measures', 'cut-offs of 1 or more', name))
    if (title === 'iprec_at_recall' && value > 1) throw new ArgumentError(expected(where, 'measures', 'recalls of at most 1', name))
    return measureOf(title, family, value)
  })
}

function measureOf(title: string, family: Family, parameter: number): TrecMeasure {
  const { value, summary = 'mean', parameters, shares } = family
  const name = parameters ? `${title}_${shares ? parameter.toFixed(2) : parameter}` : title
  return { name, summary, value: (ranking, settings) => value(ranking, settings, parameter) }
}
