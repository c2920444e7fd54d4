import { ArgumentError, ContractError, expected } from '../errors'
import type { BagColumn, EncodedColumn, EncodedLabel, EncodedRows } from './encoded'

/**
 * The rows of all parts, one after another.
 *
 * @throws ArgumentError when there is no part; ContractError when parts differ in their columns or labels, or were encoded
 * by different specs.
 * @example
 * ```ts
 * import { categorical, concatRows, defineFeatures } from 'feedrank'
 *
 * const fitted = defineFeatures({ features: { a: categorical({ scope: 'user' }) } }).fit([{ a: 'x' }])
 * console.log(concatRows([fitted.encode([{ a: 'x' }]), fitted.encode([{ a: 'y' }])]).rows) // 2
 * ```
 */
export function concatRows(parts: readonly EncodedRows[]): EncodedRows {
  if (!Array.isArray(parts) || parts.length === 0) throw new ArgumentError(expected('concatRows', 'parts', 'at least one part', parts))
  const first: EncodedRows = parts[0]
  const rows = parts.reduce((sum, part) => sum + part.rows, 0)
  const hashes = [...new Set(parts.flatMap(({ specHash = [] }) => specHash))]
  if (hashes.length > 1) throw new ContractError(`feedrank/concatRows: expected parts encoded by one spec, got those of ${hashes.join(' and ')}`)
  return {
    rows,
    columns: concatMaps('column', parts.map((part) => part.columns), first.columns, (name, columns) => concatColumns(name, columns, rows)),
    labels: concatMaps('label', parts.map((part) => part.labels), first.labels, (_, labels) => concatLabels(labels)),
    ...(hashes.length === 1 && { specHash: hashes[0] }),
  }
}

function concatMaps<T>(
  what: string, parts: readonly ReadonlyMap<string, T>[], first: ReadonlyMap<string, T>, concat: (name: string, all: readonly T[]) => T,
): ReadonlyMap<string, T> {
  const joined = new Map<string, T>()
  for (const name of first.keys()) {
    const all = parts.map((part, i) => {
      const found = part.get(name)
      if (found === undefined || part.size !== first.size) throw differ(`the same ${what}s (${[...first.keys()].join(', ')})`, i, part)
      return found
    })
    joined.set(name, concat(name, all))
  }
  const more = parts.findIndex((part) => part.size !== first.size)
  if (more >= 0) throw differ(`no ${what}s`, more, parts[more])
  return joined
}

const differ = (wanted: string, i: number, part: ReadonlyMap<string, unknown>) =>
  new ContractError(`feedrank/concatRows: expected parts with ${wanted}, parts[${i}] has ${[...part.keys()].join(', ') || 'none'}`)

function concatColumns(name: string, columns: readonly EncodedColumn[], rows: number): EncodedColumn {
  const ids = columns.filter((column) => column.kind === 'ids')
  if (ids.length === columns.length) return { kind: 'ids', ids: joinIntegers(ids.map((column) => column.ids)) }
  const bags = columns.filter((column) => column.kind === 'bags')
  if (bags.length === columns.length) return concatBags(bags, rows)
  const dense = columns.filter((column) => column.kind === 'dense')
  const width = dense[0]?.width
  if (dense.length === columns.length && dense.every((column) => column.width === width))
    return { kind: 'dense', values: joinFloats(dense.map((column) => column.values)), width }
  const kinds = columns.map((column) => (column.kind === 'dense' ? `dense ${column.width}` : column.kind)).join(', ')
  throw new ContractError(`feedrank/concatRows: expected column \`${name}\` to be of one kind and width in all parts, got ${kinds}`)
}

function concatBags(bags: readonly BagColumn[], rows: number): BagColumn {
  const offsets = new Int32Array(rows + 1)
  let row = 0
  for (const bag of bags) {
    const start = offsets[row]
    for (let i = 1; i < bag.offsets.length; i++) offsets[++row] = start + bag.offsets[i]
  }
  const weighted = bags.some((bag) => bag.weights)
  return {
    kind: 'bags',
    ids: joinIntegers(bags.map((bag) => bag.ids)),
    offsets,
    ...(weighted && { weights: joinFloats(bags.map((bag) => bag.weights ?? new Float32Array(bag.ids.length).fill(1))) }),
  }
}

function concatLabels(labels: readonly EncodedLabel[]): EncodedLabel {
  const masked = labels.some((label) => label.mask)
  return {
    values: joinFloats(labels.map((label) => label.values)),
    ...(masked && { mask: joinFloats(labels.map((label) => label.mask ?? new Float32Array(label.values.length).fill(1))) }),
  }
}

function joinIntegers(arrays: readonly Int32Array[]): Int32Array {
  const joined = new Int32Array(arrays.reduce((sum, array) => sum + array.length, 0))
  let at = 0
  for (const array of arrays) {
    joined.set(array, at)
    at += array.length
  }
  return joined
}

function joinFloats(arrays: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(arrays.reduce((sum, array) => sum + array.length, 0))
  let at = 0
  for (const array of arrays) {
    joined.set(array, at)
    at += array.length
  }
  return joined
}
