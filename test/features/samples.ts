import {
  age, binary, boolean, bucketized, calendar, categorical, cross, cyclical, defineFeatures, hashed, multiHot, numeric, regression, sequence, text, vector, weightedBag,
} from '../../src/features'
import type { EncodedRows, RowOf } from '../../src/features'
import { seededRandom } from '../../src/random'

/** A spec with every kind of column. */
export const everything = defineFeatures({
  features: {
    userId: categorical({ scope: 'user', minCount: 2 }),
    country: categorical({ scope: 'user', missing: 'category', capacity: 3 }),
    age: numeric({ scope: 'user', missing: { fill: 'mean', flag: true } }),
    premium: boolean({ scope: 'user', missing: { fill: false, flag: true } }),
    hour: cyclical({ scope: 'context', period: 24 }),
    authorId: hashed({ scope: 'item', buckets: 13, seed: 3, missing: 'category' }),
    views: numeric({ scope: 'item', transform: 'log1p', scale: 'min-max', clip: { quantiles: [0.05, 0.95] } }),
    genres: multiHot({ scope: 'item', combiner: 'sqrtn', missing: 'empty' }),
    length: bucketized({ scope: 'item', quantiles: 4, missing: 'category' }),
    lengthInMinutes: numeric({ scope: 'item', column: 'length', clip: [0, 500], missing: { fill: 10 } }),
    affinity: numeric({ scope: 'pair', scale: 'none' }),
    history: sequence({ scope: 'user', maxLength: 3, orderBy: 'historyAt', decay: 0.5, sharedWith: 'postId', missing: 'empty' }),
    postId: categorical({ scope: 'item', outOfVocabulary: 2, minCount: 2 }),
    topics: weightedBag({ scope: 'item', weights: 'shares', combiner: 'sqrtn' }),
    title: text({ scope: 'item', buckets: 61, analyzer: 'char_wb', ngrams: [2, 3], missing: 'empty' }),
    picture: vector({ scope: 'item', size: 3, normalize: 'l2', missing: 'zeros-and-flag' }),
    postedAt: age({ scope: 'pair', at: 'shownAt', unit: 'days', missing: { fill: 'mean', flag: true } }),
    weekday: calendar({ scope: 'context', column: 'shownAt', part: 'day-of-week', timeZone: 'Europe/Lisbon', missing: 'centre' }),
  },
  crosses: {
    user_genre: cross(['userId', 'genres'], { buckets: 97 }),
    country_premium_author: cross(['country', 'premium', 'authorId'], { buckets: 1009, seed: 5 }),
  },
  labels: {
    clicked: binary(),
    liked: binary({ when: 'clicked' }),
    seconds: regression({ min: 0, when: { column: 'surface', equals: 'home' }, missing: 'mask' }),
  },
})

export type Row = RowOf<typeof everything, 'user' | 'item' | 'context' | 'pair', true>

/** Rows for it; about one in five of the values that may be missing is. */
export function randomRows(seed: number, n: number): Row[] {
  const random = seededRandom(seed)
  const maybe = <T>(value: T): T | null | undefined => (random.next() < 0.8 ? value : random.next() < 0.5 ? null : undefined)
  return Array.from({ length: n }, () => {
    const clicked = random.integer(2)
    const read = maybe(Array.from({ length: random.integer(6) }, () => random.integer(20)))
    const topics = Array.from({ length: random.integer(4) }, () => ['sea', 'sun', '__proto__'][random.integer(3)])
    return {
      userId: random.next() < 0.5 ? random.integer(8) : String(random.integer(8)),
      country: maybe(['PT', 'NO', 'JP', 'constructor', '__proto__'][random.integer(5)]),
      age: maybe(18 + random.integer(60)),
      premium: maybe(random.next() < 0.5),
      hour: random.next() * 24,
      authorId: maybe(`author ${random.integer(30)}`),
      views: Math.floor(random.next() ** 4 * 1e6),
      genres: maybe(Array.from({ length: random.integer(4) }, () => ['Drama', 'War', 'Crime', 7][random.integer(4)])),
      length: maybe(random.integer(240)),
      affinity: random.normal(),
      history: read,
      historyAt: read?.map(() => random.integer(100)),
      postId: random.integer(20),
      topics,
      shares: topics.map(() => random.next()),
      title: maybe(['Surf the sea', 'ÉTÉ', '', 'constructor'][random.integer(4)]),
      picture: maybe([random.normal(), random.normal(), 0]),
      postedAt: maybe(new Date(random.integer(1e9))),
      shownAt: maybe(2e9 + random.integer(1e9)),
      clicked,
      ...(clicked === 1 && { liked: random.next() < 0.3 }),
      surface: ['home', 'search', null][random.integer(3)],
      seconds: maybe(random.integer(100)),
    }
  })
}

/** Encoded rows as nested plain arrays, for comparing. */
export function plain({ rows, columns, labels }: EncodedRows) {
  return {
    rows,
    columns: [...columns].map(([name, column]) => [name, column.kind === 'dense' ? [column.width, [...column.values]]
      : column.kind === 'ids' ? [...column.ids] : [[...column.ids], [...column.offsets], column.weights ? [...column.weights] : null]]),
    labels: [...labels].map(([name, label]) => [name, [...label.values], label.mask ? [...label.mask] : null]),
  }
}
