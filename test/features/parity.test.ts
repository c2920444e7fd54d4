import { describe, expect, expectTypeOf, it } from 'vitest'
import { tableOf } from '../../src/data'
import { ArgumentError, DataError } from '../../src/errors'
import { categorical, defineFeatures, multiHot, numeric, sliceRows, verifyParity, type EncodedRows, type ParityReport } from '../../src/features'
import { everything, randomRows } from './samples'

const rows = randomRows(1, 200)
const fitted = everything.fit(rows)
const encoded = fitted.encode(rows)
const caught = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('expected an error')
}
/** The encoded rows with one column changed by `change`. */
const withColumn = (from: EncodedRows, name: string, change: (column: never) => object): EncodedRows => {
  const columns = new Map(from.columns)
  const column = structuredClone(columns.get(name)) as never
  return { ...from, columns: columns.set(name, change(column) as never) }
}
const featureOf = (report: ParityReport, name: string) => report.features.find((feature) => feature.name === name)!

describe('what is equal', () => {
  it('is the same rows encoded at once, one by one, or not yet', () => {
    const names = fitted.features.map(({ name }) => name)
    for (const served of [encoded, rows, rows.map((row) => fitted.encode([row])), [sliceRows(encoded, 0, 7), sliceRows(encoded, 7)], tableOf(rows)]) {
      const report = verifyParity(fitted, rows, served)
      expect(report).toMatchObject({ equal: true, rows: 200, rowsThatDiffer: 0, text: `parity: all ${names.length} features are equal to the last bit in 200 rows` })
      expect(report.features.map(({ name, status, mismatches }) => [name, status, mismatches])).toEqual(names.map((name) => [name, 'equal', 0]))
    }
  })

  it('may be what another spec encoded, and says so', () => {
    const more = everything.fit([...rows, { ...rows[0], affinity: 99 }])
    const report = verifyParity(fitted, rows, more.encode(rows))
    expect(report.sameSpec).toBe(false)
    expect(report.text).toContain(`what was served was encoded by another spec, ${more.hash}; this one is ${fitted.hash}`)
    expect(verifyParity(fitted, rows, encoded).sameSpec).toBe(true)
    expect(verifyParity(fitted, rows, { rows: 200, columns: encoded.columns, labels: new Map() })).not.toHaveProperty('sameSpec')
  })

  it('is no rows', () => {
    expect(verifyParity(fitted, [], []).equal).toBe(true)
    expect(verifyParity(fitted, [], sliceRows(encoded, 0, 0)).equal).toBe(true)
  })

  it('is one side alone, where only that was served', () => {
    const items = fitted.encode(rows, { scopes: ['item'] })
    expect(verifyParity(fitted, rows, items, { scopes: ['item'] }).equal).toBe(true)
    expect(verifyParity(fitted, rows, encoded, { scopes: ['item'] }).equal).toBe(true)
    const report = verifyParity(fitted, rows, items)
    expect(report.equal).toBe(false)
    expect(featureOf(report, 'userId')).toMatchObject({ status: 'absent', mismatches: 200, text: 'userId was not served' })
    expect(featureOf(report, 'genres').status).toBe('equal')
  })
})

describe('what differs', () => {
  it('is found in every feature and row it was put in, and in no other', () => {
    for (const { name } of fitted.features) {
      const served = withColumn(encoded, name, (column: { kind: string; ids?: Int32Array; values?: Float32Array; width?: number }) => {
        if (column.values) for (const row of [3, 50, 199]) column.values[row * column.width! + column.width! - 1] += 0.25
        else for (const row of [3, 50, 199]) column.ids![column.kind === 'ids' ? row : 0] += 1
        return column
      })
      const report = verifyParity(fitted, rows, served)
      expect(report.features.filter(({ status }) => status !== 'equal').map((feature) => feature.name)).toEqual([name])
      const found = featureOf(report, name)
      if (fitted.features.find((f) => f.name === name)!.encoding.kind === 'bags') continue
      expect([found.mismatches, found.examples.map(({ row }) => row), report.rowsThatDiffer]).toEqual([3, [3, 50, 199], 3])
    }
  })

  const spec = defineFeatures({
    features: { topic: categorical({ scope: 'item' }), tags: multiHot({ scope: 'item' }), price: numeric({ scope: 'item', scale: 'none' }) },
  }).fit([{ topic: 'surf', tags: ['sea'], price: 1 }, { topic: 'chess', tags: ['sea', 'sun'], price: 2 }])
  const [a, b] = [{ topic: 'surf', tags: ['sea'], price: 1 }, { topic: 'chess', tags: ['sea', 'sun'], price: 2 }]

  it('is told in words, with what stood there and what came', () => {
    const report = verifyParity(spec, [a, b], [{ ...a, topic: 'golf', price: 1.5 }, { ...b, tags: ['sun', 'sea', 'sea'] }])
    expect(report.text.split('\n')).toEqual([
      'no parity: 3 of 3 features differ, in 2 of 2 rows (compared to the last bit)',
      '  topic differs in 1 of 2 rows; row 0: expected 2 (surf), served 0 (unknown or missing)',
      '  tags differs in 1 of 2 rows; row 1: expected [1 (sea), 2 (sun)], served [2 (sun), 1 (sea), 1 (sea)]',
      '  price differs in 1 of 2 rows, by 0.5 at most; row 0: expected 1, served 1.5',
    ])
    expect(featureOf(report, 'tags').examples).toEqual([{
      row: 1, expected: { values: [1, 2], text: '[1 (sea), 2 (sun)]' }, served: { values: [2, 1, 1], text: '[2 (sun), 1 (sea), 1 (sea)]' },
    }])
  })

  it('keeps as many examples as asked for, and counts all', () => {
    const many = Array.from({ length: 10 }, () => a)
    const report = verifyParity(spec, many, many.map((row) => ({ ...row, price: 9 })), { examples: 2 })
    expect(featureOf(report, 'price')).toMatchObject({ mismatches: 10, largestDifference: 8 })
    expect(featureOf(report, 'price').examples.map(({ row }) => row)).toEqual([0, 1])
    expect(featureOf(verifyParity(spec, many, many.map((row) => ({ ...row, price: 9 })), { examples: 0 }), 'price').examples).toEqual([])
  })

  it('may be a little, where a tolerance says so: relative above 1, absolute below', () => {
    const of = (expectedPrice: number, served: number, tolerance: number) =>
      verifyParity(spec, [{ ...a, price: expectedPrice }], [{ ...a, price: served }], { tolerance }).equal
    expect([of(1000, 1001, 0), of(1000, 1001, 1e-3), of(1000, 1002, 1e-3), of(0.001, 0.0015, 1e-3), of(0.001, 0.0025, 1e-3)])
      .toEqual([false, true, false, true, false])
    // One unit in the last place is a difference unless a tolerance is given.
    expect([of(1, 1 + 2 ** -23, 0), of(1, 1 + 2 ** -23, 1e-6)]).toEqual([false, true])
  })

  it('are NaN and infinities, whatever the tolerance; 0 and −0 do not', () => {
    const served = (value: number) => withColumn(spec.encode([a]), 'price', (column: { values: Float32Array }) => ({ ...column, values: Float32Array.of(value) }))
    expect(featureOf(verifyParity(spec, [a], served(NaN), { tolerance: 10 }), 'price')).toMatchObject({ status: 'different', largestDifference: Infinity })
    expect(verifyParity(spec, [a], served(Infinity), { tolerance: 10 }).equal).toBe(false)
    expect(verifyParity(spec, [{ ...a, price: 0 }], served(-0)).equal).toBe(true)
  })

  it('are weights of a bag; absent ones are ones', () => {
    const weighted = (weights: number[]) => withColumn(spec.encode([b]), 'tags', (column: object) => ({ ...column, weights: Float32Array.from(weights) }))
    expect(verifyParity(spec, [b], weighted([1, 1])).equal).toBe(true)
    const report = verifyParity(spec, [b], weighted([1, 0.5]))
    expect(featureOf(report, 'tags').text).toBe('tags differs in 1 of 1 rows, by 0.5 at most; row 0: expected [1 (sea), 2 (sun)], served [1 (sea) × 1, 2 (sun) × 0.5]')
  })

  it('are columns that are missing, unknown, or of another shape', () => {
    const served = spec.encode([a, b])
    const other = new Map(served.columns)
    other.delete('topic')
    other.set('__proto__', served.columns.get('price')!).set('price', { kind: 'dense', values: new Float32Array(4), width: 2 })
    const report = verifyParity(spec, [a, b], { ...served, columns: other })
    expect(report.features.map(({ name, status }) => [name, status])).toEqual([
      ['topic', 'absent'], ['tags', 'equal'], ['price', 'incomparable'], ['__proto__', 'unexpected'],
    ])
    expect(report.text).toContain('price was served as 2 numbers a row, training sees 1 number a row')
  })
})

describe('bad input', () => {
  it.each<[string, () => unknown, RegExp, { isInstance: (e: unknown) => boolean }]>([
    ['another number of rows', () => verifyParity(fitted, rows, sliceRows(encoded, 1)), /one row for each of `rows`, got 199 for 200/, ArgumentError],
    ['what was never served', () => verifyParity(fitted, rows, 'all' as never), /`served` to be encoded rows, a list of them, or rows, got "all"/, ArgumentError],
    ['a list of this and that', () => verifyParity(fitted, rows, [encoded, rows[0]] as never), /encoded rows throughout, as its first, got an object \(Object\) at 1/, ArgumentError],
    ['no spec', () => verifyParity({} as never, rows, rows), /`spec` to be a fitted spec/, ArgumentError],
    ['a negative tolerance', () => verifyParity(fitted, rows, rows, { tolerance: -1 }), /`tolerance` to be a finite number >= 0/, ArgumentError],
    ['half an example', () => verifyParity(fitted, rows, rows, { examples: 0.5 }), /`examples` to be a non-negative integer, got 0.5/, ArgumentError],
    ['a row that cannot be encoded', () => verifyParity(fitted, [{ ...rows[0], hour: NaN }], [rows[0]]), /rows\[0\].hour.*NaN/, DataError],
  ])('%s', (_, run, message, kind) => {
    const error = caught(run)
    expect(String(error)).toMatch(message)
    expect(kind.isInstance(error)).toBe(true)
  })

  it('rows of another type do not compile', () => {
    const spec = defineFeatures({ features: { topic: categorical({ scope: 'item' }) } }).fit([{ topic: 'surf' }])
    // @ts-expect-error a misspelt column
    expect(() => verifyParity(spec, [{ topics: 'surf' }], [{ topic: 'surf' }])).toThrow(/topic/)
    expectTypeOf(verifyParity(spec, [{ topic: 'surf' }], [{ topic: 'surf' }])).toEqualTypeOf<ParityReport>()
  })
})
