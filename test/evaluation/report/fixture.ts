import {
  MixerPipeline, describe as wiringOf, dropColumnImportance, evaluate, evaluateLists, evaluationReport, fromList, partialDependence, permutationImportance, predicateFilter,
  sampleFeed, segmentErrors,
} from '../../../src'
import type { EpochRecord, Report, ReportInput } from '../../../src'
import { shownRows } from '../rows'
import type { Shown } from '../rows'

// Reports on made-up rows, chosen to bring out what a report must say.

export const hostile = '</title><script>alert("1")</script> & \'it\' <b>|`\u0000\u0007\u001b[31m'

const epochs = (count: number): EpochRecord[] => Array.from({ length: count }, (_, i) => ({
  epoch: i + 1, loss: 0.6 + 0.2 / (i + 1), parts: { liked: 0.4 + 0.1 / (i + 1), stars: 0.2 + 0.1 / (i + 1) },
  validation: { 'auc:liked': 0.7 - 0.1 / (i + 1), loss: 0.65 + 0.1 / (i + 1) }, learningRate: 0.001, gradientNorm: 1.4, trainingMs: 4137,
}))

const train = shownRows(1200, 'report train')
const rows = shownRows(900, 'report test', 1200)
const noise = (row: Shown) => Math.abs(Math.sin(1e4 * (row.at + 1)))
const options = { rows, train, label: 'liked', grade: 'stars', user: 'user', item: 'item', timestamp: 'at', segments: [{ by: 'topic' }], resamples: 200, seed: 1 } as const

const ranking = (ours: (row: Shown) => number, inUse: (row: Shown) => number) => evaluate<Shown>({
  ...options, inUse: 'In use', contenders: [{ name: 'Ours', what: 'what we made', score: ours }, { name: 'In use', what: 'what is there', score: inUse }],
})

async function feed(name: string, title: string) {
  const items = Array.from({ length: 40 }, (_, id) => ({ id: `i${id}`, title: `${title} ${id}` }))
  const pipeline = MixerPipeline.for<{ user: string }, { id: string; title: string }>({ name, limit: 6, clock: () => 1.5e12, seed: () => 7 })
    .source(fromList(`${name} all`, items), fromList('some', items.slice(10, 30)), { name: 'slow', fetch: () => { throw new Error(name) } })
    .filter(predicateFilter(`${name} odd`, ({ id }) => Number(id.slice(1)) % 2 === 0))
    .score({ name: 'by number', score: (_, cs) => Float64Array.from(cs, ({ id }, i) => (i === 3 ? NaN : 1 - Number(id.slice(1)) / 50)) })
    .build()
  const result = await pipeline.run({ user: 'u1' })
  return {
    pipeline,
    sample: sampleFeed(result, {
      title: `A feed of ${name}`, item: ({ candidate }) => ({ title: candidate.title, subtitle: name, reason: `because of ${name}` }),
      known: { title: 'Liked last', items: [title, 'another'] }, probability: 'Chance of a like', wiring: wiringOf(pipeline).text,
    }),
  }
}

async function whole(name: string, evaluation: Awaited<ReturnType<typeof ranking>>): Promise<ReportInput> {
  const { pipeline, sample } = await feed(name, name)
  const queries = rows.filter((row) => row.liked).slice(0, 150)
  const lists = await evaluateLists<Shown>({
    queries, relevant: (row) => [row.item], user: (row) => row.user, catalogue: Array.from({ length: 60 }, (_, i) => `i${i}`), k: 6, resamples: 100, train: [],
    contenders: [{ name: `${name} feed`, feed: ({ user }) => pipeline.run({ user }) }, { name: 'Fixed', retrieve: () => ['i1', 'i3'] }],
  })
  const score = (some: readonly Shown[]) => some.map((row) => row.truth * 0.9 + row.taste * 0.1)
  return {
    title: `A report on ${name}`, eyebrow: name, tolerableEce: 0.06,
    evaluations: [{ name: 'Ranking', note: name, evaluation }, { name: `${name} lists`, evaluation: lists }],
    data: { note: name, parts: [{ name: 'train', use: name, rows: 1200, users: 40, from: 1.4e12, to: 1.5e12 }, { name: 'test', rows: 900, users: 40, from: 1.5e12, to: 1.55e12 }] },
    learning: [{ name, epochs: epochs(6) }],
    importance: [
      { name: `What ${name} goes by`, importance: await permutationImportance({ rows, label: 'liked', features: ['taste', 'topic', { name, columns: ['truth', 'taste'] }], score }) },
      { name: 'Trained without', importance: await dropColumnImportance({ rows, label: 'liked', user: 'user', features: ['taste'], resamples: 50, refit: (without) => (some) => some.map((row) => (without.length > 0 ? 0.5 : row.truth)) }) },
    ],
    dependence: [
      await partialDependence({ rows, feature: 'taste', score: (some) => some.map((row) => row.taste ** 2), individuals: 4 }),
      await partialDependence({ rows, feature: 'topic', score: (some) => some.map((row) => row.topic.length / 10) }),
    ],
    errors: segmentErrors({ rows, label: 'liked', probabilities: rows.map((row) => (row.topic === 'tax' ? 0.05 : row.truth)), columns: ['topic', 'taste'], user: 'user' }),
    feeds: [sample],
    facts: [['Seed', name]],
    notes: [{
      title: 'Reproduce', aside: name, code: `npm start ${name}`, figures: [['Median', name]], paragraphs: [name],
      links: [{ text: 'the web', href: 'https://example.org/' }, { text: name, href: `javascript:alert(1)//${name}` }],
    }],
  }
}

export async function reports(): Promise<Readonly<Record<'wins' | 'loses' | 'undecided' | 'wild' | 'bare', Report>>> {
  const wins = await whole('plain', await ranking((row) => row.truth, (row) => 0.3 * row.taste + 0.5 * noise(row)))
  const loses = evaluationReport({ title: 'It loses', evaluations: [{ name: 'Ranking', evaluation: await ranking((row) => 0.3 * row.taste + 0.5 * noise(row), (row) => row.truth) }] })
  const undecided = evaluationReport({
    title: 'It is open', evaluations: [{ name: 'Ranking', evaluation: await ranking((row) => 0.98 * row.truth + 0.02 * noise(row), (row) => 0.98 * row.truth + 0.02 * noise({ ...row, at: row.at * 7 })) }],
  })
  const wildRows = rows.slice(0, 400).map((row) => ({ ...row, topic: row.topic === 'tax' ? hostile : row.topic === 'news' ? '__proto__' : 'constructor' }))
  const wildEvaluation = await evaluate<Shown>({
    ...options, rows: wildRows, train: [...train, wildRows[0]], leakage: 'flag', resamples: 50,
    contenders: [
      { name: hostile, what: hostile, score: (row) => row.truth }, { name: '__proto__', score: (row) => 40 * row.taste }, { name: 'constructor', score: () => 0.5 },
      { name: `${'Donaudampfschifffahrtselektrizit\u00e4tenhauptbetriebswerkbauunterbeamtengesellschaft '.repeat(2)}`, score: () => Infinity },
    ],
  })
  const wild = await whole(hostile, wildEvaluation)
  const bare = evaluationReport({
    title: 'One row', evaluations: [{ name: 'Ranking', evaluation: await evaluate({ rows: rows.slice(0, 1), label: () => 1, contenders: [{ name: 'Ours', score: () => NaN || 0.5 }], baselines: [] }) }],
    learning: [{ name: 'None', epochs: [] }, { name: 'One', epochs: [{ ...epochs(1)[0], loss: Infinity, parts: {}, validation: { constructor: NaN, 'auc:liked': 0.5 } }] }], data: { parts: [{ name: 'test', rows: 1 }] },
  })
  return { wins: evaluationReport(wins), loses, undecided, wild: evaluationReport(wild), bare }
}
