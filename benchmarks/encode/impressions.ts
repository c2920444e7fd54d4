import { binary, bucketized, categorical, cyclical, defineFeatures, numeric, regression, tableOf } from 'feedrank'
import { chances, ids, signedNumbers } from '../workloads/synthetic'

/** A log of impressions by formula, the same in `benchmarks/peers/encode.py`. Ids are uniform, which is harder on caches than a real log. */
export function impressions(rows: number, from = 0) {
  const of = (name: string, n: number) => ids(`encode.${name}`, from, rows, n)
  const textOf = (name: string, texts: readonly string[]) => Array.from(of(name, texts.length), (i) => texts[i])
  const amounts = (name: string, scale: number) => Float64Array.from(signedNumbers(`encode.${name}`, from, rows), (x) => Math.floor(scale * x ** 4))
  const clicked = chances('encode.clicked', from, rows, 0.1)
  return {
    user_id: of('user', 10_000),
    age: Float64Array.from(of('age', 60), (x) => 18 + x),
    gender: textOf('gender', ['female', 'male', 'other']),
    num_friends: amounts('friends', 5000),
    post_id: of('post', 100_000),
    author_id: of('author', 50_000),
    post_type: textOf('type', ['photo', 'video', 'text', 'link']),
    num_likes: amounts('likes', 100_000),
    num_comments: amounts('comments', 10_000),
    post_age_hours: Float64Array.from(of('hours', 16_384), (x) => x / 64),
    hour_of_day: of('hour', 24),
    day_of_week: of('day', 7),
    device_type: textOf('device', ['ios', 'android', 'web']),
    clicked: Uint8Array.from(clicked),
    dwell_time_seconds: Float64Array.from(of('dwell', 4096), (x, i) => (clicked[i] * x) / 16),
  }
}

export type Impressions = ReturnType<typeof impressions>

export const tableOfImpressions = (columns: Impressions) => tableOf(columns)

/** The same as objects, one a row. */
export function rowsOfImpressions(columns: Impressions) {
  return Array.from(columns.user_id, (user_id, i) => ({
    user_id,
    age: columns.age[i],
    gender: columns.gender[i],
    num_friends: columns.num_friends[i],
    post_id: columns.post_id[i],
    author_id: columns.author_id[i],
    post_type: columns.post_type[i],
    num_likes: columns.num_likes[i],
    num_comments: columns.num_comments[i],
    post_age_hours: columns.post_age_hours[i],
    hour_of_day: columns.hour_of_day[i],
    day_of_week: columns.day_of_week[i],
    device_type: columns.device_type[i],
    clicked: columns.clicked[i],
    dwell_time_seconds: columns.dwell_time_seconds[i],
  }))
}

/** Thirteen features and two labels: the fifteen columns of the log. */
export const declared = defineFeatures({
  features: {
    user_id: categorical({ scope: 'user' }),
    age: numeric({ scope: 'user' }),
    gender: categorical({ scope: 'user' }),
    num_friends: numeric({ scope: 'user', transform: 'log1p' }),
    post_id: categorical({ scope: 'item' }),
    author_id: categorical({ scope: 'item' }),
    post_type: categorical({ scope: 'item' }),
    num_likes: numeric({ scope: 'item', transform: 'log1p' }),
    num_comments: numeric({ scope: 'item', transform: 'log1p' }),
    post_age_hours: bucketized({ scope: 'item', boundaries: [1, 3, 6, 12, 24, 48, 96, 168] }),
    hour_of_day: cyclical({ scope: 'context', period: 24 }),
    day_of_week: cyclical({ scope: 'context', period: 7 }),
    device_type: categorical({ scope: 'context' }),
  },
  labels: { clicked: binary(), dwell_time_seconds: regression({ min: 0 }) },
})
