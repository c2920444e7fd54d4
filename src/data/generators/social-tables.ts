import type { Random } from '../../random'
import type { Column, Table } from '../table'
import { tableOf } from '../table-of'
import { day } from './moments'
import type { Deed, DraftTweet, drawLabels, SocialUsers } from './social-activity'
import { safetyLabels } from './social-activity'
import type { SocialGraph } from './social-graph'

/** Writes what happened as tables. */
export function socialTables({ start, users, graph, tweets, ids, texts, views, likes, retweets, labels, random }: {
  readonly start: number
  readonly users: SocialUsers
  readonly graph: SocialGraph
  readonly tweets: readonly DraftTweet[]
  readonly ids: ReadonlyMap<DraftTweet, number>
  readonly texts: readonly string[]
  readonly views: readonly Deed[]
  readonly likes: readonly Deed[]
  readonly retweets: readonly Deed[]
  readonly labels: ReturnType<typeof drawLabels>
  readonly random: Random
}) {
  const idOf = (tweet: DraftTweet) => ids.get(tweet) ?? -1
  const joinedAt = Float64Array.from(users.community, () => start - day - Math.floor(1000 * day * random.next()))
  const deeds = (done: readonly Deed[]): Table => tableOf({
    user_id: Int32Array.from(done, ({ user }) => user), tweet_id: Int32Array.from(done, ({ tweet }) => idOf(tweet)), timestamp: Float64Array.from(done, ({ at }) => at),
  })
  const replies = tweets.filter(({ replyTo }) => replyTo !== undefined)
  return {
    users: withColumns({
      user_id: Int32Array.from(users.community.keys()), joined_at: joinedAt,
    }, [['verified', boolean(Array.from(users.fame, (fame) => random.next() < 1 - Math.exp(-fame / 50)))]]),
    follows: followTable(graph, joinedAt, start, random),
    tweets: withColumns({
      tweet_id: Int32Array.from(tweets.keys()), author_id: Int32Array.from(tweets, ({ author }) => author), timestamp: Float64Array.from(tweets, ({ at }) => at),
    }, [
      ['text', { kind: 'text', codes: Int32Array.from(texts.keys()), dictionary: texts }],
      ['has_media', boolean(tweets.map(({ media }) => media))],
      ['reply_to', {
        kind: 'number', values: Int32Array.from(tweets, ({ replyTo }) => (replyTo === undefined ? -1 : idOf(replyTo))),
        valid: Uint8Array.from(tweets, ({ replyTo }) => (replyTo === undefined ? 0 : 1)),
      }],
      ['conversation_id', { kind: 'number', values: Int32Array.from(tweets, (tweet) => idOf(tweet.replyTo ?? tweet)) }],
    ]),
    views: deeds(views),
    likes: deeds(likes),
    retweets: deeds(retweets),
    replies: tableOf({
      user_id: Int32Array.from(replies, ({ author }) => author), tweet_id: Int32Array.from(replies, idOf),
      reply_to: Int32Array.from(replies, ({ replyTo }) => (replyTo === undefined ? -1 : idOf(replyTo))), timestamp: Float64Array.from(replies, ({ at }) => at),
    }),
    labels: withColumns({ tweet_id: Int32Array.from(labels, ({ tweet }) => idOf(tweet)) }, [
      ['label', { kind: 'text', codes: Int32Array.from(labels, ({ label }) => label), dictionary: safetyLabels }],
      ['score', { kind: 'number', values: Float64Array.from(labels, ({ score }) => score) }],
      ['timestamp', { kind: 'number', values: Float64Array.from(labels, ({ at }) => at) }],
    ]),
  }
}

/** Follows are made after both have joined, and before the start. */
function followTable({ offsets, followees }: SocialGraph, joinedAt: Float64Array, start: number, random: Random): Table {
  const follower = new Int32Array(followees.length)
  const at = new Float64Array(followees.length)
  for (let u = 0; u < joinedAt.length; u++) {
    for (let i = offsets[u]; i < offsets[u + 1]; i++) {
      follower[i] = u
      const both = Math.max(joinedAt[u], joinedAt[followees[i]])
      at[i] = both + 1 + Math.floor((start - both - 1) * random.next())
    }
  }
  const order = Int32Array.from(follower.keys()).sort((a, b) => at[a] - at[b] || a - b)
  return tableOf({ follower_id: order.map((i) => follower[i]), followee_id: order.map((i) => followees[i]), timestamp: Float64Array.from(order, (i) => at[i]) })
}

const boolean = (values: readonly boolean[]): Column => ({ kind: 'boolean', values: Uint8Array.from(values, Number) })

/** Columns of numbers, and then others that say their kind, so that it is the same in an empty table. */
function withColumns(numbers: Readonly<Record<string, Int32Array | Float64Array>>, others: readonly (readonly [string, Column])[]): Table {
  const { rows, columns } = tableOf(numbers)
  return { rows, columns: new Map([...columns, ...others]) }
}
