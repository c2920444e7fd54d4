import { ArgumentError, checkInteger, expected } from '../../errors'
import { keepRows, rowsView, type Rows, type RowsView } from '../rows-view'

/** Finds rows that should not be there. Made by {@link dropMissing} and its like. */
export interface CleaningStep {
  readonly name: string
  /** Calls `drop` with the rows that are to go, of those where `left` is 1; `note` says what the reader of the report should know. */
  readonly find: (view: RowsView, left: Uint8Array, drop: (row: number, reason: string) => void, note: (text: string) => void) => void
}

/** A row that was dropped: its number, in what was given, and what it held. */
export interface DroppedRow {
  readonly row: number
  readonly values: Readonly<Record<string, unknown>>
}

/** Rows that one step dropped for one reason. */
export interface DropReason {
  readonly reason: string
  readonly count: number
  /** The first few. */
  readonly examples: readonly DroppedRow[]
}

export interface CleaningStepReport {
  readonly step: string
  /** Rows that came to the step. */
  readonly rows: number
  readonly dropped: number
  /** The most frequent first. */
  readonly reasons: readonly DropReason[]
  readonly notes: readonly string[]
}

/** What cleaning did; `rows = kept + dropped`, and `dropped` is the sum over the steps. */
export interface CleaningReport {
  readonly rows: number
  readonly kept: number
  readonly dropped: number
  readonly steps: readonly CleaningStepReport[]
}

export interface Cleaned<R> {
  /** The rows that stay, in their order, in the form in which they came. */
  readonly rows: R
  /** 1 where a row of what was given stays. */
  readonly mask: Uint8Array
  readonly report: CleaningReport
}

/**
 * Drops rows that should not train a model, step by step, and says what it dropped and why.
 *
 * Each step sees the rows that those before it left. A row is dropped once, for the first reason found. What is given is not
 * changed.
 *
 * @throws ArgumentError when a step is none, or `examples` no whole number; DataError where a column is missing or holds what a step cannot read
 * @example
 * ```ts
 * import { clean, dropDuplicates, dropMissing } from 'feedrank'
 *
 * const log = [{ user: 'a', post: 1 }, { user: 'a', post: 1 }, { user: null, post: 2 }]
 * const { rows, report } = clean(log, [dropMissing(['user']), dropDuplicates()])
 * console.log(rows, report.steps.map(({ step, dropped }) => `${step}: ${dropped}`))
 * // [{ user: 'a', post: 1 }] ['missing: 1', 'duplicates: 1']
 * ```
 */
export function clean<R extends Rows>(rows: R, steps: readonly CleaningStep[], options: { /** Rows shown for each reason. @defaultValue 3 */ readonly examples?: number } = {}): Cleaned<R> {
  const view = rowsView('clean', rows)
  if (!Array.isArray(steps)) throw new ArgumentError(expected('clean', 'steps', 'an array of steps', steps))
  const shown = checkInteger('clean', 'examples', options.examples ?? 3, 0)
  const mask = new Uint8Array(view.rows).fill(1)
  let left = view.rows
  const reports = steps.map((step: CleaningStep, i): CleaningStepReport => {
    if (typeof step?.find !== 'function') throw new ArgumentError(expected('clean', `steps[${i}]`, 'a step, such as dropMissing(["user"])', step))
    const reasons = new Map<string, { count: number; readonly examples: DroppedRow[] }>()
    const notes: string[] = []
    const came = left
    // What a step drops must not change what it sees of the others.
    const before = mask.slice()
    step.find(view, before, (row, reason) => {
      if (mask[row] === 0) return
      mask[row] = 0
      left--
      let known = reasons.get(reason)
      if (known === undefined) reasons.set(reason, (known = { count: 0, examples: [] }))
      known.count++
      if (known.examples.length < shown) known.examples.push({ row, values: view.row(row) })
    }, (text) => notes.push(text))
    const sorted = Array.from(reasons, ([reason, { count, examples }]) => ({ reason, count, examples })).sort((a, b) => b.count - a.count)
    return { step: step.name, rows: came, dropped: came - left, reasons: sorted, notes }
  })
  return { rows: keepRows(rows, mask), mask, report: { rows: view.rows, kept: left, dropped: view.rows - left, steps: reports } }
}

/** The report of a cleaning in text, a line for each step and each of its reasons. */
export function describeCleaning({ rows, kept, dropped, steps }: CleaningReport): string {
  const share = (n: number, of: number) => `${n} (${of === 0 ? 0 : ((100 * n) / of).toFixed(2)}%)`
  return [
    `${rows} rows: ${kept} kept, ${share(dropped, rows)} dropped`,
    ...steps.flatMap(({ step, rows: came, dropped: gone, reasons, notes }) => [
      `  ${step}: ${share(gone, came)} dropped`,
      ...reasons.map(({ reason, count, examples }) => `    ${count} ${reason}; rows ${examples.map(({ row }) => row).join(', ')}${count > examples.length ? ', ...' : ''}`),
      ...notes.map((note) => `    note: ${note}`),
    ]),
  ].join('\n')
}
