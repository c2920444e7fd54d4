import { columnFrom } from '../columns'
import type { Column, NumberArray } from '../table'
import type { Decoded } from './page'
import type { Dense } from './plain'

/** A column put together from pieces of pages. */
export interface ColumnBuilder {
  /** Before the piece that holds the row is added. */
  readonly setNull: (row: number) => void
  /** Values `from` to before `to` of what was decoded, for the `count` rows from `row` on that are not null. */
  readonly add: (decoded: Decoded, from: number, to: number, row: number, count: number) => void
  readonly build: () => Column
}

export function columnBuilder(into: Column['kind'], rows: number): ColumnBuilder {
  let valid: Uint8Array | undefined
  const setNull = (row: number) => { (valid ??= new Uint8Array(rows).fill(1))[row] = 0 }
  return into === 'text' ? textBuilder(rows, setNull, () => valid) : numberBuilder(into, rows, setNull, () => valid)
}

type Numbers = NumberArray | BigInt64Array

function numberBuilder(into: Column['kind'], rows: number, setNull: (row: number) => void, valid: () => Uint8Array | undefined): ColumnBuilder {
  let out: Numbers | undefined
  return {
    setNull,
    add({ codes, values }, from, to, row, count) {
      const numbers = values as Numbers
      // Which array it is, the first value tells; where none ever comes, the column is null throughout.
      if (numbers.length > 0) out ??= new (numbers.constructor as new (length: number) => Numbers)(rows)
      if (out === undefined || from === to) return
      const there = valid()
      if (to - from === count) {
        if (codes === undefined) (out as { set: (from: unknown, at: number) => void }).set(numbers.subarray(from, to), row)
        else for (let i = from; i < to; i++) out[row + i - from] = numbers[codes[i]]
        return
      }
      for (let r = row, i = from; r < row + count; r++) if (there![r] === 1) { out[r] = numbers[codes === undefined ? i : codes[i]]; i++ }
    },
    build() {
      const there = valid()
      const nulls = there && { valid: there }
      const values = out ?? (into === 'bigint' ? new BigInt64Array(rows) : into === 'boolean' ? new Uint8Array(rows) : new Float64Array(rows))
      return { kind: into, values, ...nulls } as Column
    },
  }
}

function textBuilder(rows: number, setNull: (row: number) => void, valid: () => Uint8Array | undefined): ColumnBuilder {
  const pieces: { readonly decoded: Decoded; readonly from: number; readonly row: number; readonly count: number }[] = []
  return {
    setNull,
    add(decoded, from, to, row, count) {
      if (to > from) pieces.push({ decoded, from, row, count })
    },
    build() {
      const there = valid()
      const nulls = there && { valid: there }
      const eachValue = (piece: Omit<(typeof pieces)[number], 'decoded'>, set: (row: number, i: number) => void) => {
        for (let r = piece.row, i = piece.from; r < piece.row + piece.count; r++) if (there === undefined || there[r] === 1) set(r, i++)
      }
      const codes = new Int32Array(rows)
      const [first] = pieces
      if (first !== undefined && pieces.every(({ decoded }) => decoded.values === first.decoded.values)) {
        // One dictionary for all: it is the column's own, and the same object for all batches of a row group.
        for (const piece of pieces) eachValue(piece, (r, i) => { codes[r] = codesOf(piece.decoded)[i] })
        return { kind: 'text', codes, dictionary: first.decoded.values as readonly string[], ...nulls }
      }
      const known = new Map<string, number>()
      const moved = new Map<Dense, Int32Array>()
      for (const { decoded, ...piece } of pieces) {
        const values = decoded.values as readonly string[]
        const from = codesOf(decoded)
        const to = moved.get(values) ?? new Int32Array(values.length).fill(-1)
        moved.set(values, to)
        eachValue(piece, (r, i) => {
          const code = from[i]
          if (to[code] < 0) {
            const text = values[code]
            to[code] = known.get(text) ?? known.size
            known.set(text, to[code])
          }
          codes[r] = to[code]
        })
      }
      return { kind: 'text', codes, dictionary: [...known.keys()], ...nulls }
    },
  }
}

function codesOf({ codes }: Decoded): Int32Array {
  if (codes === undefined) throw new Error('texts without codes')
  return codes
}

/**
 * A column of values that hyparquet read, of the kind that was planned for it.
 *
 * @throws Error when a value is missing where none may, or does not fit
 */
export function columnOfValues(into: Column['kind'], list: boolean, nullable: boolean, values: ArrayLike<unknown>): Column {
  const { length } = values
  for (let r = 0; r < length; r++) if (!nullable && (values[r] === null || values[r] === undefined)) throw new Error(`no value at its row ${r}`)
  if (into === 'mixed' && !list) return { kind: 'mixed', values: Array.from(values, (value) => value ?? null) }
  if (list) {
    const offsets = new Int32Array(length + 1)
    let valid: Uint8Array | undefined
    const all: unknown[] = []
    for (let r = 0; r < length; r++) {
      const one = values[r]
      if (Array.isArray(one) || ArrayBuffer.isView(one)) for (const value of one as unknown as Iterable<unknown>) all.push(value)
      else (valid ??= new Uint8Array(length).fill(1))[r] = 0
      offsets[r + 1] = all.length
    }
    return { kind: 'list', offsets, values: columnOfValues(into, false, true, all), ...(valid && { valid }) }
  }
  const plain = into === 'number' ? Array.from(values, asNumber) : into === 'bigint' ? Array.from(values, (value) => (typeof value === 'number' ? BigInt(value) : value)) : values
  const column = columnFrom('readParquet', 'column', plain)
  if (column.kind === into) return column
  if (Array.from(plain).some((value) => value !== null && value !== undefined)) throw new Error(`values that are no ${into}`)
  return { ...columnBuilder(into, length).build(), valid: new Uint8Array(length) }
}

function asNumber(value: unknown): unknown {
  if (typeof value !== 'bigint') return value
  if (Number.isSafeInteger(Number(value))) return Number(value)
  throw new Error("an integer past 2^53, which a number cannot hold; read with { int64: 'bigint' }")
}

