import { checkInteger, checkNumber, checkObject } from '../../errors'
import type { Seed } from '../../random'
import { seededRandom } from '../../random'
import type { Table } from '../table'
import { textWriter } from './made-up-text'
import { day } from './moments'
import type { Deed, DraftTweet, SocialUsers } from './social-activity'
import { actOn, drawLabels, drawTweets, likeLogit } from './social-activity'
import { drawCommunities, drawGraph } from './social-graph'
import { sigmoid } from './impression-model'
import { socialTables } from './social-tables'

/** What {@link socialNetwork} takes. */
export interface SocialNetworkOptions {
  /** @defaultValue 5000 */
  readonly users?: number
  /** @defaultValue 12, or the number of users where that is less */
  readonly communities?: number
  /** Tweets that are no replies; about half as many replies come on top. @defaultValue 2 a user */
  readonly tweets?: number
  /** Follows a user makes on average, before those that are returned. @defaultValue 20 */
  readonly meanFollows?: number
  /** Probability that a follow is looked for within the own community alone. @defaultValue 0.7 */
  readonly homophily?: number
  /** Probability that a follow is returned. @defaultValue 0.1 */
  readonly reciprocity?: number
  /** α of the in-degree tail, `P(degree = k) ∝ k^−α`. @defaultValue 2.5 */
  readonly exponent?: number
  /** Equal seeds give equal networks. @defaultValue 1 */
  readonly seed?: Seed
  /** The first tweet is not before this, ms since 1970; all users and follows are. @defaultValue 5 January 2026, 0:00 UTC */
  readonly start?: number
  /** Days that tweets and what is done with them span. @defaultValue 14 */
  readonly days?: number
}

/** A made-up network: tables in order of time, ids from 0, times in ms since 1970. */
export interface SocialNetwork {
  /** `user_id, joined_at, verified` */
  readonly users: Table
  /** `follower_id, followee_id, timestamp` */
  readonly follows: Table
  /** `tweet_id, author_id, timestamp, text, has_media, reply_to, conversation_id`; `reply_to` is null for a tweet that is no reply */
  readonly tweets: Table
  /** `user_id, tweet_id, timestamp`: who saw what, once each; no one sees the own tweet */
  readonly views: Table
  /** `user_id, tweet_id, timestamp` */
  readonly likes: Table
  /** `user_id, tweet_id, timestamp` */
  readonly retweets: Table
  /** `user_id, tweet_id, reply_to, timestamp`: the tweets that are replies */
  readonly replies: Table
  /** `tweet_id, label, score, timestamp`: what a detector said, which is not all true */
  readonly labels: Table
  readonly truth: {
    /** By `user_id`. */
    readonly users: SocialUsers
    /** By `tweet_id`: topic (a community), quality in logits, and 1 where it is so. */
    readonly tweets: {
      readonly topic: Int32Array
      readonly quality: Float64Array
      readonly toxic: Uint8Array
      readonly spam: Uint8Array
      readonly nsfw: Uint8Array
    }
    /** P(like | viewed) of each row of `views`. */
    readonly likeProbability: Float64Array
    /** P(like | viewed) of any user and tweet. */
    readonly like: (userId: number, tweetId: number) => number
  }
}

/**
 * A made-up network like Twitter, with the truth behind it: communities that follow their own, a few whom many follow,
 * tweets, what people saw, liked, retweeted and answered, and safety labels.
 *
 *     P(u follows v)   ∝ fame(v), within the community with probability `homophily`, else among all;  fame ~ Pareto(α − 1)
 *     P(like | viewed) = σ(−2.2 + 1.8·[topic is of the community] + quality − 2·toxic − 1.5·spam)
 *     P(retweet)       = 0.15·P(like),  P(reply) = 0.06·σ(ℓ + 3·toxic)
 *     labels           : 0.9 of what is so, 0.01 of what is not
 *
 * The share of follows within communities is a little more than `homophily`, as those drawn among all may be of it too.
 * In-degrees have the tail of fame up to about one in twenty users, where a community has no more members to follow: fitted there,
 * the exponent comes out up to 0.4 above α.
 *
 * @throws ArgumentError when an option is not what it should be.
 * @example
 * ```ts
 * import { columnNumbers, socialNetwork } from 'feedrank'
 *
 * const { follows, truth } = socialNetwork({ users: 300, communities: 4, seed: 3 })
 * const [from, to] = ['follower_id', 'followee_id'].map((name) => columnNumbers(follows, name))
 * const within = from.filter((user, i) => truth.users.community[user] === truth.users.community[to[i]]).length
 * console.log(within / follows.rows > 0.7) // true
 * ```
 */
export function socialNetwork(options: SocialNetworkOptions = {}): SocialNetwork {
  const where = 'socialNetwork'
  checkObject(where, 'options', options)
  const users = checkInteger(where, 'users', options.users ?? 5000, 2)
  const communities = checkInteger(where, 'communities', options.communities ?? Math.min(12, users))
  const count = checkInteger(where, 'tweets', options.tweets ?? 2 * users, 0)
  const meanFollows = checkNumber(where, 'meanFollows', options.meanFollows ?? 20, { above: 0 })
  const homophily = checkNumber(where, 'homophily', options.homophily ?? 0.7, { min: 0, max: 1 })
  const reciprocity = checkNumber(where, 'reciprocity', options.reciprocity ?? 0.1, { min: 0, max: 1 })
  const exponent = checkNumber(where, 'exponent', options.exponent ?? 2.5, { above: 2 })
  const start = checkNumber(where, 'start', options.start ?? Date.UTC(2026, 0, 5), { min: 0, max: 8e15 })
  const days = checkNumber(where, 'days', options.days ?? 14, { above: 0, max: 36_500 })
  const random = seededRandom(options.seed ?? 1)

  const people = random.fork('users')
  const truth: SocialUsers = {
    community: drawCommunities(people, users, communities),
    // Nobody is famous enough to be followed by more than a fourth of all.
    fame: Float64Array.from({ length: users }, () => Math.min(users / (4 * meanFollows) + 1, (1 - people.next()) ** (-1 / (exponent - 1)))),
    quality: Float64Array.from({ length: users }, () => 0.6 * people.normal()),
    toxicity: Float64Array.from({ length: users }, () => (people.next() < 0.04 ? 0.6 : 0.01)),
  }
  const graph = drawGraph(random.fork('follows'), truth.community, truth.fame, { meanFollows, homophily, reciprocity })
  const written = drawTweets(random.fork('tweets'), truth, { count, start, days, communities })
  const { views, likes, retweets, replies } = actOn(random.fork('deeds'), written, truth, graph, start + days * day)
  const tweets = inOrder([...written, ...replies])
  const ids = new Map(tweets.map((tweet, id) => [tweet, id]))
  const seen = inOrder(views)
  const write = textWriter(random.fork('texts'), communities)
  const tables = socialTables({
    start, users: truth, graph, tweets, ids, texts: tweets.map(({ topic, toxic }) => write(topic, toxic)),
    views: seen, likes: inOrder(likes), retweets: inOrder(retweets), labels: inOrder(drawLabels(random.fork('labels'), tweets)), random: random.fork('tables'),
  })
  return {
    ...tables,
    truth: {
      users: truth,
      tweets: {
        topic: Int32Array.from(tweets, ({ topic }) => topic), quality: Float64Array.from(tweets, ({ quality }) => quality),
        toxic: flags(tweets, 'toxic'), spam: flags(tweets, 'spam'), nsfw: flags(tweets, 'nsfw'),
      },
      likeProbability: Float64Array.from(seen, ({ likeProbability }) => likeProbability),
      like(userId, tweetId) {
        checkInteger(`${where}.truth.like`, 'userId', userId, 0)
        checkInteger(`${where}.truth.like`, 'tweetId', tweetId, 0)
        checkNumber(`${where}.truth.like`, 'userId', userId, { below: users })
        checkNumber(`${where}.truth.like`, 'tweetId', tweetId, { below: tweets.length })
        return sigmoid(likeLogit(truth.community[userId], tweets[tweetId]))
      },
    },
  }
}

const inOrder = <T extends Pick<Deed, 'at'>>(deeds: readonly T[]): T[] => deeds.toSorted((a, b) => a.at - b.at)
const flags = (tweets: readonly DraftTweet[], name: 'toxic' | 'spam' | 'nsfw') => Uint8Array.from(tweets, (tweet) => (tweet[name] ? 1 : 0))
