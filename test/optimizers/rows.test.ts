import { describe, expect, it } from 'vitest'
import { adam, createRowSlots, createSlots, growRowSlots, lazyAdam, rowAdagrad, rowSgd, sgd } from '../../src/optimizers'
import type { RowOptimizer, TouchedRows } from '../../src/optimizers'
import { seededRandom } from '../../src/random'
import type { Random } from '../../src/random'

const randomTable = (random: Random, rows: number, dim: number) => ({
  name: 'table', rows, dim, values: Float32Array.from({ length: rows * dim }, () => random.normal()),
})
const randomGradient = (random: Random, rows: number, dim: number, count: number): TouchedRows => ({
  rows: Int32Array.from(random.shuffle(Array.from({ length: rows }, (_, i) => i)).slice(0, count)),
  values: Float32Array.from({ length: count * dim }, () => random.normal()),
  count,
})

const optimizers: readonly (readonly [string, RowOptimizer])[] = [
  ['rowSgd', rowSgd()],
  ['rowSgd with l2', rowSgd({ l2: 0.1 })],
  ['rowAdagrad', rowAdagrad()],
  ['rowAdagrad with l2', rowAdagrad({ l2: 0.1, initialAccumulator: 0.1 })],
  ['lazyAdam', lazyAdam()],
  ['lazyAdam with l2', lazyAdam({ l2: 0.1 })],
]

describe.each(optimizers)('%s', (_, optimizer) => {
  it('moves the rows touched and their state, and no others', () => {
    for (let seed = 0; seed < 30; seed++) {
      const random = seededRandom(seed)
      const dim = 1 + random.integer(9)
      const table = randomTable(random, 12, dim)
      const slots = createRowSlots(optimizer, table)
      const gradient = randomGradient(random, 12, dim, random.integer(13))
      const touched = new Set(gradient.rows)
      const before = [table.values, ...slots].map((array) => array.slice())
      optimizer.update(table, gradient, slots, 1, 0.1)
      ;[table.values, ...slots].forEach((array, k) => {
        const width = array.length / 12
        for (let row = 0; row < 12; row++) {
          const same = array.slice(row * width, (row + 1) * width).every((value, j) => value === before[k][row * width + j])
          expect(same).toBe(!touched.has(row))
        }
      })
    }
  })

  it('does not depend on the order of the rows', () => {
    const random = seededRandom('order')
    const gradient = randomGradient(random, 8, 3, 5)
    const back = [4, 3, 2, 1, 0]
    const reversed = {
      rows: Int32Array.from(back, (i) => gradient.rows[i]),
      values: Float32Array.from(back.flatMap((i) => Array.from(gradient.values.subarray(i * 3, i * 3 + 3)))),
      count: 5,
    }
    const [a, b] = [0, 1].map(() => randomTable(seededRandom('same'), 8, 3))
    optimizer.update(a, gradient, createRowSlots(optimizer, a), 1, 0.1)
    optimizer.update(b, reversed, createRowSlots(optimizer, b), 1, 0.1)
    expect(b.values).toEqual(a.values)
  })

  it('goes on as before when the table has grown', () => {
    const small = randomTable(seededRandom('grow'), 4, 3)
    const large = { ...small, rows: 6, values: Float32Array.from([...small.values, 1, 2, 3, 4, 5, 6]) }
    const slots = createRowSlots(optimizer, small)
    const random = seededRandom('steps')
    const first = randomGradient(random, 4, 3, 3)
    optimizer.update(small, first, slots, 1, 0.1)
    large.values.set(small.values)
    const grown = growRowSlots(optimizer, slots, large)
    const second = randomGradient(random, 4, 3, 2)
    optimizer.update(small, second, slots, 2, 0.1)
    optimizer.update(large, second, grown, 2, 0.1)
    expect(large.values.slice(0, 12)).toEqual(small.values)
    expect(Array.from(large.values.subarray(12))).toEqual([1, 2, 3, 4, 5, 6])
    expect(() => growRowSlots(optimizer, [...grown, new Float32Array(1)], large)).toThrow('`slots`')
    if (optimizer.slots.length > 0) expect(() => growRowSlots(optimizer, grown, small)).toThrow('expected `slots[0]`')
  })

  it('refuses a row outside the table and arguments that do not fit, before it touches anything', () => {
    const table = randomTable(seededRandom('bad'), 4, 2)
    const before = table.values.slice()
    const slots = createRowSlots(optimizer, table)
    const update = (rows: number[], values: number, given = slots, count = rows.length) => () =>
      optimizer.update(table, { rows: Int32Array.from(rows), values: new Float32Array(values).fill(1), count }, given, 1, 0.1)
    expect(update([0, 4], 4)).toThrow(`feedrank/${optimizer.name}: expected rows of table "table" to be in [0, 4), got 4 at position 1`)
    expect(update([-1], 2)).toThrow('got -1 at position 0')
    expect(update([0, 1], 3)).toThrow('2 rows and 3 values')
    expect(update([0], 2, slots, 2)).toThrow('for 2 rows of 2 values')
    expect(update([0], 2, [...slots, new Float32Array(4)])).toThrow('`slots`')
    if (optimizer.slots.length > 0) expect(update([0], 2, slots.map(() => new Float32Array(3)))).toThrow('slot 0 of table "table"')
    expect(() => optimizer.update({ ...table, rows: 5 }, { rows: new Int32Array(0), values: new Float32Array(0), count: 0 }, slots, 1, 0.1)).toThrow('[5, 2] values')
    expect(table.values).toEqual(before)
  })
})

it('rowAdagrad follows its formula', () => {
  for (let seed = 0; seed < 20; seed++) {
    const random = seededRandom(seed)
    const dim = 1 + random.integer(10)
    const [epsilon, initialAccumulator, l2] = [random.next() * 0.1 + 1e-9, random.next(), seed % 2 === 0 ? 0 : random.next()]
    const optimizer = rowAdagrad({ epsilon, initialAccumulator, l2 })
    const table = randomTable(random, 5, dim)
    const slots = createRowSlots(optimizer, table)
    // FBGEMM's exact row-wise Adagrad, in 64 bits.
    const weights = Float64Array.from(table.values)
    const accumulator = new Float64Array(5).fill(initialAccumulator)
    for (let step = 1; step <= 6; step++) {
      const gradient = randomGradient(random, 5, dim, 1 + random.integer(5))
      optimizer.update(table, gradient, slots, step, 0.3)
      gradient.rows.forEach((row, i) => {
        const g = Array.from({ length: dim }, (_, j) => gradient.values[i * dim + j] + l2 * weights[row * dim + j])
        accumulator[row] += g.reduce((sum, x) => sum + x * x, 0) / dim
        g.forEach((x, j) => (weights[row * dim + j] -= (0.3 * x) / (Math.sqrt(accumulator[row]) + epsilon)))
      })
    }
    table.values.forEach((value, i) => expect(value).toBeCloseTo(weights[i], 4))
  }
})

it('with every row touched, rowSgd is sgd and lazyAdam is nearly adam', () => {
  const random = seededRandom('all')
  const table = randomTable(random, 4, 4)
  const copies = { sgd: table.values.slice(), adam: table.values.slice() }
  const lazy = { ...table, values: table.values.slice() }
  const slots = { lazy: createRowSlots(lazyAdam(), table), adam: createSlots(adam(), 16) }
  for (let step = 1; step <= 5; step++) {
    const gradient = { rows: Int32Array.of(0, 1, 2, 3), values: Float32Array.from({ length: 16 }, () => random.normal()), count: 4 }
    rowSgd().update(table, gradient, [], step, 0.1)
    sgd().update(copies.sgd, gradient.values, [], step, 0.1)
    lazyAdam().update(lazy, gradient, slots.lazy, step, 0.1)
    adam().update(copies.adam, gradient.values, slots.adam, step, 0.1)
  }
  expect(table.values).toEqual(copies.sgd)
  lazy.values.forEach((value, i) => expect(value).toBeCloseTo(copies.adam[i], 5))
})

it('refuses constants outside their range', () => {
  expect(() => rowSgd({ l2: -1 })).toThrow('feedrank/rowSgd: expected `l2`')
  expect(() => rowAdagrad({ epsilon: 0 })).toThrow('`epsilon`')
  expect(() => rowAdagrad({ initialAccumulator: Number.NaN })).toThrow('`initialAccumulator`')
  expect(() => lazyAdam({ beta1: 1 })).toThrow('feedrank/lazyAdam: expected `beta1`')
})
