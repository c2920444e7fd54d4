import type { Id } from '../data'
import { ArgumentError, checkInteger, checkMoment, checkObject, expected } from '../errors'
import { judgeRanking } from '../metrics'
import type { Similarity } from '../metrics'
import type { Seed } from '../random'
import { allLists } from './all-lists'
import type { Made } from './all-lists'
import { baselineNames } from './baselines'
import type { BaselineName } from './baselines'
import { beyondAccuracy, beyondInfos, similarityOf } from './beyond-accuracy'
import { checkTable } from './columns'
import { checkContenders } from './contenders'
import { guard, leaksBetween } from './leakage'
import { keyOf } from './list-contenders'
import type { ListContender } from './list-contenders'
import { listBaselines } from './list-baselines'
import { comparisons, measuredOf } from './measuring'
import type { Scored } from './measuring'
import { stepper } from './progress'
import type { LongRun } from './progress'
import { judgementsOf, listMeasures, listNotes, repeats } from './questions'
import { checkResampling, unitsOf } from './resampling'
import { sampleMeans } from './sample-means'
import type { ContenderResult, Evaluation, Role, SegmentResult } from './result'
import { segmentsOf, usualSegments } from './segments'
import type { SegmentOption } from './segments'

/** Who had what and when, before the test. */
export interface Interaction {
  readonly user: Id
  readonly item: Id
  /** Ms since 1970, or a Date. */
  readonly timestamp?: number | Date | undefined
}

/** What {@link evaluateLists} takes. */
export interface EvaluateListsOptions<Query> extends LongRun {
  /** One request each, from the test part. */
  readonly queries: readonly Query[]
  /** The ids that answer a query, or a `Map` from id to grade. */
  readonly relevant: (query: Query) => Iterable<Id> | ReadonlyMap<Id, number>
  /** Whose query it is: intervals resample users whole. */
  readonly user?: ((query: Query) => Id) | undefined
  /** When it was asked, ms since 1970 or a Date. */
  readonly timestamp?: ((query: Query) => number | Date) | undefined
  /** All items there are: what scorers rank, and what coverage is a share of. */
  readonly catalogue: Iterable<Id>
  /** Items a user knew at that moment: scorers and baselines leave them out, and none of them answers the query. */
  readonly known?: ((query: Query) => Iterable<Id>) | undefined
  /** Who is judged, the first being yours. */
  readonly contenders: readonly ListContender<Query>[]
  readonly inUse?: string | undefined
  /** How long a list is. */
  readonly k: number
  /** List metrics by name, the first one decides. @defaultValue recall, NDCG, MAP and MRR at `k` */
  readonly measures?: readonly string[] | undefined
  /** The depth at which coverage, Gini, novelty, diversity and personalization are measured. @defaultValue 10, or `k` */
  readonly page?: number | undefined
  /** What users had in training: for baselines, novelty and diversity, and to find leaks. */
  readonly train?: readonly Interaction[] | undefined
  /** How alike two items are, for diversity. @defaultValue by users who had both in training */
  readonly similarity?: Similarity | undefined
  /** @defaultValue all three */
  readonly baselines?: readonly BaselineName[] | undefined
  readonly segments?: readonly SegmentOption<Query>[] | undefined
  /** New, heavy and other users. @defaultValue true */
  readonly usualSegments?: boolean | undefined
  /**
   * Scorers rank the relevant items among so many sampled others, and the figures are labelled `sampled`: they are higher than
   * those of the full ranking, and may even order contenders otherwise (Krichene and Rendle 2020). Absent, all items are ranked.
   */
  readonly sampledNegatives?: number | undefined
  /** @defaultValue 'refuse' */
  readonly leakage?: 'refuse' | 'flag' | undefined
  /** At least 20, or 0 for no intervals. @defaultValue 1000 */
  readonly resamples?: number | undefined
  /** @defaultValue 0.95 */
  readonly level?: number | undefined
  /** @defaultValue 0 */
  readonly seed?: Seed | undefined
}

/**
 * Judges whose lists hold what users went on to want: retrieval models, scorers of the whole catalogue, and whole pipelines, beside
 * baselines, with coverage, Gini, novelty, diversity and personalization.
 *
 * Of a pipeline it also tells which source brought what was relevant, and where relevant items got lost: never retrieved,
 * removed by which filter, or ranked behind the page. Queries without a relevant item are left out and counted in a note.
 * A pipeline that fails a request gives an empty list; how many did is part of the result.
 *
 * @throws ArgumentError on an option that makes no sense; DataError on ids that are none, on NaN scores, on a test part that
 * training knew, and where no query has a relevant item; the reason of `signal`.
 * @example
 * ```ts
 * import { evaluateLists } from 'feedrank'
 *
 * const queries = Array.from({ length: 30 }, (_, i) => ({ user: i, wanted: i % 3 }))
 * const { contenders } = await evaluateLists({
 *   queries, relevant: ({ wanted }) => [wanted], user: ({ user }) => user, catalogue: [0, 1, 2, 3, 4, 5, 6, 7], k: 2,
 *   contenders: [{ name: 'Knows', retrieve: ({ wanted }) => [wanted, 7] }, { name: 'Always 0', retrieve: () => [0] }],
 * })
 * console.log(contenders.slice(0, 2).map(({ name, measures }) => `${name} ${measures[0].value?.toFixed(2)}`)) // ['Knows 1.00', 'Always 0 0.33']
 * ```
 */
export async function evaluateLists<Query extends object>(options: EvaluateListsOptions<Query>): Promise<Evaluation> {
  const where = 'evaluateLists'
  const { queries, train = [], contenders, seed = 0, inUse, leakage = 'refuse', sampledNegatives } = checkObject(where, 'options', options)
  checkTable(where, 'queries', queries, 1)
  checkTable(where, 'train', train, 0)
  checkContenders(where, contenders, ['retrieve', 'scoreItems', 'feed'])
  const k = checkInteger(where, 'k', options.k)
  const page = checkInteger(where, 'page', options.page ?? Math.min(10, k))
  for (const name of ['relevant', 'user', 'timestamp', 'known'] as const)
    if (typeof options[name] !== 'function' && (name === 'relevant' || options[name] !== undefined)) throw new ArgumentError(expected(where, name, 'a function of the query', options[name]))
  if (typeof options.catalogue !== 'object' || options.catalogue === null || !(Symbol.iterator in options.catalogue))
    throw new ArgumentError(expected(where, 'catalogue', 'ids', options.catalogue))
  if (inUse !== undefined && !contenders.slice(1).some(({ name }) => name === inUse))
    throw new ArgumentError(expected(where, 'inUse', 'the name of a contender after the first', inUse))
  if (sampledNegatives !== undefined) {
    checkInteger(where, 'sampledNegatives', sampledNegatives)
    const other = contenders.find((contender) => !('scoreItems' in contender))
    if (other) throw new ArgumentError(`feedrank/${where}: expected every contender to have \`scoreItems\` with sampled negatives, got ${other.name}, which makes lists of its own`)
  }
  const resampling = checkResampling(where, options)
  const step = stepper(where, options)
  const catalogue = [...new Map(Array.from(options.catalogue, (id, i) => [keyOf(where, `catalogue[${i}]`, id), id] as const))]
  if (sampledNegatives !== undefined && sampledNegatives >= catalogue.length)
    throw new ArgumentError(expected(where, 'sampledNegatives', `fewer than the ${catalogue.length} items of the catalogue`, sampledNegatives))
  const measures = listMeasures(where, options.measures ?? [`recall@${k}`, `ndcg@${k}`, `map@${k}`, `mrr@${k}`], k, sampledNegatives !== undefined)

  let familiar = 0
  const judged = queries.map((query, q) => {
    const grades = judgementsOf(where, options.relevant(query), q)
    // Baselines leave out what was known, so nobody may be given credit for it.
    for (const id of options.known?.(query) ?? []) familiar += Number(grades.delete(keyOf(where, `an item known to queries[${q}]`, id)))
    return grades
  })
  const asked = queries.flatMap((query, q) => (judged[q].size > 0 ? [{ query, grades: judged[q] }] : []))
  if (asked.length === 0) throw new ArgumentError(`feedrank/${where}: undefined where none of ${queries.length} queries has a relevant item`)
  const named = segmentsOf(where, asked.map(({ query }) => query), options.segments)
  const users = options.user && asked.map(({ query }, q) => keyOf(where, `the user of queries[${q}]`, options.user?.(query)))
  const times = options.timestamp && Float64Array.from(asked, ({ query }, q) => checkMoment(where, `timestamp of queries[${q}]`, options.timestamp?.(query)))
  const trainUsers = train.map(({ user }, i) => keyOf(where, `train[${i}].user`, user))
  const trainItems = train.map(({ item }, i) => keyOf(where, `train[${i}].item`, item))
  const trainTimes = train.length > 0 && train.every(({ timestamp }) => timestamp !== undefined)
    ? Float64Array.from(train, ({ timestamp }, i) => checkMoment(where, `train[${i}].timestamp`, timestamp)) : undefined
  const noColumns = { ids: undefined, users: undefined, items: undefined }
  const leaks = leaksBetween({ ...noColumns, rows: [], times: trainTimes }, { ...noColumns, rows: [], times })
  guard(where, leaks, leakage)

  const added = listBaselines<Query>(where, options.baselines ?? baselineNames, { catalogue, trainItems, trainTimes, sampled: sampledNegatives !== undefined, seed })
  const all: readonly { readonly role: Role; readonly contender: ListContender<Query> }[] = [
    ...contenders.map((contender, i) => ({ role: i === 0 ? 'ours' as const : 'rival' as const, contender })),
    ...added.map((contender) => ({
      role: 'baseline' as const, contender: contenders.some(({ name }) => name === contender.name) ? { ...contender, name: `${contender.name} (baseline)` } : contender,
    })),
  ]
  const made: Made[] = []
  for (const { contender } of all) {
    made.push(await allLists(where, contender, asked, { k, catalogue, known: options.known, sampledNegatives, seed, signal: options.signal, step }))
  }

  const unitName = users ? 'users' : 'queries'
  const units = unitsOf(users, asked.length)
  const scored = { units, unitName } as Scored
  const values = made.map(({ lists }) => measures.map(({ list }) => Float64Array.from(lists, ({ keys }, q) =>
    list === undefined ? NaN : list.metric(judgeRanking(keys as string[], asked[q].grades), list.options))))
  const sampled = await sampleMeans(values, units, resampling, seed, step, 'all queries')
  const against = comparisons(measures, sampled.slice(1).map((theirs) => ({ ours: sampled[0], theirs, scored })), resampling.level)
  const interactions = new Map<string, number>()
  for (const item of trainItems) interactions.set(item, (interactions.get(item) ?? 0) + 1)
  const similarity = options.similarity ?? (train.length > 0 ? similarityOf(trainUsers, trainItems) : undefined)
  const keys = catalogue.map(([key]) => key)
  const results = all.map(({ role, contender }, i): ContenderResult => ({
    name: contender.name, what: contender.what ?? '', role,
    measures: [
      ...measures.map((measure, m) => measuredOf(measure, sampled[i][m], scored, resampling.level)),
      ...beyondAccuracy({ pages: made[i].lists.map((list) => list.keys.slice(0, page)), catalogue: keys, interactions, similarity }, page),
    ],
    ...(i > 0 && { against: against[i - 1] }),
    ...(made[i].funnel && { funnel: made[i].funnel }),
    ...(made[i].failed > 0 && { failures: { requests: made[i].failed, first: made[i].first } }),
  }))

  const reference = inUse === undefined ? bestOther(sampled.map(([{ value }]) => value)) : all.findIndex(({ contender }) => contender.name === inUse)
  const parts = [
    ...((options.usualSegments ?? true) && users && train.length > 0 ? usualSegments({ users, items: undefined }, { users: trainUsers, items: undefined }) : []),
    ...named.parts,
  ].filter((part) => part.rows.length > 0)
  const inParts = []
  for (const part of parts) {
    const of = (all: Float64Array) => Float64Array.from(part.rows, (q) => all[q])
    const partUnits = unitsOf(users && part.rows.map((q) => users[q]), part.rows.length)
    const some = (reference > 0 ? [values[0], values[reference]] : [values[0]]).map((row) => row.slice(0, 2).map(of))
    inParts.push({ part, scored: { units: partUnits, unitName } as Scored, sampled: await sampleMeans(some, partUnits, resampling, seed, step, part.name) })
  }
  const some = measures.slice(0, 2)
  const partAgainst = reference > 0 ? comparisons(some, inParts.map(({ scored, sampled: [ours, theirs] }) => ({ ours, theirs, scored })), resampling.level) : []
  const segments = inParts.map(({ part, scored, sampled: [ours] }, i): SegmentResult => ({
    group: part.group, name: part.name, rows: part.rows.length, users: users ? scored.units.count : 0,
    ours: some.map((measure, m) => measuredOf(measure, ours[m], scored, resampling.level)), against: partAgainst[i] ?? [],
  }))
  await step('done', '', 1, 1)
  return {
    kind: 'lists', size: asked.length, users: users ? units.count : 0, positives: asked.reduce((sum, { grades }) => sum + grades.size, 0),
    from: times ? times.reduce((a, b) => Math.min(a, b)) : null, to: times ? times.reduce((a, b) => Math.max(a, b)) : null, trainRows: train.length,
    measures: [...measures.map(({ name, label, better }) => ({ name, label, better })), ...beyondInfos(page)],
    primary: measures[0].name, ours: all[0].contender.name, reference: reference > 0 ? all[reference].contender.name : null, referenceInUse: inUse !== undefined,
    contenders: results, segments, leaks: [...leaks, ...repeats(users, asked.map(({ grades }) => grades), trainUsers, trainItems)],
    notes: [...listNotes(users !== undefined, queries.length - asked.length, sampledNegatives, keys.length, familiar), ...named.notes], ...resampling, seed,
  }
}

function bestOther(values: readonly (number | null)[]): number {
  let best = -1
  for (let i = 1; i < values.length; i++) if (values[i] !== null && (best < 0 || (values[i] ?? 0) > (values[best] ?? 0))) best = i
  return best
}
