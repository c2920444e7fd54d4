import { ArgumentError, checkObject, expected, show } from '../../errors'
import { isMissing } from '../values'
import type { CleaningStep } from './clean'

export interface DropBadLabelsOptions {
  /** Labels that are 0 or 1, or false or true. */
  readonly binary?: readonly string[]
  /** Labels that are finite numbers within bounds, both included: `{ dwell: { min: 0 } }`. */
  readonly ranges?: Readonly<Record<string, { readonly min?: number; readonly max?: number }>>
  /** Where the first is above 0 the second must be: `[['clicked', 'shown']]`, no click without an impression. */
  readonly implies?: readonly (readonly [label: string, needs: string])[]
}

/**
 * Drops rows whose labels cannot be: not 0 or 1, out of their range, or there without what they follow from.
 *
 * A label that is null is left alone, as it says nothing: {@link dropMissing} drops those. That a label is the same in all
 * rows, of which no model learns, is a note in the report.
 *
 * @throws ArgumentError when an option is not what it should be
 */
export function dropBadLabels(options: DropBadLabelsOptions): CleaningStep {
  const where = 'dropBadLabels'
  checkObject(where, 'options', options)
  const { binary = [], ranges = {}, implies = [] } = options
  if (!Array.isArray(binary)) throw new ArgumentError(expected(where, 'binary', 'names of columns', binary))
  if (!Array.isArray(implies) || implies.some((pair) => !Array.isArray(pair) || pair.length !== 2)) throw new ArgumentError(expected(where, 'implies', 'pairs of columns', implies))
  for (const [name, range] of Object.entries(ranges)) {
    checkObject(where, `ranges.${name}`, range, 'an object with min or max')
    const { min = -Infinity, max = Infinity } = range
    if (!(min <= max)) throw new ArgumentError(expected(where, `ranges.${name}`, 'a min of at most max', `${min} to ${max}`))
  }
  if (binary.length + implies.length + Object.keys(ranges).length === 0) throw new ArgumentError(`feedrank/${where}: expected at least one label`)
  return {
    name: 'labels',
    find(view, left, drop, note) {
      const each = (column: string, check: (value: unknown, r: number) => string | undefined) => {
        const read = view.column(column)
        let first: unknown
        let same = 0
        let counted = 0
        for (let r = 0; r < view.rows; r++) {
          const value = left[r] === 1 ? read(r) : undefined
          if (value === null || value === undefined) continue
          const reason = check(value, r)
          if (reason !== undefined) {
            drop(r, reason)
            continue
          }
          if (counted++ === 0) first = Number(value)
          if (Number(value) === first) same++
        }
        if (counted > 0 && same === counted) note(`${column} is ${show(first)} in all ${counted} rows that have it: there is nothing to learn`)
      }
      for (const name of binary as readonly string[])
        each(name, (value) => (value === 0 || value === 1 || value === true || value === false || value === 0n || value === 1n ? undefined : `with a ${name} that is not 0 or 1`))
      for (const [name, { min = -Infinity, max = Infinity }] of Object.entries(ranges))
        each(name, (value) => {
          const number = typeof value === 'bigint' ? Number(value) : value
          if (typeof number !== 'number' || !Number.isFinite(number)) return `with a ${name} that is no finite number`
          return number < min ? `with a ${name} below ${min}` : number > max ? `with a ${name} above ${max}` : undefined
        })
      for (const [label, needs] of implies) {
        const [has, had] = [view.column(label), view.column(needs)]
        for (let r = 0; r < view.rows; r++) {
          if (left[r] === 0) continue
          const [is, needed] = [amount(has(r)), amount(had(r))]
          if (Number.isNaN(is)) drop(r, `with a ${label} that is no number`)
          else if (is > 0 && Number.isNaN(needed)) drop(r, `with a ${needs} that is no number`)
          else if (is > 0 && !(needed > 0)) drop(r, `with ${label} without ${needs}`)
        }
      }
    },
  }
}

/** How much of a label there is: 0 where there is no value, NaN for what is no number, boolean or date, such as the text 'true'. */
function amount(value: unknown): number {
  if (isMissing(value)) return 0
  return ['number', 'boolean', 'bigint'].includes(typeof value) || Object.prototype.toString.call(value) === '[object Date]' ? Number(value) : NaN
}
