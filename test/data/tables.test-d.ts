import { expectTypeOf, test } from 'vitest'
import { clean, dropMissing, findLeaks, kFoldByGroup, leaveOneOut, readCsv, splitAtRandom, splitByTime, splitByUserTime, tableOf } from '../../src/data'
import type { Table } from '../../src/data'
import { WideAndDeep } from '../../src/models'
import { fit } from '../../src/training'
import { encode, fitted } from '../models/samples'

const rows = [{ user: 'a', at: 1, clicked: true }]
const table = tableOf(rows)

test('what goes in comes out: objects as objects, a table as a table', () => {
  expectTypeOf(splitByTime(rows, { timestamp: 'at', fractions: [0.8, 0.1, 0.1] }).train).toEqualTypeOf<(typeof rows)[number][]>()
  expectTypeOf(splitByTime(table, { timestamp: 'at', fractions: [0.8, 0.1, 0.1] }).train).toEqualTypeOf<Table>()
  expectTypeOf(splitByUserTime(table, { user: 'user', timestamp: 'at', fractions: [0.8, 0.1, 0.1] }).test).toEqualTypeOf<Table>()
  expectTypeOf(leaveOneOut(table, { user: 'user', timestamp: 'at' }).test).toEqualTypeOf<Table>()
  expectTypeOf(kFoldByGroup(rows, { group: 'user' }).folds[0].train).toEqualTypeOf<(typeof rows)[number][]>()
  expectTypeOf(kFoldByGroup(table, { group: 'user' }).folds[0].train).toEqualTypeOf<Table>()
  expectTypeOf(clean(rows, [dropMissing(['user'])]).rows).toEqualTypeOf<typeof rows>()
  expectTypeOf(clean(table, []).rows).toEqualTypeOf<Table>()
  expectTypeOf(readCsv('a\n1')).toEqualTypeOf<AsyncIterable<Table>>()
})

test('a split at random says that it leaks', () => {
  expectTypeOf(splitAtRandom(rows, { fractions: [0.8, 0.1, 0.1] }).leaks).toEqualTypeOf<true>()
  expectTypeOf(splitAtRandom(table, { fractions: [0.8, 0.1, 0.1] }).train).toEqualTypeOf<Table>()
})

test('columns of objects are known', () => {
  // @ts-expect-error a misspelt column
  splitByTime(rows, { timestamp: 'time', fractions: [0.8, 0.1, 0.1] })
  // @ts-expect-error a column that is no id
  kFoldByGroup(rows, { group: 'clicked' })
  // @ts-expect-error a label is needed
  findLeaks(rows, {})
  // @ts-expect-error a type that there is not
  readCsv('a\n1', { types: { a: 'float' } })
})

test('fit takes rows at hand, or a function that opens them', () => {
  const model = new WideAndDeep(fitted, { hidden: [4] })
  const all = encode('train', 8)
  void fit(model, { rows: all })
  void fit(model, { rows: () => [all], count: 8, validation: all })
  void fit(model, { rows: async function* () { yield all } })
  // @ts-expect-error rows of tables are encoded first
  void fit(model, { rows: () => [table] })
  // @ts-expect-error a stream is opened anew for every epoch: a function gives it
  void fit(model, { rows: readCsv('a\n1') })
})
