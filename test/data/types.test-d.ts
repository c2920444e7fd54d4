import { expectTypeOf, test } from 'vitest'
import { leaveOneOut, pointInTime, runningAggregates, splitByTime } from '../../src/data'

const movies = runningAggregates({
  key: 'movie', timestamp: 'at',
  aggregates: { n: { kind: 'count' }, mean: { kind: 'mean', of: 'rating' }, smooth: { kind: 'mean', of: 'rating', prior: 3, weight: 1 }, last: { kind: 'last-time' } },
})
const users = runningAggregates({ key: 'user', timestamp: 'at', aggregates: { seen: { kind: 'count' } } })
const row = { movie: 'x', user: 1, at: 1, rating: 3, title: 'Heat' }

test('what is known before has the type of its aggregate', () => {
  expectTypeOf(movies.before('x', 1)).toEqualTypeOf<{ readonly n: number; readonly mean: number | null; readonly smooth: number; readonly last: number | null }>()
})

test('events have the columns that are declared', () => {
  movies.add(row)
  // @ts-expect-error a misspelt key
  movies.add({ movieId: 'x', at: 1, rating: 3 })
  // @ts-expect-error a value of the wrong type
  movies.add({ movie: 'x', at: 1, rating: '3' })
  // @ts-expect-error `sum` needs a column
  runningAggregates({ key: 'movie', timestamp: 'at', aggregates: { total: { kind: 'sum' } } })
  // @ts-expect-error a prior needs a weight
  runningAggregates({ key: 'movie', timestamp: 'at', aggregates: { mean: { kind: 'mean', of: 'rating', prior: 3 } } })
})

test('pointInTime adds the columns of all aggregates', () => {
  const [first] = pointInTime([row], [movies, users])
  expectTypeOf(first.seen).toEqualTypeOf<number>()
  expectTypeOf(first.mean).toEqualTypeOf<number | null>()
  expectTypeOf(first.title).toEqualTypeOf<string>()
  // @ts-expect-error rows lack the user
  pointInTime([{ movie: 'x', at: 1, rating: 3 }], [movies, users])
})

test('pairs of keys, windows and kinds', () => {
  const pairs = runningAggregates({
    key: ['user', 'movie'], timestamp: 'at',
    aggregates: { rate: { kind: 'rate', of: 'liked', window: 7 }, smooth: { kind: 'trending', window: 7, prior: 0.1, weight: 2 }, titles: { kind: 'distinct', of: 'title' }, warm: { kind: 'decayed', halfLife: 3 } },
  })
  expectTypeOf(pairs.before([1, 'x'], 2)).toEqualTypeOf<{ readonly rate: number | null; readonly smooth: number; readonly titles: number; readonly warm: number }>()
  pairs.add({ user: 1, movie: 'x', at: 2, liked: true, title: 'Heat' })
  const [first] = pointInTime([{ ...row, liked: true }], [pairs, users])
  expectTypeOf(first.warm).toEqualTypeOf<number>()
  // @ts-expect-error one id of two
  pairs.before('x', 2)
  // @ts-expect-error one id too many
  pairs.before([1, 'x', 3], 2)
  // @ts-expect-error an id is missing
  pairs.add({ user: 1, at: 2 })
  // @ts-expect-error true or false
  pairs.add({ user: 1, movie: 'x', at: 2, liked: 'yes' })
  // @ts-expect-error `trending` needs a window
  runningAggregates({ key: 'movie', timestamp: 'at', aggregates: { hot: { kind: 'trending' } } })
  // @ts-expect-error a kind that there is not
  runningAggregates({ key: 'movie', timestamp: 'at', aggregates: { most: { kind: 'max', of: 'rating' } } })
})

test('splits take columns of the right type', () => {
  expectTypeOf(splitByTime([row], { timestamp: 'at', fractions: [0.8, 0.1, 0.1] }).train).toEqualTypeOf<(typeof row)[]>()
  splitByTime([row], { timestamp: ({ at }) => at, boundaries: [1, 2] })
  // @ts-expect-error a misspelt column
  splitByTime([row], { timestamp: 'At', fractions: [0.8, 0.1, 0.1] })
  // @ts-expect-error a column that is no number
  splitByTime([row], { timestamp: 'title', fractions: [0.8, 0.1, 0.1] })
  // @ts-expect-error a misspelt user
  leaveOneOut([row], { user: 'userId', timestamp: 'at' })
})
