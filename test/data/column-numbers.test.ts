import { columnNumbers, tableOf } from 'feedrank/data'
import { expect, test } from 'vitest'
import { ArgumentError, DataError } from '../../src/errors'

const caught = (run: () => unknown) => {
  try {
    run()
  } catch (error) {
    return error
  }
  return expect.fail('expected it to throw')
}
const table = tableOf({ n: [1, NaN], flag: [true, false], at: [new Date(5), new Date(7)], gap: [1, null], word: ['a', 'b'] })

test('numbers, moments and truth values, as they are', () => {
  expect([...columnNumbers(table, 'n')]).toEqual([1, NaN])
  expect([...columnNumbers(table, 'flag')]).toEqual([1, 0])
  expect([...columnNumbers(table, 'at')]).toEqual([5, 7])
})

test('no column, another kind, or a row without a value are errors that name it', () => {
  expect(ArgumentError.isInstance(caught(() => columnNumbers(table, '__proto__')))).toBe(true)
  expect(String(caught(() => columnNumbers(table, 'word')))).toMatch(/"word" to hold numbers, booleans or dates, got text/)
  const error = caught(() => columnNumbers(table, 'gap'))
  expect(DataError.isInstance(error)).toBe(true)
  expect(String(error)).toMatch(/"gap".*row 1/)
})
