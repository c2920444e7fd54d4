import { describe, expect, it } from 'vitest'
import * as feedrank from '../../src'
import { tableOf } from '../../src/data'
import { ArgumentError, DataError } from '../../src/errors'
import { inferSpec, type InferredSpec } from '../../src/features'
import { seededRandom, type Random } from '../../src/random'
import { caught } from '../models/caught'

/** An impression log with a column of every sort. */
function log(seed: number, n = 2000) {
  const random = seededRandom(seed)
  return Array.from({ length: n }, (_, i) => {
    const [u, p] = [random.integer(150), random.integer(400)]
    const at = 1.7e12 + i * 60_000
    return {
      user_id: u, age: 18 + ((u * 37) % 60), gender: ['m', 'f', null][u % 3], num_friends: Math.floor(Math.exp((u * 13) % 9)),
      post_id: `p${p}`, author_id: p % 90, post_type: ['photo', 'video', 'link'][p % 3], num_likes: Math.floor(Math.exp(10 * random.next())),
      post_age_hours: 100 * random.next(), hour_of_day: i % 24, day_of_week: i % 7, device_type: ['ios', 'android'][i % 2],
      isPremium: u % 5 === 0, clicked: random.integer(2), dwell_time_seconds: 60 * random.next(), position: i % 20, timestamp: at,
      created_at: new Date(at - p * 3_600_000).toISOString(), edited_at: new Date(at + 1e9 * (random.next() - 0.5)),
      impression_id: `x${i}`, row: i, title: `what the post number ${p} says`, recent_posts: [`p${p}`, `p${(p + 3) % 400}`].slice(0, 1 + (i % 2)),
      tags: [['sea'], ['sun', 'sea'], []][p % 3], picture: [Math.sin(p), Math.cos(p)], country: 'PT', score: i === 1700 ? NaN : random.normal(), mixed: i % 2 === 0 ? 'a' : true,
      nothing: null, nested: { a: 1 }, price: `${i % 10}.5`, balance: random.normal() ** 5, '__proto__x': random.next(),
    }
  })
}
const rows = log(1)
const drafted = inferSpec(rows)
const factories = ({ columns }: InferredSpec) => Object.fromEntries(columns.map(({ name, use, factory }) => [name, factory ?? use]))
const reasonOf = (name: string, from = drafted) => from.columns.find((column) => column.name === name)!.reason

/** What the code defines. */
function evaluated(code: string): unknown {
  const [, names] = /^import \{ (.*) \} from 'feedrank'$/m.exec(code)!
  const body = code.replace(/^import .*$/m, '').replace('export const spec =', 'return')
  return new Function(...names.split(', '), body)(...names.split(', ').map((name) => (feedrank as unknown as Readonly<Record<string, unknown>>)[name]))
}
const declared = (spec: unknown) => JSON.parse(JSON.stringify({ ...(spec as object), fit: undefined }))

describe('a draft', () => {
  it('makes of each column what it is', () => {
    expect(factories(drafted)).toEqual({
      user_id: 'categorical', age: 'numeric', gender: 'categorical', num_friends: 'numeric', post_id: 'categorical', author_id: 'categorical',
      post_type: 'categorical', num_likes: 'numeric', post_age_hours: 'numeric', hour_of_day: 'cyclical', day_of_week: 'cyclical',
      device_type: 'categorical', isPremium: 'boolean', clicked: 'left out', dwell_time_seconds: 'left out', position: 'left out', timestamp: 'calendar',
      created_at: 'age', edited_at: 'left out', impression_id: 'left out', row: 'left out', title: 'text', recent_posts: 'sequence', tags: 'multiHot',
      picture: 'vector', country: 'left out', score: 'left out', mixed: 'left out', nothing: 'left out', nested: 'left out', price: 'left out',
      balance: 'numeric', __proto__x: 'numeric',
    })
    const { features } = drafted.spec
    expect(features['num_likes']).toMatchObject({ transform: 'log1p' })
    expect(features['age']).toMatchObject({ transform: 'none', missing: 'error' })
    expect(features['balance']).toMatchObject({ clip: { quantiles: [0.01, 0.99] } })
    expect(features['gender']).toMatchObject({ missing: 'category' })
    expect(features['hour_of_day']).toMatchObject({ period: 24 })
    expect(features['recent_posts']).toMatchObject({ sharedWith: 'post_id', maxLength: 2 })
    expect(features['picture']).toMatchObject({ size: 2 })
    expect(features['created_at']).toMatchObject({ at: 'timestamp', unit: 'days', negative: 'error' })
    expect([features['timestampHour'], features['timestampWeekday']]).toMatchObject([{ part: 'hour-of-day', column: 'timestamp' }, { part: 'day-of-week' }])
  })

  it('says why', () => {
    expect(reasonOf('country')).toBe('the same in every row: "PT"')
    expect(reasonOf('score')).toBe('NaN or infinite, first in row 1700, in all 1 times: let what is not known be null')
    expect(reasonOf('clicked')).toMatch(/what came of the impression.*perhaps a label/)
    expect(reasonOf('position')).toMatch(/where something stood in the feed is not known/)
    expect(reasonOf('impression_id')).toMatch(/a different value in every row/)
    expect(reasonOf('row')).toMatch(/a row number/)
    expect(reasonOf('edited_at')).toMatch(/later than `timestamp` in 4\d\.\d% of rows: it may know the future/)
    expect(reasonOf('mixed')).toBe('holds values of several kinds: text, boolean')
    expect(reasonOf('num_likes')).toMatch(/a long tail \(skewness 2\.\d+\), so its log/)
    expect(reasonOf('gender')).toMatch(/3\d(\.\d)?% missing, in a row of their own/)
    expect(drafted.text.split('\n')[0]).toBe('inferSpec: 2,000 rows, users by `user_id`, items by `post_id`; 21 columns are features, 0 labels, 12 left out')
    expect(drafted.text.split('\n')).toHaveLength(1 + drafted.columns.length)
  })

  it('finds whose property each is, by what it stays the same with', () => {
    const scopes = Object.fromEntries(drafted.columns.map(({ name, scope }) => [name, scope]))
    expect(scopes).toMatchObject({
      user_id: 'user', age: 'user', num_friends: 'user', isPremium: 'user', post_id: 'item', author_id: 'item', post_type: 'item', title: 'item', picture: 'item', tags: 'item',
      hour_of_day: 'context', day_of_week: 'context', device_type: 'context', timestamp: 'context', recent_posts: 'user', num_likes: 'pair', created_at: 'pair',
    })
    const told = inferSpec(rows, { scopes: { num_likes: 'item' } })
    expect(told.spec.features['num_likes'].scope).toBe('item')
  })

  it('looks past what is missing for whose a column is, and says where a name and the values disagree', () => {
    const log = Array.from({ length: 300 }, (_, i) => ({
      user_id: `u${i % 7}`, post_id: i % 20, colour: i % 11 === 0 ? null : ['red', 'blue'][i % 2], post_age_hours: i / 3, author_id: `a${i % 5}`,
    }))
    const draft = inferSpec(log)
    expect(reasonOf('colour', draft)).toMatch(/scope: the same for one post_id$/)
    expect(reasonOf('post_age_hours', draft)).toMatch(/scope: by its name, though it changes for one post_id$/)
    expect(reasonOf('author_id', draft)).toMatch(/scope: by its name$/)
  })

  it('can be fitted and encoded, at once', () => {
    const fitted = drafted.spec.fit(rows)
    expect(fitted.encode(rows).rows).toBe(rows.length)
    expect(fitted.features.find(({ name }) => name === 'recent_posts')!.sharedWith).toBe('post_id')
  })

  it('is the same of rows and of a table of them', () => {
    expect(inferSpec(tableOf(rows)).text).toBe(drafted.text)
  })

  it('is code too, that defines the same', () => {
    for (const one of [drafted, inferSpec(rows, { labels: ['clicked', 'dwell_time_seconds'] })]) expect(declared(evaluated(one.code))).toEqual(declared(one.spec))
    expect(drafted.code).toContain('  // labels: { clicked: binary() },')
    expect(drafted.code).toContain('    // 3 different values; scope: by its name\n    post_type: categorical({ scope: \'item\' }),')
  })

  it('is code that no name breaks out of', () => {
    const names = ['a\nb', 'it\'s', 'quo"te', '\u2028', '*/', '// x', '${1}', '`', '\\', '__proto__', 'constructor', '7', 'ünï', '']
    const odd = Array.from({ length: 40 }, (_, i) => Object.fromEntries(names.map((name, k) => [name, (i * (k + 3)) % 17])))
    const one = inferSpec(odd, { labels: ['it\'s'] })
    expect(Object.keys(one.spec.features)).toHaveLength(names.length - 1)
    expect(declared(evaluated(one.code))).toEqual(declared(one.spec))
    const constant = inferSpec(odd.map((row) => ({ ...row, [names[0]]: '\n; throw 1' })))
    expect(declared(evaluated(constant.code))).toEqual(declared(constant.spec))
  })

  it('has labels where they are named', () => {
    const { spec, columns } = inferSpec(rows.map((row, i) => ({ ...row, clicked: i % 3 === 0 ? null : row.clicked })), { labels: ['clicked', 'dwell_time_seconds'] })
    expect(spec.labels).toMatchObject({ clicked: { kind: 'binary', missing: 'mask' }, dwell_time_seconds: { kind: 'regression' } })
    expect(columns.filter(({ use }) => use === 'label').map(({ name, names, factory }) => [name, names, factory])).toEqual([['clicked', ['clicked'], 'binary'], ['dwell_time_seconds', ['dwell_time_seconds'], 'regression']])
  })

  it('does as told: columns left out, and the moment of the event', () => {
    const told = inferSpec(rows, { leaveOut: ['user_id', 'tags'], time: 'created_at', item: 'author_id' })
    expect(reasonOf('tags', told)).toBe('as told')
    expect(told.spec.features['created_atHour']).toMatchObject({ kind: 'calendar', column: 'created_at' })
    expect(told.text).toContain('items by `author_id`')
  })

  it('does not lose a name to another', () => {
    const taken = Array.from({ length: 30 }, (_, i) => ({ timestamp: 1.7e12 + i * 1e7, timestampHour: i % 5 }))
    expect(Object.keys(inferSpec(taken).spec.features).sort()).toEqual(['timestampHour', 'timestampHour_', 'timestampWeekday'])
  })

  it('hashes what is too many for a vocabulary', () => {
    const many = Array.from({ length: 120_000 }, (_, i) => ({ item_id: i % 60_000, likes: i % 7 }))
    expect(inferSpec(many, { sample: 120_000 }).spec.features['item_id']).toMatchObject({ kind: 'hashed', buckets: 131_072 })
    expect(inferSpec(many, { sample: 1000 }).text).toContain('inferSpec: 120,000 rows')
  })

  it('has a rule for what is missing in rows that it did not look at', () => {
    const data = log(1, 300).map((row, i) => ({ ...row, ...(i % 2 === 1 && { age: null, timestamp: null, post_type: null, tags: null, picture: null, isPremium: null, num_likes: null, title: null, hour_of_day: null }) }))
    const one = inferSpec(data, { sample: 150 })
    expect(reasonOf('age', one)).toMatch(/; some missing, as the mean, with a flag/)
    expect(one.spec.features['created_at']).toMatchObject({ missing: { fill: 'mean', flag: true } })
    expect(one.spec.fit(data).encode(data).rows).toBe(300)
    expect(declared(evaluated(one.code))).toEqual(declared(one.spec))
  })

  it('does not take ids that lost their last digits', () => {
    const one = inferSpec(Array.from({ length: 40 }, (_, i) => ({ likes: i % 5, post_id: 2 ** 60 + 2 ** 12 * (i % 9), author_id: BigInt(2 ** 60) + BigInt(i % 9) })))
    expect(reasonOf('post_id', one)).toMatch(/2\^53 and more, which are not exact/)
    expect(one.spec.features['author_id']).toMatchObject({ kind: 'categorical' })
  })

  it('takes for a moment what features take for one', () => {
    const days = (odd: string) => Array.from({ length: 40 }, (_, i) => ({ x: i % 7, timestamp: i === 3 ? odd : `2026-03-0${1 + (i % 9)}` }))
    const made = (odd: string) => inferSpec(days(odd))
    expect(factories(made('2026-03-01 10:00+0130')).timestamp).toBe('calendar')
    expect(reasonOf('timestamp', made('2026-03-01T10:00'))).toContain('without a time zone')
    for (const odd of ['2026-02-30', '2026-02-30T10:00', '2026-02-30T10:00Z']) {
      const one = made(odd)
      expect(factories(one).timestamp).toBe('categorical')
      expect(one.spec.fit(days(odd)).encode(days(odd)).rows).toBe(40)
    }
  })

  it('finds whose a list of bigints is', () => {
    const table = Array.from({ length: 60 }, (_, i) => ({ user_id: i % 5, refs: [BigInt(i % 5), BigInt(i % 2)].slice(0, 1) }))
    expect(inferSpec(table).columns[1]).toMatchObject({ name: 'refs', factory: 'multiHot', scope: 'user' })
  })

  it('holds for one row, and for seeds of data', () => {
    expect(inferSpec([{ a: 1, b: 'x', user_id: 5, tags: ['x'] }, { a: 2, b: 'x', user_id: 5, tags: [] }]).spec.features).toHaveProperty('a')
    for (let seed = 2; seed < 4; seed++) {
      const data = log(seed, 300)
      const one = inferSpec(data)
      expect(one.spec.fit(data).encode(data).rows).toBe(300)
      expect(factories(one)).toMatchObject({ clicked: 'left out', position: 'left out', nothing: 'left out', timestamp: 'calendar', picture: 'vector' })
    }
  })
})

describe('of any table', () => {
  const values: Readonly<Record<string, (random: Random) => unknown>> = {
    text: (random) => `t${random.integer(9)}`, words: (random) => `a ${random.integer(99)} b ${random.integer(99)}`, digit: (random) => String(random.integer(2)), count: (random) => Math.floor(Math.exp(random.integer(20))),
    real: (random) => random.normal() ** 3, bit: (random) => random.integer(2), flag: (random) => random.next() < 0.5, big: (random) => BigInt(random.integer(4)) * 2n ** 62n,
    moment: (random) => new Date(1.6e12 + random.integer(1e9)), ms: (random) => 1.6e12 + random.integer(1e9), seconds: (random) => 1.6e9 + random.integer(1e6), iso: (random) => new Date(random.integer(1e9)).toISOString(),
    day: (random) => `2026-0${1 + random.integer(9)}-1${random.integer(9)}`, local: () => '2026-01-01T10:00', ids: (random) => Array.from({ length: random.integer(4) }, () => random.integer(9)),
    names: (random) => Array.from({ length: random.integer(3) }, () => `n${random.integer(5)}`), numbers: (random) => [random.next(), random.next()], ragged: (random) => Array.from({ length: random.integer(3) }, () => random.next()),
    typed: (random) => Float32Array.of(random.next(), 2, 3), odd: (random) => [1, 'a', null, true, {}, [], NaN][random.integer(7)], huge: (random) => 2 ** 70 * random.next(), one: () => 1, none: () => null, hour: (random) => random.integer(24),
  }
  const names = ['user_id', 'post_id', 'timestamp', 'created_at', 'hour', 'age', 'rank', 'recent_posts', 'type', 'score', 'tags', 'updatedAt', 'embedding', 'n_likes', 'clicked', 'title', '__proto__', 'constructor', 'x']

  it('fits the table that it was drafted from, or says that there is nothing to use', () => {
    let drafts = 0
    for (let seed = 0; seed < 120; seed++) {
      const random = seededRandom(seed)
      const kinds = names.map((name) => [name, Object.values(values)[random.integer(Object.keys(values).length)], random.next() < 0.4 ? random.next() : 0] as const).filter(() => random.next() < 0.6)
      const table = Array.from({ length: 1 + random.integer(80) }, () => Object.fromEntries(kinds.map(([name, make, holes]) => [name, random.next() < holes ? null : make(random)])))
      let one: InferredSpec
      try {
        one = inferSpec(table, { sample: 40 })
      } catch (error) {
        expect(String(error)).toMatch(/expected a column to make a feature of, got none/)
        continue
      }
      drafts++
      expect(declared(evaluated(one.code))).toEqual(declared(one.spec))
      // What it did not look at may yet be what a feature refuses.
      if (table.length <= 40) expect(one.spec.fit(table).encode(table).rows).toBe(table.length)
    }
    expect(drafts).toBeGreaterThan(90)
  })
})

describe('bad input', () => {
  it.each<[string, () => unknown, RegExp, { isInstance: (e: unknown) => boolean }]>([
    ['no rows', () => inferSpec([]), /at least one row, got none/, DataError],
    ['nothing to use', () => inferSpec([{ a: null, b: 1 }]), /a column to make a feature of, got none:[^]*b .*the same in every row/, DataError],
    ['no table', () => inferSpec('rows' as never), /an array of objects, or an object of columns/, ArgumentError],
    ['a label that is no column', () => inferSpec(rows, { labels: ['click'] }), /expected a column "click", got "user_id"/, ArgumentError],
    ['a label of texts', () => inferSpec(rows, { labels: ['post_type'] }), /label column "post_type" to hold booleans or finite numbers, got text/, DataError],
    ['a label that is NaN', () => inferSpec(rows, { labels: ['score'] }), /label column "score".*not finite in row 1700/, DataError],
    ['labels that are no list', () => inferSpec(rows, { labels: 'clicked' as never }), /`labels` to be an array of column names/, ArgumentError],
    ['a scope there is not', () => inferSpec(rows, { scopes: { age: 'usr' as never } }), /`scopes.age` to be 'user'/, ArgumentError],
    ['a time that is none', () => inferSpec(rows, { time: 'age' }), /`time` to be a column of moments/, ArgumentError],
    ['a sample of none', () => inferSpec(rows, { sample: 0 }), /`sample` to be a positive integer/, ArgumentError],
  ])('%s', (_, run, message, kind) => {
    const error = caught(run)
    expect(String(error)).toMatch(message)
    expect(kind.isInstance(error)).toBe(true)
  })
})
