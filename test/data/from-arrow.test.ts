import * as arrow from 'apache-arrow'
import { describe, expect, it } from 'vitest'
import { fromArrow, rowsOf } from '../../src'

describe('fromArrow', () => {
  it('gives every type, and null where it is null', () => {
    const vectors = {
      int: arrow.vectorFromArray([1, null, 3], new arrow.Int32()),
      float: arrow.vectorFromArray([1.5, 2.5, null], new arrow.Float32()),
      long: arrow.vectorFromArray([1n, 2n, null], new arrow.Int64()),
      wide: arrow.vectorFromArray([2n ** 60n, null, 1n], new arrow.Int64()),
      flag: arrow.vectorFromArray([true, null, false], new arrow.Bool()),
      text: arrow.vectorFromArray(['a', null, 'ü'], new arrow.Utf8()),
      word: arrow.vectorFromArray(['a', 'b', null], new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32())),
      at: arrow.vectorFromArray([new Date(5), null, new Date(1.7e12)], new arrow.TimestampMillisecond()),
      day: arrow.vectorFromArray([new Date(86_400_000), null, new Date(0)], new arrow.DateDay()),
      tags: arrow.vectorFromArray([['x', 'y'], null, []], new arrow.List(new arrow.Field('item', new arrow.Utf8(), true))),
      vector: arrow.vectorFromArray([[1, 2], [3, 4], null], new arrow.FixedSizeList(2, new arrow.Field('item', new arrow.Float32(), false))),
      nothing: arrow.vectorFromArray([null, null, null], new arrow.Utf8()),
      ['__proto__' as string]: arrow.vectorFromArray([1, 2, 3], new arrow.Int8()),
    }
    const table = fromArrow(new arrow.Table(vectors))
    expect(Array.from(table.columns.values(), ({ kind }) => kind)).toEqual([
      'number', 'number', 'number', 'bigint', 'boolean', 'text', 'text', 'date', 'date', 'list', 'list', 'text', 'number',
    ])
    expect([...rowsOf(table)].map((row) => Object.values(row))).toEqual([
      [1, 1.5, 1, 2n ** 60n, true, 'a', 'a', new Date(5), new Date(86_400_000), ['x', 'y'], [1, 2], null, 1],
      [null, 2.5, 2, null, null, null, 'b', null, null, null, [3, 4], null, 2],
      [3, null, null, 1n, false, 'ü', null, new Date(1.7e12), new Date(0), [], null, null, 3],
    ])
  })

  it('joins batches, and sees slices', () => {
    const part = (from: number) => new arrow.Table({ x: arrow.vectorFromArray([from, from + 1, null], new arrow.Int32()), y: arrow.vectorFromArray([`${from}`, null, 'z'], new arrow.Utf8()) })
    const joined = part(1).concat(part(10))
    expect([...rowsOf(fromArrow(joined))].map(({ x, y }) => [x, y])).toEqual([[1, '1'], [2, null], [null, 'z'], [10, '10'], [11, null], [null, 'z']])
    expect([...rowsOf(fromArrow(joined.slice(2, 5)))].map(({ x, y }) => [x, y])).toEqual([[null, 'z'], [10, '10'], [11, null]])
  })

  it('names what is no table', () => {
    expect(() => fromArrow([] as never)).toThrow('a table of apache-arrow, got an array of 0')
    const twice = { numRows: 1, schema: { fields: [{ name: 'a' }, { name: 'a' }] }, getChildAt: () => arrow.vectorFromArray([1], new arrow.Int8()) }
    expect(() => fromArrow(twice)).toThrow('"a" twice')
    expect(() => fromArrow(new arrow.Table({ x: arrow.vectorFromArray([2n ** 63n], new arrow.Uint64()) }))).toThrow('64 bits with a sign in column "x"')
  })
})
