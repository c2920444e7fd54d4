import { ArgumentError, expected } from '../../errors'
import type { CleaningStep } from './clean'

/**
 * Drops rows that lack a value they need: null, undefined, an empty text, NaN or an invalid date.
 *
 * @throws ArgumentError when no column is named
 */
export function dropMissing(columns: readonly string[]): CleaningStep {
  if (!Array.isArray(columns) || columns.length === 0) throw new ArgumentError(expected('dropMissing', 'columns', 'names of columns', columns))
  return {
    name: 'missing',
    find(view, left, drop) {
      for (const column of columns as readonly string[]) {
        const read = view.column(column)
        for (let r = 0; r < view.rows; r++) if (left[r] === 1 && isEmpty(read(r))) drop(r, `without ${column}`)
      }
    },
  }
}

export const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || Number.isNaN(value) || (Object.prototype.toString.call(value) === '[object Date]' && Number.isNaN(Number(value)))
