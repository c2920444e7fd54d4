import { ArgumentError, expected } from '../errors'
import type { BinaryLabel } from './binary'
import type { RegressionLabel } from './regression'

/** Any label. */
export type Label = BinaryLabel | RegressionLabel

/** What becomes of a missing label: an error, or a row that says nothing about it. */
export type MissingLabel = 'error' | 'mask'

/**
 * Where a label counts: where a binary label or a boolean feature of that name is 1, or where a column of the row
 * equals a value. Booleans equal 1 and 0, numbers equal their decimal strings.
 */
export type When = string | { readonly column: string; readonly equals: string | number | boolean }

/** What every label says. */
export interface LabelBase<Column extends string, W extends When, M extends MissingLabel, Value> {
  /** The column it reads, where that is not the label's own name. */
  readonly column?: Column
  readonly when?: W
  readonly missing: M
  /** The type of the value in a row; it exists for the compiler alone. */
  readonly '~value'?: [W] extends [never] ? (M extends 'error' ? Value : Value | null | undefined) : Value | null | undefined
}

/** The options of every label. */
export interface LabelOptions<Column extends string, W extends When, M extends MissingLabel> {
  /** The column to read. @defaultValue the label's own name */
  readonly column?: Column
  /** Only rows where this holds count; the value of other rows is not looked at. @defaultValue all rows count */
  readonly when?: W
  /** What `null` and `undefined` become, in rows that count. @defaultValue 'error' */
  readonly missing?: M
}

/** The checked common options of a label, ready to spread. */
export function checkLabel<Column extends string, W extends When, M extends MissingLabel>(where: string, options: LabelOptions<Column, W, M>) {
  if (typeof options !== 'object' || options === null) throw new ArgumentError(expected(where, 'options', 'an object', options))
  const { column, when, missing = 'error' } = options
  if (column !== undefined && typeof column !== 'string') throw new ArgumentError(expected(where, 'column', 'a string', column))
  if (missing !== 'error' && missing !== 'mask') throw new ArgumentError(expected(where, 'missing', "'error' or 'mask'", missing))
  return {
    ...(column !== undefined && { column }),
    ...(when !== undefined && { when: checkWhen(where, when) as W }),
    missing: missing as M,
  }
}

function checkWhen(where: string, when: unknown): When {
  if (typeof when === 'string') return when
  const { column, equals } = (when ?? {}) as { column?: unknown; equals?: unknown }
  const comparable = typeof equals === 'string' || typeof equals === 'boolean' || (typeof equals === 'number' && Number.isFinite(equals))
  if (typeof column === 'string' && comparable) return Object.freeze({ column, equals })
  throw new ArgumentError(expected(where, 'when', 'the name of a binary label or boolean feature, or { column, equals }', when))
}
