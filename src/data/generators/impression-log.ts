import { ArgumentError } from '../../errors'
import { seededRandom } from '../../random'
import type { Table } from '../table'
import type { ImpressionTruth } from './impression-batch'
import { impressionArrays, impressionTable } from './impression-batch'
import { sigmoid, relevanceLogit } from './impression-model'
import type { ImpressionLogOptions, ImpressionPart, ImpressionSettings } from './impression-options'
import { impressionOptions, partNames } from './impression-options'
import { impressionPages } from './impression-pages'
import type { ImpressionPosts, ImpressionUsers, ImpressionWorld } from './impression-world'
import { deviceTypes, drawPosts, drawUsers } from './impression-world'

/** What is true of the world behind a log of impressions. */
export interface ImpressionWorldTruth {
  /** P(looked at) by position: `(1 + position)^−η`. */
  readonly examination: Float64Array
  readonly users: ImpressionUsers
  readonly posts: ImpressionPosts
  /** P(click | looked at) of a user and a post at a moment, on a device. */
  readonly relevance: (userId: number, postId: number, timestamp: number, device: (typeof deviceTypes)[number]) => number
}

/** Rows of one part of a log. */
export interface ImpressionBatch {
  readonly part: ImpressionPart
  readonly table: Table
  readonly truth: ImpressionTruth
}

/** A log of impressions in three parts, each after the one before, with what is true of it. */
export interface ImpressionLog {
  readonly train: Table
  readonly validation: Table
  readonly test: Table
  readonly truth: ImpressionWorldTruth & Readonly<Record<ImpressionPart, ImpressionTruth>>
}

/**
 * A made-up log of what a social feed showed and what was clicked, with the truth behind it: a table on which a ranker or an
 * estimator of position bias can be judged against what is so.
 *
 * Columns: `user_id, age, gender, num_friends, post_id, author_id, post_type, num_likes, num_comments, post_age_hours,
 * hour_of_day, day_of_week, device_type, clicked, dwell_time_seconds, position, timestamp` (ms since 1970; hours and days
 * UTC, 0 is Sunday; positions from 0; ids from 0). One page is one user at one moment. Likes and comments are those of before
 * the page. With `σ(x) = 1 / (1 + e^−x)`:
 *
 *     relevance        = σ(intercept + 1.2·⟨taste, topic⟩ + quality + fit(type, age) + device − 0.35·ln(1 + hours / 6))
 *     examination      = (1 + position)^−η
 *     P(clicked)       = examination · relevance
 *     ln dwell         = ln typical(type) + 0.25·logit(relevance) + 0.7·N(0, 1)      where clicked, else dwell = 0
 *     P(post is shown) ∝ popularity = e^(σ·fame) among posts of about the same age, most of them of the last day
 *     page order       : by logit(relevance) + 0.3·ln popularity + 1.5·N(0, 1); a share `exploration` of pages at random
 *
 * Memory is all rows at once, about 85 bytes each; {@link impressionBatches} gives the same rows piece by piece.
 *
 * @throws ArgumentError when an option is not what it should be.
 * @example
 * ```ts
 * import { impressionLog } from 'feedrank'
 *
 * const { train, test, truth } = impressionLog({ users: 100, posts: 1000, authors: 200, rows: 12_000, seed: 7 })
 * console.log(train.rows, test.rows, truth.examination.slice(0, 3)) // 10000 1000 Float64Array(3) [ 1, 0.5, 0.3333333333333333 ]
 * const clicks = truth.test.clickProbability.reduce((sum, p) => sum + p, 0)
 * console.log(clicks > 20 && clicks < 200) // true
 * ```
 */
export function impressionLog(options: ImpressionLogOptions = {}): ImpressionLog {
  const settings = impressionOptions('impressionLog', options)
  const world = drawWorld('impressionLog', settings)
  const largest = Math.max(...partNames.map((part) => settings.rows[part]))
  const parts = new Map(Array.from(batches({ ...settings, batchRows: largest }, world), (batch) => [batch.part, batch]))
  const of = (part: ImpressionPart) => parts.get(part) ?? { part, ...impressionTable(impressionArrays(0), 0) }
  const [train, validation, test] = partNames.map(of)
  return {
    train: train.table, validation: validation.table, test: test.table,
    truth: { ...truthOf(settings, world), train: train.truth, validation: validation.truth, test: test.truth },
  }
}

/**
 * The rows of {@link impressionLog}, piece by piece in order of time, so that memory does not grow with their number.
 *
 * A batch lies within one part; batches of the same seed hold the same rows whatever `batchRows` is. `batches()` may be
 * called again, and begins anew.
 *
 * @throws ArgumentError when an option is not what it should be.
 * @example
 * ```ts
 * import { impressionBatches } from 'feedrank'
 *
 * let rows = 0
 * for (const { table } of impressionBatches({ users: 50, posts: 500, authors: 50, rows: 5000, batchRows: 1000 }).batches()) rows += table.rows
 * console.log(rows) // 5000
 * ```
 */
export function impressionBatches(options: ImpressionLogOptions = {}): {
  readonly truth: ImpressionWorldTruth
  readonly rows: Readonly<Record<ImpressionPart, number>>
  readonly batches: () => Generator<ImpressionBatch, void>
} {
  const settings = impressionOptions('impressionBatches', options)
  const world = drawWorld('impressionBatches', settings)
  return { truth: truthOf(settings, world), rows: settings.rows, batches: () => batches(settings, world) }
}

function drawWorld(where: string, settings: ImpressionSettings): ImpressionWorld {
  const random = seededRandom(settings.seed)
  const posts = drawPosts(random.fork('posts'), settings.posts, settings.authors, settings)
  let first = 0
  while (first < settings.posts && posts.createdAt[first] < settings.start) first++
  if (first >= settings.pageSize) return { users: drawUsers(random.fork('users'), settings.users), posts }
  throw new ArgumentError(`feedrank/${where}: expected \`posts\` to be enough for a page of ${settings.pageSize} at the start, got ${settings.posts}, ${first} of them by then`)
}

function truthOf({ pageSize, positionBias, intercept, users, posts }: ImpressionSettings, world: ImpressionWorld): ImpressionWorldTruth {
  return {
    ...world,
    examination: examinationOf(pageSize, positionBias),
    relevance(userId, postId, timestamp, device) {
      if (!(userId in world.users.age && postId in world.posts.type))
        throw new ArgumentError(`feedrank/impressionLog: expected a user below ${users} and a post below ${posts}, got ${userId} and ${postId}`)
      return sigmoid(relevanceLogit(world, intercept, userId, postId, deviceTypes.indexOf(device), timestamp))
    },
  }
}

const examinationOf = (positions: number, bias: number) => Float64Array.from({ length: positions }, (_, position) => (1 + position) ** -bias)

function* batches(settings: ImpressionSettings, world: ImpressionWorld): Generator<ImpressionBatch, void> {
  const pages = impressionPages(settings, world, examinationOf(settings.pageSize, settings.positionBias))
  for (const part of partNames) {
    for (let left = settings.rows[part]; left > 0;) {
      const rows = Math.min(left, settings.batchRows)
      const arrays = impressionArrays(rows)
      pages.fill(arrays, left)
      left -= rows
      yield { part, ...impressionTable(arrays, rows) }
    }
  }
}
