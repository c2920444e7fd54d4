import { requestEncoder } from 'feedrank'
import type { Variant } from '../harness/benchmark'
import { timed } from '../harness/benchmark'
import { ids } from '../workloads/synthetic'
import { arraysOf, checked, type Arrays } from './checked'
import { declared, impressions, rowsOfImpressions, tableOfImpressions } from './impressions'
import { plainLoop } from './plain-loop'

type Row = ReturnType<typeof rowsOfImpressions>[number]

/** Users, each with so many candidates out of a catalogue; rows of the log stand for both. */
function workload(requests: number, candidates: number) {
  const log = impressions(20_000)
  const rows = rowsOfImpressions(log)
  const lists = Array.from({ length: requests }, (_, r) => ({
    user: rows[r],
    posts: [...ids(`encode-request.${r}`, 0, candidates, rows.length)],
  }))
  return { log, rows, lists }
}

const itemOf = ({ post_id, author_id, post_type, num_likes, num_comments, post_age_hours }: Row) =>
  ({ post_id, author_id, post_type, num_likes, num_comments, post_age_hours })
const requestOf = ({ user_id, age, gender, num_friends, hour_of_day, day_of_week, device_type }: Row) =>
  ({ user_id, age, gender, num_friends, hour_of_day, day_of_week, device_type })

/** The whole row of a candidate. (Spreading two objects into one takes ten times as long as encoding the row.) */
const rowOf = (user: Row, post: Row): Row => ({
  user_id: user.user_id, age: user.age, gender: user.gender, num_friends: user.num_friends, post_id: post.post_id, author_id: post.author_id,
  post_type: post.post_type, num_likes: post.num_likes, num_comments: post.num_comments, post_age_hours: post.post_age_hours,
  hour_of_day: user.hour_of_day, day_of_week: user.day_of_week, device_type: user.device_type, clicked: 0, dwell_time_seconds: 0,
})

type Encode = (request: number) => Arrays

/** Items are encoded before; a request is one call. */
function kept(requests: number, candidates: number): Encode {
  const { log, rows, lists } = workload(requests, candidates)
  const encoder = requestEncoder(declared.fit(tableOfImpressions(log)))
  encoder.items.set(rows.map((_, id) => id), rows.map(itemOf))
  return (r) => arraysOf(encoder.encode(requestOf(lists[r].user), lists[r].posts))
}

/** Whole rows, made and encoded for every request. */
function whole(requests: number, candidates: number): Encode {
  const { log, rows, lists } = workload(requests, candidates)
  const spec = declared.fit(tableOfImpressions(log))
  return (r) => arraysOf(spec.encode(lists[r].posts.map((id) => rowOf(lists[r].user, rows[id]))))
}

function byHand(requests: number, candidates: number): Encode {
  const { log, rows, lists } = workload(requests, candidates)
  const encode = plainLoop(log)
  return (r) => {
    const arrays = encode(lists[r].posts.map((id) => rowOf(lists[r].user, rows[id])))
    arrays.delete('clicked')
    arrays.delete('dwell_time_seconds')
    return arrays
  }
}

/** How many requests a repeat encodes; its time is that of one. */
const requestsAtOnce = 50

const variant = (name: string, side: Variant['side'], make: (requests: number, candidates: number) => Encode, candidates: number): Variant => ({
  name,
  side,
  part: 'request',
  threads: 1,
  start() {
    const encode = make(requestsAtOnce, candidates)
    return {
      check: () => checked(encode(0)),
      async repeat() {
        const ms = await timed(() => {
          for (let r = 0; r < requestsAtOnce; r++) encode(r)
        })
        return ms / requestsAtOnce
      },
      close: () => {},
    }
  },
})

/** One request with its candidates, over the thirteen features of the log. */
export const requestVariants = (candidates: number): readonly Variant[] => [
  variant('feedrank, request, items kept', 'ours', kept, candidates),
  variant('feedrank, request, whole rows', 'ours', whole, candidates),
  variant('plain loop, request, whole rows', 'peer', byHand, candidates),
]
