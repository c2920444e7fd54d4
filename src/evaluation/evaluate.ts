import { ArgumentError, checkInteger, checkObject, expected } from '../errors'
import type { Numbers } from '../metrics'
import type { Seed } from '../random'
import { baselineNames, baselinesOf } from './baselines'
import type { BaselineName } from './baselines'
import { checkTable, idsOf, labelsOf, momentsOf, numbersOf } from './columns'
import type { RowColumn } from './columns'
import { checkContenders, scoresOf } from './contenders'
import type { Contender } from './contenders'
import { curvesOf } from './curves'
import { guard, leaksBetween, tooGood } from './leakage'
import { measureOf, usualMeasures } from './measures'
import type { MeasureOption, RowMeasure } from './measures'
import { comparisons, measuredOf, sampleMeasures } from './measuring'
import type { Sampled, Scored } from './measuring'
import { stepper } from './progress'
import type { LongRun, Step } from './progress'
import { checkResampling, unitsOf } from './resampling'
import type { ResamplingOptions } from './resampling'
import type { Compared, ContenderResult, Evaluation, Role, SegmentResult } from './result'
import { segmentsOf, usualSegments } from './segments'
import type { SegmentOption, SegmentRows } from './segments'

/** What {@link evaluate} takes. */
export interface EvaluateOptions<Row extends object> extends LongRun {
  /** The test part: rows with what came of them. */
  readonly rows: readonly Row[]
  /** What contenders learned from. Baselines learn from it, segments are made of it, and nothing of it may be in the test part. */
  readonly train?: readonly Row[] | undefined
  /** 0 or 1, false or true. */
  readonly label: RowColumn<Row>
  /** The grade NDCG and ERR read, at least 0. @defaultValue the label */
  readonly grade?: RowColumn<Row> | undefined
  /** Whose row it is: intervals resample users whole. */
  readonly user?: RowColumn<Row> | undefined
  readonly item?: RowColumn<Row> | undefined
  readonly timestamp?: RowColumn<Row> | undefined
  /** What names an event, where anything does; an id in both parts is a leak. */
  readonly id?: RowColumn<Row> | undefined
  /** Rows that were ranked together. @defaultValue those of a user */
  readonly list?: RowColumn<Row> | undefined
  /** Who is judged, the first being yours. */
  readonly contenders: readonly Contender<Row>[]
  /** The contender in use today; the report asks whether yours is better than it. */
  readonly inUse?: string | undefined
  /** The first one decides. @defaultValue AUC, log loss, NDCG@10, ECE, normalized entropy, GAUC, predicted over observed */
  readonly measures?: readonly MeasureOption[] | undefined
  /** Added as far as `item`, `timestamp` and `train` are there. @defaultValue all three */
  readonly baselines?: readonly BaselineName[] | undefined
  /** Parts of the rows beside the usual ones. */
  readonly segments?: readonly SegmentOption<Row>[] | undefined
  /** New, heavy and other users; fresh, tail and popular items. @defaultValue true */
  readonly usualSegments?: boolean | undefined
  /** What is done about test rows that training knew. @defaultValue 'refuse' */
  readonly leakage?: 'refuse' | 'flag' | undefined
  /** How many worker threads score for contenders with a `module`. @defaultValue 1 */
  readonly workers?: number | undefined
  /** At least 20, or 0 for no intervals. @defaultValue 1000 */
  readonly resamples?: number | undefined
  /** @defaultValue 0.95 */
  readonly level?: number | undefined
  /** @defaultValue 0 */
  readonly seed?: Seed | undefined
}

/**
 * Judges models and plain score functions on rows they have not seen, beside baselines, for all and for each segment.
 *
 * Every contender is measured on the same resamples of whole users (Efron's percentile bootstrap), so a difference is paired.
 * Differences by one measure are corrected together (Holm 1979). What has no value is `null` with a note that says why.
 *
 * @throws ArgumentError on an option that makes no sense; DataError on rows without a column or with a value that is none of its
 * kind, on a score that is NaN, and on a test part that training knew; ContractError where a contender gives no score for each row;
 * BackendError where a worker dies; the reason of `signal`.
 * @example
 * ```ts
 * import { evaluate, seededRandom } from 'feedrank'
 *
 * const random = seededRandom(7)
 * const rows = Array.from({ length: 600 }, (_, i) => {
 *   const taste = random.next()
 *   return { user: `u${i % 40}`, taste, liked: random.next() < taste }
 * })
 * const { contenders } = await evaluate({
 *   rows, label: 'liked', user: 'user', measures: ['auc', 'logLoss'],
 *   contenders: [{ name: 'Taste', score: (row) => row.taste }, { name: 'Coin', scores: rows.map(() => 0.5) }],
 * })
 * console.log(contenders.map(({ name, role }) => `${name}: ${role}`)) // ['Taste: ours', 'Coin: rival', 'Random: baseline']
 * console.log(contenders[1].against?.map(({ measure, standing }) => `${measure} ${standing}`)) // ['auc ahead', 'logLoss ahead']
 * ```
 */
export async function evaluate<Row extends object>(options: EvaluateOptions<Row>): Promise<Evaluation> {
  const where = 'evaluate'
  const { rows, train = [], contenders, seed = 0, inUse, leakage = 'refuse', workers = 1 } = checkObject(where, 'options', options)
  checkTable(where, 'rows', rows, 1)
  checkTable(where, 'train', train, 0)
  checkContenders(where, contenders, ['score', 'scoreAll', 'scores', 'module'])
  if (inUse !== undefined && !contenders.slice(1).some(({ name }) => name === inUse))
    throw new ArgumentError(expected(where, 'inUse', 'the name of a contender after the first', inUse))
  if (leakage !== 'refuse' && leakage !== 'flag') throw new ArgumentError(expected(where, 'leakage', "'refuse' or 'flag'", leakage))
  checkInteger(where, 'workers', workers)
  const resampling = checkResampling(where, options)
  const named = segmentsOf(where, rows, options.segments)
  const measures = checkMeasures(where, options.measures ?? usualMeasures)
  const step = stepper(where, options)
  const columns = readColumns(where, rows, options)
  const known = train.length === 0 ? undefined : readColumns(`${where}/train`, train, options)
  const leaks = known ? leaksBetween({ ...known, rows: train }, { ...columns, rows }) : []
  guard(where, leaks, leakage)

  const given: { readonly name: string; readonly what: string; readonly role: Role; readonly scores: Float64Array }[] = []
  for (const [i, contender] of contenders.entries()) {
    await step('scoring', contender.name, i, contenders.length)
    const scores = await scoresOf(where, contender, rows, workers, step, options.signal)
    given.push({ name: contender.name, what: contender.what ?? '', role: i === 0 ? 'ours' : 'rival', scores })
  }
  const names = new Set(given.map(({ name }) => name))
  const added = baselinesOf(checkBaselines(where, options.baselines ?? baselineNames), {
    testItems: columns.items, trainItems: known?.items, trainLabels: known?.labels, trainTimes: known?.times, testSize: rows.length, seed,
  }).map((one) => ({ ...one, name: names.has(one.name) ? `${one.name} (baseline)` : one.name, role: 'baseline' as const }))
  const all = [...given, ...added]

  const scored = scoredOf(columns, all.map(({ scores }) => scores))
  const sampled = await sampleMeasures(scored, measures, resampling, seed, step, 'all rows')
  const against = comparisons(measures, sampled.slice(1).map((theirs) => ({ ours: sampled[0], theirs, scored })), resampling.level)
  const results = all.map(({ name, what, role, scores }, i): ContenderResult => ({
    name, what, role,
    measures: measures.map((measure, m) => measuredOf(measure, sampled[i][m], scored, resampling.level)),
    ...(i > 0 && { against: against[i - 1] }),
    curves: curvesOf(columns.labels, scores, resampling.level),
  }))
  const reference = inUse === undefined ? bestOther(measures[0], sampled) : all.findIndex(({ name }) => name === inUse)
  const parts = [
    ...((options.usualSegments ?? true) && known ? usualSegments(columns, known) : []),
    ...named.parts,
  ].filter((part) => part.rows.length > 0)
  const segments = await measureSegments(parts, columns, all.map(({ scores }) => scores), reference, measures, resampling, seed, step)
  await step('done', '', 1, 1)
  const aucAt = measures.findIndex(({ name }) => name === 'auc')
  return {
    kind: 'rows', size: rows.length, users: columns.users ? new Set(columns.users).size : 0,
    positives: columns.labels.reduce((sum, label) => sum + label, 0),
    from: columns.times ? columns.times.reduce((a, b) => Math.min(a, b)) : null, to: columns.times ? columns.times.reduce((a, b) => Math.max(a, b)) : null,
    trainRows: train.length,
    measures: measures.map(({ name, label, better }) => ({ name, label, better })),
    primary: measures[0].name, ours: all[0].name, reference: reference > 0 ? all[reference].name : null, referenceInUse: inUse !== undefined,
    contenders: results, segments,
    leaks: [...leaks, ...given.flatMap(({ name }, i) => (aucAt < 0 ? [] : tooGood(name, sampled[i][aucAt].value, rows.length)))],
    notes: [...notesOf(columns.users !== undefined, known !== undefined, options.timestamp !== undefined), ...named.notes],
    ...resampling, seed,
  }
}

interface Columns {
  readonly labels: Float64Array
  readonly grades: Float64Array
  readonly users: readonly string[] | undefined
  readonly items: readonly string[] | undefined
  readonly times: Float64Array | undefined
  readonly ids: readonly string[] | undefined
  readonly lists: readonly string[] | undefined
}

function readColumns<Row extends object>(where: string, rows: readonly Row[], options: EvaluateOptions<Row>): Columns {
  const { label, grade, user, item, timestamp, id, list } = options
  if (label === undefined) throw new ArgumentError(expected(where, 'label', 'the name of a column or a function of the row', label))
  const labels = labelsOf(where, rows, label)
  const users = user === undefined ? undefined : idsOf(where, 'user', rows, user)
  return {
    labels, users,
    grades: grade === undefined ? labels : numbersOf(where, 'grade', rows, grade, 0),
    items: item === undefined ? undefined : idsOf(where, 'item', rows, item),
    times: timestamp === undefined ? undefined : momentsOf(where, rows, timestamp),
    ids: id === undefined ? undefined : idsOf(where, 'id', rows, id),
    lists: list === undefined ? users : idsOf(where, 'list', rows, list),
  }
}

function checkMeasures(where: string, options: readonly MeasureOption[]): RowMeasure[] {
  if (!Array.isArray(options) || options.length === 0) throw new ArgumentError(expected(where, 'measures', 'an array with at least one measure', options))
  const measures = options.map((option: MeasureOption, i) => measureOf(where, option, i))
  const names = new Set(measures.map(({ name }) => name))
  if (names.size < measures.length) throw new ArgumentError(`feedrank/${where}: expected \`measures\` to have names of their own, got ${measures.map(({ name }) => name).join(', ')}`)
  return measures
}

function checkBaselines(where: string, names: readonly BaselineName[]): readonly BaselineName[] {
  if (!Array.isArray(names)) throw new ArgumentError(expected(where, 'baselines', `an array of ${baselineNames.join(', ')}`, names))
  for (const name of names) if (!baselineNames.includes(name)) throw new ArgumentError(expected(where, 'baselines', `some of ${baselineNames.join(', ')}`, name))
  return names
}

const scoredOf = ({ labels, grades, users, lists }: Columns, scores: readonly Numbers[]): Scored => ({
  labels, grades, scores, lists: lists && { ids: lists }, units: unitsOf(users, labels.length), unitName: users ? 'users' : 'rows',
})

/** The best of the others by the measure that decides; -1 where none has a value. */
function bestOther({ better }: RowMeasure, sampled: readonly (readonly Sampled[])[]): number {
  let best = -1
  const worth = (value: number) => (better === 'higher' ? value : better === 'lower' ? -value : -Math.abs(Math.log(value)))
  for (let i = 1; i < sampled.length; i++) {
    const value = sampled[i][0].value
    const held = best < 0 ? null : sampled[best][0].value
    if (value !== null && (held === null || worth(value) > worth(held))) best = i
  }
  return best
}

/** Measures of a segment: the one that decides, log loss, and predicted over observed. */
const forSegments = (measures: readonly RowMeasure[]) =>
  measures.filter(({ name }, i) => i === 0 || name === 'logLoss' || name === 'calibrationRatio')

async function measureSegments(
  parts: readonly SegmentRows[], columns: Columns, scores: readonly Float64Array[], reference: number, all: readonly RowMeasure[],
  resampling: ResamplingOptions, seed: Seed, step: Step,
): Promise<SegmentResult[]> {
  const measures = forSegments(all)
  const contenders = reference > 0 ? [scores[0], scores[reference]] : [scores[0]]
  const measured: { readonly part: SegmentRows; readonly scored: Scored; readonly sampled: Sampled[][] }[] = []
  for (const part of parts) {
    const of = <T>(values: ArrayLike<T> | undefined) => values && part.rows.map((r) => values[r])
    const numbers = (values: Float64Array) => Float64Array.from(part.rows, (r) => values[r])
    const scored = scoredOf(
      { ...columns, labels: numbers(columns.labels), grades: numbers(columns.grades), users: of(columns.users), lists: of(columns.lists) }, contenders.map(numbers),
    )
    measured.push({ part, scored, sampled: await sampleMeasures(scored, measures, resampling, seed, step, `${part.group}: ${part.name}`) })
  }
  const against: Compared[][] = reference > 0
    ? comparisons(measures, measured.map(({ scored, sampled: [ours, theirs] }) => ({ ours, theirs, scored })), resampling.level)
    : measured.map(() => [])
  return measured.map(({ part, scored, sampled: [ours] }, i) => ({
    group: part.group, name: part.name, rows: part.rows.length, users: columns.users ? scored.units.count : 0,
    ours: measures.map((measure, m) => measuredOf(measure, ours[m], scored, resampling.level)), against: against[i],
  }))
}

function notesOf(users: boolean, train: boolean, times: boolean): string[] {
  return [
    users ? 'Intervals resample whole users, since the rows of one user are not independent.'
      : 'No user was named, so intervals resample single rows: where rows depend on one another they are too narrow.',
    ...(train && times ? [] : ['Whether the test rows come after the training rows was not checked: that takes `train` and `timestamp`.']),
  ]
}
