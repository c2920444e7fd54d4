import type { Scope } from '../feature'

/** The factories that a draft calls. */
export type Factory =
  | 'age' | 'boolean' | 'calendar' | 'categorical' | 'cyclical' | 'hashed' | 'multiHot' | 'numeric' | 'sequence' | 'text' | 'vector'
  | 'binary' | 'regression'

/** One call of a factory: a feature or label by name. */
export interface DraftCall {
  readonly name: string
  readonly factory: Factory
  readonly options: Readonly<Record<string, unknown>>
}

/** What is made of a column, and why. */
export interface Draft {
  readonly column: string
  readonly use: 'feature' | 'label' | 'left out'
  readonly scope?: Scope
  /** Features or labels that read it; where it was left out for being a label, that label. */
  readonly calls: readonly DraftCall[]
  /** A phrase. */
  readonly reason: string
}

export const leftOut = (column: string, reason: string, suspected: readonly DraftCall[] = []): Draft => ({ column, use: 'left out', calls: suspected, reason })

/** A number for people: 12,345 or 0.123. */
export const plain = (value: number): string => Number(value.toPrecision(4)).toLocaleString('en-US', { maximumFractionDigits: 6 })

/** `part` of `whole` in percent. */
export const percent = (part: number, whole: number): string => `${plain(Math.round((1000 * part) / Math.max(whole, 1)) / 10)}%`
