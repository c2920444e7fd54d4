import { requestEncoder, type EncodedRows } from 'feedrank'
import type { Benchmark, Variant } from './harness/benchmark'
import { timed } from './harness/benchmark'
import { arraysOf, checked, type Arrays } from './encode/checked'
import { declared, impressions, rowsOfImpressions, tableOfImpressions } from './encode/impressions'
import { plainLoop } from './encode/plain-loop'
import { ids } from './workloads/synthetic'

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
  return (r) => {
    const request = requestOf(lists[r].user)
    const encoded: EncodedRows = spec.encode(lists[r].posts.map((id) => ({ ...itemOf(rows[id]), ...request })))
    return arraysOf(encoded)
  }
}

function byHand(requests: number, candidates: number): Encode {
  const { log, rows, lists } = workload(requests, candidates)
  const encode = plainLoop(log)
  return (r) => {
    const { clicked: _, dwell_time_seconds: __, ...request } = lists[r].user
    const arrays = encode(lists[r].posts.map((id) => ({ clicked: 0, dwell_time_seconds: 0, ...request, ...itemOf(rows[id]) })))
    arrays.delete('clicked')
    arrays.delete('dwell_time_seconds')
    return arrays
  }
}

const variant = (name: string, side: Variant['side'], make: (requests: number, candidates: number) => Encode, requests: number, candidates: number): Variant => ({
  name,
  side,
  threads: 1,
  start() {
    const encode = make(requests, candidates)
    return {
      check: () => checked(encode(0)),
      repeat: () => timed(() => {
        for (let r = 0; r < requests; r++) encode(r)
      }),
      close: () => {},
    }
  },
})

/** Requests of one user and a thousand candidates, over the thirteen features of an impression log. */
export const benchmark: Benchmark = {
  name: 'encode-request',
  question: 'how fast is a request with its candidates encoded, with the encodings of items kept and without?',
  unit: 'requests',
  options: { requests: { value: 50, about: 'requests in a repeat' }, candidates: { value: 1000, about: 'candidates in a request' } },
  unitsPerRepeat: ({ requests }) => requests,
  tolerance: { relative: 2e-5, absolute: 2e-4 },
  variants: ({ requests, candidates }, threads) =>
    threads > 1
      ? [] // nobody's encoding uses a second thread
      : [
          variant('feedrank, items kept', 'ours', kept, requests, candidates),
          variant('feedrank, whole rows', 'ours', whole, requests, candidates),
          variant('plain loop, whole rows', 'peer', byHand, requests, candidates),
        ],
}
