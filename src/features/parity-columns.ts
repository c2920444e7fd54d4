import type { BagColumn, DenseColumn, EncodedColumn, IdColumn } from './encoded'

/** One row of a column, for people and for programs. */
export interface ParitySample {
  /** The numbers as they are encoded: an id, the ids of a bag, or the numbers of a dense feature. */
  readonly values: readonly number[]
  /** The weights of a bag's ids, where it has some. */
  readonly weights?: readonly number[]
  /** In words; ids of a vocabulary with what they stand for. */
  readonly text: string
}

/** Two columns of one shape, row by row. */
export interface ColumnComparer {
  /** By how much the row differs: undefined where it does not, 0 where ids do. */
  readonly difference: (row: number) => number | undefined
  readonly trained: (row: number) => ParitySample
  readonly served: (row: number) => ParitySample
}

type Categories = readonly (string | number | null)[] | undefined

/** Compares two columns, or is undefined where their kinds or widths differ. */
export function columnComparer(
  trained: EncodedColumn, served: EncodedColumn, rows: number, tolerance: number, categories: Categories,
): ColumnComparer | undefined {
  if (trained.kind === 'ids' && served.kind === 'ids' && served.ids.length === rows) return ofIds(trained, served, categories)
  if (trained.kind === 'bags' && served.kind === 'bags' && served.offsets.length === rows + 1) return ofBags(trained, served, tolerance, categories)
  if (trained.kind === 'dense' && served.kind === 'dense' && trained.width === served.width && served.values.length === rows * served.width)
    return ofNumbers(trained, served, tolerance)
  return undefined
}

/** What a column is, in words. */
export function shapeOf(column: EncodedColumn): string {
  if (column.kind === 'dense') return `${column.width} ${column.width === 1 ? 'number' : 'numbers'} a row`
  return column.kind === 'ids' ? 'one id a row' : 'a bag of ids a row'
}

function ofIds({ ids }: IdColumn, { ids: came }: IdColumn, categories: Categories): ColumnComparer {
  const sample = (id: number): ParitySample => ({ values: [id], text: idText(id, categories) })
  return {
    difference: (row) => (ids[row] === came[row] ? undefined : 0),
    trained: (row) => sample(ids[row]),
    served: (row) => sample(came[row]),
  }
}

function ofBags(trained: BagColumn, served: BagColumn, tolerance: number, categories: Categories): ColumnComparer {
  const bag = ({ ids, offsets, weights }: BagColumn) => (row: number): ParitySample => {
    const values = [...ids.subarray(offsets[row], offsets[row + 1])]
    const w = weights && [...weights.subarray(offsets[row], offsets[row + 1])]
    const text = values.map((id, i) => idText(id, categories) + (w === undefined ? '' : ` × ${short(w[i])}`))
    return { values, ...(w !== undefined && { weights: w }), text: `[${listed(text)}]` }
  }
  return {
    difference(row) {
      const [from, to] = [trained.offsets[row], served.offsets[row]]
      const size = trained.offsets[row + 1] - from
      if (served.offsets[row + 1] - to !== size) return 0
      let apart: number | undefined
      for (let i = 0; i < size; i++) {
        if (trained.ids[from + i] !== served.ids[to + i]) return 0
        const difference = numbersApart(trained.weights?.[from + i] ?? 1, served.weights?.[to + i] ?? 1, tolerance)
        if (difference !== undefined) apart = Math.max(apart ?? 0, difference)
      }
      return apart
    },
    trained: bag(trained),
    served: bag(served),
  }
}

function ofNumbers({ values, width }: DenseColumn, { values: came }: DenseColumn, tolerance: number): ColumnComparer {
  const sample = (from: Float32Array) => (row: number): ParitySample => {
    const numbers = [...from.subarray(row * width, (row + 1) * width)]
    return { values: numbers, text: width === 1 ? short(numbers[0]) : `[${listed(numbers.map(short))}]` }
  }
  return {
    difference(row) {
      let apart: number | undefined
      for (let i = row * width; i < (row + 1) * width; i++) {
        const difference = numbersApart(values[i], came[i], tolerance)
        if (difference !== undefined) apart = Math.max(apart ?? 0, difference)
      }
      return apart
    },
    trained: sample(values),
    served: sample(came),
  }
}

/** The distance of two numbers where it is more than the tolerance allows; infinite where one is not a number. */
function numbersApart(trained: number, served: number, tolerance: number): number | undefined {
  if (trained === served) return undefined
  const distance = Math.abs(trained - served)
  if (distance <= tolerance * Math.max(1, Math.abs(trained))) return undefined
  return Number.isNaN(distance) ? Infinity : distance
}

/** All digits, as two float32 numbers may differ in the last. */
const short = (value: number): string => String(value)

const listed = (parts: readonly string[]): string => (parts.length > 8 ? [...parts.slice(0, 8), `… ${parts.length - 8} more`] : parts).join(', ')

function idText(id: number, categories: Categories): string {
  const category = categories?.[id]
  return category === undefined ? String(id) : category === null ? `${id} (unknown or missing)` : `${id} (${category})`
}
