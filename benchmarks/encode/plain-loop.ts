import type { Impressions, rowsOfImpressions } from './impressions'

type Row = ReturnType<typeof rowsOfImpressions>[number]

/** Most frequent first, equals in order of their text; ids from 1. */
function vocabulary(values: Iterable<string | number>): Map<string | number, number> {
  const counts = new Map<string | number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (String(a) < String(b) ? -1 : 1))
  return new Map(sorted.map(([value], i) => [value, i + 1]))
}

function standard(values: readonly number[]) {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  return { mean, deviation: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length) }
}

const boundaries = [1, 3, 6, 12, 24, 48, 96, 168]

/** The encoding as one writes it for this log alone: a loop over objects, a map for each id column, no checks of anything. */
export function plainLoop(log: Impressions) {
  const users = vocabulary(log.user_id)
  const posts = vocabulary(log.post_id)
  const authors = vocabulary(log.author_id)
  const genders = vocabulary(log.gender)
  const types = vocabulary(log.post_type)
  const devices = vocabulary(log.device_type)
  const age = standard([...log.age])
  const [friends, likes, comments] = [log.num_friends, log.num_likes, log.num_comments].map((values) => standard(Array.from(values, Math.log1p)))
  return (rows: readonly Row[]) => {
    const n = rows.length
    const ids = () => new Int32Array(n)
    const numbers = (width = 1) => new Float32Array(n * width)
    const out = {
      user_id: ids(), age: numbers(), gender: ids(), num_friends: numbers(), post_id: ids(), author_id: ids(), post_type: ids(),
      num_likes: numbers(), num_comments: numbers(), post_age_hours: ids(), hour_of_day: numbers(2), day_of_week: numbers(2), device_type: ids(),
      clicked: numbers(), dwell_time_seconds: numbers(),
    }
    for (let i = 0; i < n; i++) {
      const row = rows[i]
      out.user_id[i] = users.get(row.user_id) ?? 0
      out.age[i] = (row.age - age.mean) / age.deviation
      out.gender[i] = genders.get(row.gender) ?? 0
      out.num_friends[i] = (Math.log1p(row.num_friends) - friends.mean) / friends.deviation
      out.post_id[i] = posts.get(row.post_id) ?? 0
      out.author_id[i] = authors.get(row.author_id) ?? 0
      out.post_type[i] = types.get(row.post_type) ?? 0
      out.num_likes[i] = (Math.log1p(row.num_likes) - likes.mean) / likes.deviation
      out.num_comments[i] = (Math.log1p(row.num_comments) - comments.mean) / comments.deviation
      out.post_age_hours[i] = boundaries.filter((bound) => bound <= row.post_age_hours).length
      out.hour_of_day[2 * i] = Math.sin((2 * Math.PI * row.hour_of_day) / 24)
      out.hour_of_day[2 * i + 1] = Math.cos((2 * Math.PI * row.hour_of_day) / 24)
      out.day_of_week[2 * i] = Math.sin((2 * Math.PI * row.day_of_week) / 7)
      out.day_of_week[2 * i + 1] = Math.cos((2 * Math.PI * row.day_of_week) / 7)
      out.device_type[i] = devices.get(row.device_type) ?? 0
      out.clicked[i] = row.clicked
      out.dwell_time_seconds[i] = row.dwell_time_seconds
    }
    return new Map<string, Int32Array | Float32Array>(Object.entries(out))
  }
}
