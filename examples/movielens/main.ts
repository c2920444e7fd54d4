/**
 * From rows to a ranked feed on MovieLens: trains a retrieval model and a ranker on the past, judges both on what came
 * after beside their baselines, and makes one user's feed with them.
 *
 *     npm start                             plain JavaScript, nothing native
 *     npm start -- --backend onnxruntime    or another backend that is installed
 *     npm start -- --index usearch          approximate nearest neighbours, where usearch is installed
 *     npm start -- --user 414               another user's feed
 */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { createPredictor, loadBackend, splitByTime, writeReport, type Backend, type BackendName } from 'feedrank'
import { showFeed } from './feed'
import { history, replay, type EventRow, type History } from './history'
import { judgeFeed } from './judge-feed'
import { explainRanking, judgeRanking } from './judge-ranking'
import { judgeRetrieval } from './judge-retrieval'
import { readMovieLens, seed, type Movie } from './movielens'
import { printReport } from './print'
import { trainRanker } from './ranking'
import { reportOf, type Part, type Results } from './report'
import { trainRetrieval } from './retrieval'
import { summaryOf } from './summary'

const { values: options } = parseArgs({
  options: {
    backend: { type: 'string', default: 'javascript' },
    index: { type: 'string', default: 'exact' },
    user: { type: 'string' },
    out: { type: 'string', default: 'out' },
  },
})
if (options.index !== 'exact' && options.index !== 'usearch') throw new Error(`--index: expected exact or usearch, got ${options.index}`)
const started = performance.now()
const say = (text: string) => console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`)

const backend = await loadBackend(options.backend as BackendName | 'auto')
const { movies, ratings } = await readMovieLens(new URL('../data/movielens-latest-small/', import.meta.url))
const past = history(movies)
const cut = splitByTime(ratings, { timestamp: 'timestamp', fractions: [0.8, 0.1, 0.1] })
const [train, validation] = [cut.train, cut.validation].map((part) => replay(past, part, movies))
say(`${train.length + validation.length} ratings replayed in order of time; features know only what came before`)

const retrieval = await trainRetrieval(train, validation, [...movies.values()], backend, options.index)
say(`two-tower model trained on ${backend.name}: ${retrieval.training.epochs.length} epochs, the best was ${retrieval.training.bestEpoch}`)
const ranker = await trainRanker(train, validation, backend)
say(`wide & deep model trained: ${ranker.training.epochs.length} epochs, the best was ${ranker.training.bestEpoch}`)

// The whole feed is judged before the test part is replayed, so that it cannot know it.
const feeds = await judgeFeed({ movies, past, retrieval, ranker, backend, now: cut.test[0].timestamp }, [...cut.train, ...cut.validation], cut.test)
const split = { train, validation, test: replay(past, cut.test, movies) }
const rows = [...split.train, ...split.validation, ...split.test]
say('the feed judged on what users went on to like')

const now = ratings[ratings.length - 1].timestamp + 1
const results: Results = {
  dataset: { name: 'MovieLens latest-small', ratings: rows.length, users: usersOf(rows), movies: movies.size, likedShare: rows.filter((r) => r.liked).length / rows.length },
  split: (['train', 'validation', 'test'] as const).map((name) => partOf(name, split[name])),
  backend: backend.name,
  seed,
  ranking: await judgeRanking(ranker, split, backend),
  rankingCurve: ranker.training.epochs,
  explained: await explainRanking(ranker, split.test, backend),
  retrieval: await judgeRetrieval(retrieval, [...movies.values()], split.train, split.test, ratedBefore(rows)),
  retrievalCurve: retrieval.training.epochs,
  feeds,
  latencyPer1000: await timeScoring(ranker, past, [...movies.values()], backend),
  feed: await showFeed({ movies, past, retrieval, ranker, backend, now }, options.user ?? lastActiveUser(past, rows)),
  seconds: (performance.now() - started) / 1000,
}
say('judged on the test rows')

await mkdir(options.out, { recursive: true })
await write(`${options.out}/summary.json`, `${JSON.stringify(summaryOf(results), null, 2)}\n`)
const report = reportOf(results)
await writeReport(options.out, report)
printReport(report)
say(`wrote ${options.out}/report.html, report.md, report.json and summary.json`)

function partOf(name: Part['name'], part: readonly EventRow[]): Part {
  return { name, rows: part.length, users: usersOf(part), from: part[0].timestamp, to: part[part.length - 1].timestamp }
}

function usersOf(part: readonly EventRow[]): number {
  return new Set(part.map((row) => row.userId)).size
}

/** What each user had rated before a row's moment. */
function ratedBefore(all: readonly EventRow[]): (row: EventRow) => ReadonlySet<string> {
  const byUser = new Map(all.map(({ userId }): [string, EventRow[]] => [userId, []]))
  for (const row of all) byUser.get(row.userId)!.push(row)
  return ({ userId, timestamp }) => new Set(byUser.get(userId)!.filter((row) => row.timestamp < timestamp).map((row) => row.movieId))
}

/** The user of the last rating who had rated at least twenty movies by then. */
function lastActiveUser(known: History, all: readonly EventRow[]): string {
  return all.findLast(({ userId }) => known.ratedBy(userId, now).size >= 20)!.userId
}

/** Encodes and scores 1,000 candidates for one user, again and again. */
async function timeScoring({ model, spec }: typeof ranker, known: History, catalogue: readonly Movie[], on: Backend) {
  const predictor = await createPredictor(model, 'score', on)
  const user = lastActiveUser(known, rows)
  const request = catalogue.slice(0, 1000).map((movie) => known.row(movie, user, now))
  const times: number[] = []
  for (let run = 0; run < 60; run++) {
    const start = performance.now()
    await predictor.predict(spec.encode(request))
    if (run >= 10) times.push(performance.now() - start)
  }
  predictor.dispose()
  times.sort((a, b) => a - b)
  return { p50Ms: times[Math.floor(times.length * 0.5)], p95Ms: times[Math.floor(times.length * 0.95)] }
}

/** Beside and renamed, so that nobody reads half a file. */
async function write(path: string, text: string): Promise<void> {
  await writeFile(`${path}.tmp`, text)
  await rename(`${path}.tmp`, path)
}
