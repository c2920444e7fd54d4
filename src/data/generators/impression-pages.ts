import { seededRandom } from '../../random'
import type { ImpressionArrays } from './impression-batch'
import { commentsFromOutside, dwellSeconds, likesFromOutside, relevanceLogit, sigmoid } from './impression-model'
import type { ImpressionSettings } from './impression-options'
import type { ImpressionWorld } from './impression-world'
import { warmUp } from './impression-world'
import { ascendingUniforms, day, dayOfWeek, hour, hourOfDay, traffic } from './moments'
import { cumulativeWeights, weightedDraw } from './weighted-draw'

/** Posts among which popularity decides. */
const neighbours = 64

/** The pages of a log, one after another; a page that does not fit into one batch goes on in the next. */
export function impressionPages(settings: ImpressionSettings, world: ImpressionWorld, examination: Float64Array) {
  const { pageSize, exploration, intercept, start, days } = settings
  const { users, posts } = world
  const random = seededRandom(settings.seed).fork('pages')
  const visits = cumulativeWeights(users.activity)
  const shown = cumulativeWeights(posts.popularity)
  const logPopularity = posts.popularity.map(Math.log)
  const uniforms = ascendingUniforms(random.fork('times'), settings.pages)
  const times = traffic(start, Math.ceil(days * 24))
  const aDay = settings.posts / ((warmUp + days * day) / day)
  const likes = new Int32Array(settings.posts)
  const comments = new Int32Array(settings.posts)

  const page = new Int32Array(pageSize)
  const logits = new Float64Array(pageSize)
  const scores = new Float64Array(pageSize)
  const events = new Uint8Array(pageSize)
  let at = -Infinity
  let there = 0
  let user = 0
  let device = 0
  let randomized = 0
  let size = 0
  let next = 0

  /** A post of before now that is not on the page yet: mostly of the last day, some of any age. */
  function candidate(): number {
    for (let tries = 0; tries < 20; tries++) {
      const back = random.next() < 0.85 ? Math.floor(-aDay * Math.log(1 - random.next())) : there
      const around = back < there ? there - 1 - back : Math.floor(random.next() * there)
      const low = around - (around % neighbours)
      const post = weightedDraw(shown, low, Math.min(low + neighbours, there), random.next())
      if (!onPage(post)) return post
    }
    let post = there - 1
    while (onPage(post)) post--
    return post
  }

  function onPage(post: number): boolean {
    for (let k = 0; k < size; k++) if (page[k] === post) return true
    return false
  }

  function swap(a: number, b: number): void {
    const post = page[a]
    const logit = logits[a]
    const score = scores[a]
    page[a] = page[b]
    logits[a] = logits[b]
    scores[a] = scores[b]
    page[b] = post
    logits[b] = logit
    scores[b] = score
  }

  function turnPage(length: number): void {
    for (let k = 0; k < size; k++) {
      likes[page[k]] += events[k] & 1
      comments[page[k]] += events[k] >> 1
    }
    at = Math.max(Math.floor(times.at(uniforms())), at + 1)
    while (there < settings.posts && posts.createdAt[there] < at) there++
    user = weightedDraw(visits, 0, settings.users, random.next())
    device = random.next() < 0.8 ? users.device[user] : random.integer(3)
    randomized = random.next() < exploration ? 1 : 0
    for (size = 0; size < length; size++) page[size] = candidate()
    for (let k = 0; k < size; k++) {
      logits[k] = relevanceLogit(world, intercept, user, page[k], device, at)
      scores[k] = randomized === 1 ? random.next() : logits[k] + 0.3 * logPopularity[page[k]] + 1.5 * random.normal()
      for (let j = k; j > 0 && scores[j] > scores[j - 1]; j--) swap(j, j - 1)
    }
    next = 0
  }

  return {
    /** Fills the arrays with the next rows; `left` rows are left of the part, which ends with its page. */
    fill(into: ImpressionArrays, left: number): void {
      for (let row = 0; row < into.user.length; row++) {
        if (next === size) turnPage(Math.min(pageSize, left - row))
        const k = next++
        const post = page[k]
        const hours = (at - posts.createdAt[post]) / hour
        const relevance = sigmoid(logits[k])
        const clickProbability = examination[k] * relevance
        const clicked = random.next() < clickProbability ? 1 : 0
        const liked = clicked === 1 && random.next() < 0.25 ? 1 : 0
        const commented = clicked === 1 && random.next() < 0.05 ? 1 : 0
        events[k] = liked + 2 * commented
        into.user[row] = user
        into.age[row] = users.age[user]
        into.gender[row] = users.gender[user]
        into.friends[row] = users.friends[user]
        into.post[row] = post
        into.author[row] = posts.author[post]
        into.type[row] = posts.type[post]
        into.likes[row] = likesFromOutside(posts.popularity[post], hours) + likes[post]
        into.comments[row] = commentsFromOutside(posts.popularity[post], hours) + comments[post]
        into.hours[row] = hours
        into.hourOfDay[row] = hourOfDay(at)
        into.dayOfWeek[row] = dayOfWeek(at)
        into.device[row] = device
        into.clicked[row] = clicked
        into.dwell[row] = clicked === 1 ? dwellSeconds(posts.type[post], logits[k], random.normal()) : 0
        into.position[row] = k
        into.at[row] = at
        into.relevance[row] = relevance
        into.clickProbability[row] = clickProbability
        into.randomized[row] = randomized
        into.liked[row] = liked
        into.commented[row] = commented
      }
    },
  }
}
