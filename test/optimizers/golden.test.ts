import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { adam, adamW, createRowSlots, createSlots, lazyAdam, rowSgd, sgd } from '../../src/optimizers'
import type { AdamWOptions, LazyAdamOptions, SgdOptions } from '../../src/optimizers'

interface Case<Name> {
  readonly optimizer: Name
  readonly options: SgdOptions & AdamWOptions & LazyAdamOptions
  readonly lr: number
  readonly after: readonly (readonly number[])[]
}
interface Golden {
  readonly source: string
  readonly start: readonly number[]
  readonly gradients: readonly (readonly number[])[]
  readonly cases: readonly Case<'sgd' | 'adam' | 'adamW'>[]
  readonly table: { readonly rows: number; readonly dim: number; readonly values: readonly number[] }
  readonly touched: readonly (readonly number[])[]
  readonly rowGradients: readonly (readonly number[])[]
  readonly rowCases: readonly Case<'rowSgd' | 'lazyAdam'>[]
}

// torch 2.13, written by test/golden/make_optimizers.py.
const golden = JSON.parse(readFileSync(new URL('../golden/optimizers.json', import.meta.url), 'utf8')) as Golden
const closeTo = (got: Float32Array, wanted: readonly number[]) => {
  expect(got.length).toBe(wanted.length)
  wanted.forEach((value, i) => expect(Math.abs(got[i] - value), `element ${i}`).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(value))))
}

describe(`trajectories of ${golden.source}`, () => {
  const make = { sgd, adam, adamW }
  it.each(golden.cases)('$optimizer $options', ({ optimizer: name, options, lr, after }) => {
    const optimizer = make[name](options)
    const weights = Float32Array.from(golden.start)
    const slots = createSlots(optimizer, weights.length)
    golden.gradients.forEach((gradient, i) => {
      optimizer.update(weights, Float32Array.from(gradient), slots, i + 1, lr)
      closeTo(weights, after[i])
    })
  })

  const makeRow = { rowSgd, lazyAdam }
  it.each(golden.rowCases)('$optimizer $options', ({ optimizer: name, options, lr, after }) => {
    const optimizer = makeRow[name](options)
    const table = { ...golden.table, name: 'golden', values: Float32Array.from(golden.table.values) }
    const slots = createRowSlots(optimizer, table)
    golden.touched.forEach((rows, i) => {
      const gradient = { rows: Int32Array.from(rows), values: Float32Array.from(golden.rowGradients[i]), count: rows.length }
      optimizer.update(table, gradient, slots, i + 1, lr)
      closeTo(table.values, after[i])
    })
  })
})
