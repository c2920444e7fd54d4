import type { Random } from '../../random'
import { sigmoid } from './impression-model'
import { day, hour, traffic } from './moments'
import type { SocialGraph } from './social-graph'
import { cumulativeWeights, weightedDraw } from './weighted-draw'

export const safetyLabels = ['toxic', 'spam', 'nsfw'] as const

/** What is true of users of a made-up network. Indexed by `user_id`. */
export interface SocialUsers {
  readonly community: Int32Array
  /** Weight in being followed: Pareto. */
  readonly fame: Float64Array
  /** What others like about what the user writes, in logits: normal, σ = 0.6. */
  readonly quality: Float64Array
  /** P(a tweet is toxic): 0.6 for one user in 25, else 0.01. */
  readonly toxicity: Float64Array
}

/** A tweet as it is made, before it has an id. */
export interface DraftTweet {
  readonly author: number
  readonly at: number
  readonly topic: number
  readonly quality: number
  readonly toxic: boolean
  readonly spam: boolean
  readonly nsfw: boolean
  readonly media: boolean
  readonly replyTo: DraftTweet | undefined
}

/** Something a user did with a tweet. */
export interface Deed {
  readonly user: number
  readonly tweet: DraftTweet
  readonly at: number
}

/** One view, with the true P(like | viewed). */
interface View extends Deed {
  readonly likeProbability: number
}

/**
 * The logit of a like of a tweet that is seen.
 *
 *     ℓ = −2.2 + 1.8·[topic is of the community] + quality(tweet) − 2·toxic − 1.5·spam
 */
export const likeLogit = (community: number, tweet: Pick<DraftTweet, 'topic' | 'quality' | 'toxic' | 'spam'>) =>
  -2.2 + (tweet.topic === community ? 1.8 : 0) + tweet.quality - (tweet.toxic ? 2 : 0) - (tweet.spam ? 1.5 : 0)

/** Tweets are written in the busy hours, mostly on the topic of the author's community, by some much more than by others. */
export function drawTweets(random: Random, users: SocialUsers, options: { readonly count: number; readonly start: number; readonly days: number; readonly communities: number }): DraftTweet[] {
  const { count, start, days, communities } = options
  const writes = cumulativeWeights(Float64Array.from(users.community, () => Math.exp(random.normal())))
  const times = traffic(start, Math.max(1, Math.ceil(days * 24)))
  return Array.from({ length: count }, () => {
    const author = weightedDraw(writes, 0, users.community.length, random.next())
    const topic = random.next() < 0.8 ? users.community[author] : random.integer(communities)
    return drawTweet(random, users, author, topic, Math.floor(times.at(random.next())), undefined)
  })
}

function drawTweet(random: Random, users: SocialUsers, author: number, topic: number, at: number, replyTo: DraftTweet | undefined): DraftTweet {
  const toxic = random.next() < users.toxicity[author]
  return {
    author, at, topic, toxic, replyTo,
    quality: users.quality[author] + 0.6 * random.normal(),
    spam: random.next() < 0.02, nsfw: random.next() < 0.03, media: random.next() < 0.35,
  }
}

/**
 * What happens to tweets: three in ten followers see one, and some of the topic's community who do not follow; who sees it may
 * like (σ(ℓ)), retweet (0.15·σ(ℓ)) or reply (0.06·σ(ℓ + toxic)); a retweet shows it to one in ten followers of who did.
 */
export function actOn(random: Random, tweets: readonly DraftTweet[], users: SocialUsers, graph: SocialGraph, end: number) {
  const views: View[] = []
  const likes: Deed[] = []
  const retweets: Deed[] = []
  const replies: DraftTweet[] = []
  const members = membersOf(users.community)

  const see = (tweet: DraftTweet, user: number, since: number, seen: Set<number>): number | undefined => {
    const at = since + 1000 + Math.floor(-4 * hour * Math.log(1 - random.next()))
    if (user === tweet.author || seen.has(user) || at >= end) return undefined
    seen.add(user)
    const logit = likeLogit(users.community[user], tweet)
    const likeProbability = sigmoid(logit)
    views.push({ user, tweet, at, likeProbability })
    const soon = () => at + 500 + Math.floor(60_000 * Math.exp(random.normal() - 1))
    if (random.next() < likeProbability) likes.push({ user, tweet, at: soon() })
    if (random.next() < 0.06 * sigmoid(logit + (tweet.toxic ? 3 : 0))) replies.push(drawTweet(random, users, user, tweet.topic, soon(), tweet))
    if (random.next() >= 0.15 * likeProbability) return undefined
    const shared = soon()
    retweets.push({ user, tweet, at: shared })
    return shared
  }

  const showFollowers = (tweet: DraftTweet, of: number, since: number, reach: number, seen: Set<number>): void => {
    const { followerOffsets, followers } = graph
    for (let i = followerOffsets[of]; i < followerOffsets[of + 1]; i++) {
      if (random.next() >= reach) continue
      const shared = see(tweet, followers[i], since, seen)
      // Each step on reaches fewer, so that cascades end.
      if (shared !== undefined && reach > 0.01) showFollowers(tweet, followers[i], shared, Math.min(0.1, reach / 3), seen)
    }
  }

  for (const tweet of tweets) {
    const seen = new Set<number>()
    showFollowers(tweet, tweet.author, tweet.at, 0.3, seen)
    const others = members.get(tweet.topic) ?? []
    const strangers = Math.floor(-3 * Math.log(1 - random.next()))
    for (let i = 0; i < strangers && others.length > 0; i++) see(tweet, others[random.integer(others.length)], tweet.at, seen)
  }
  return { views, likes, retweets, replies }
}

/** The labels a detector gives: nine in ten of what is so within minutes, and one in a hundred of what is not. */
export function drawLabels(random: Random, tweets: readonly DraftTweet[]): { readonly tweet: DraftTweet; readonly label: number; readonly score: number; readonly at: number }[] {
  return tweets.flatMap((tweet) => [tweet.toxic, tweet.spam, tweet.nsfw].flatMap((so, label) => {
    if (random.next() >= (so ? 0.9 : 0.01)) return []
    const score = Math.round(1000 * (so ? 1 - 0.4 * random.next() ** 2 : 0.5 + 0.3 * random.next())) / 1000
    return [{ tweet, label, score, at: tweet.at + 1000 + Math.floor(-0.002 * day * Math.log(1 - random.next())) }]
  }))
}

function membersOf(community: Int32Array): ReadonlyMap<number, readonly number[]> {
  const members = new Map<number, number[]>()
  community.forEach((c, u) => {
    const there = members.get(c)
    if (there) there.push(u)
    else members.set(c, [u])
  })
  return members
}
