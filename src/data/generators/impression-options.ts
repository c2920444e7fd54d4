import { ArgumentError, checkInteger, checkNumber, checkObject, expected } from '../../errors'
import type { Seed } from '../../random'

/** What {@link impressionLog} and {@link impressionBatches} take. */
export interface ImpressionLogOptions {
  /** @defaultValue 10,000 */
  readonly users?: number
  /** @defaultValue 100,000 */
  readonly posts?: number
  /** @defaultValue 50,000 */
  readonly authors?: number
  /**
   * Rows in each part, in order of time; or in all, of which the last two twelfths are validation and test.
   *
   * @defaultValue 1,000,000 train, 100,000 validation, 100,000 test
   */
  readonly rows?: number | { readonly train: number; readonly validation: number; readonly test: number }
  /** Equal seeds give equal logs, byte for byte. @defaultValue 1 */
  readonly seed?: Seed
  /** The first moment, ms since 1970. @defaultValue 5 January 2026, 0:00 UTC, a Monday */
  readonly start?: number
  /** Days that the log spans, to the next whole hour. @defaultValue 30 */
  readonly days?: number
  /** Posts on a page: positions are 0 to `pageSize − 1`. @defaultValue 10 */
  readonly pageSize?: number
  /** η of `examination(position) = (1 + position)^−η`; 0 is no position bias. @defaultValue 1 */
  readonly positionBias?: number
  /** σ of the log-normal weight by which posts come to be shown; 0 is no popularity bias. @defaultValue 1 */
  readonly popularityBias?: number
  /** The share of pages in random order; the others are ordered by noisy relevance and popularity. @defaultValue 0.1 */
  readonly exploration?: number
  /** The logit of relevance of the average post on the average page, were it new. @defaultValue -1.5 */
  readonly intercept?: number
  /** Rows in a batch of {@link impressionBatches}. @defaultValue 65,536 */
  readonly batchRows?: number
}

export const partNames = ['train', 'validation', 'test'] as const
/** A part of a log, by time. */
export type ImpressionPart = (typeof partNames)[number]

export function impressionOptions(where: string, options: ImpressionLogOptions) {
  checkObject(where, 'options', options)
  const { users = 10_000, posts = 100_000, authors = 50_000, seed = 1, start = Date.UTC(2026, 0, 5), days = 30, pageSize = 10, batchRows = 65_536 } = options
  const counts = { users, posts, authors, pageSize, batchRows }
  for (const [name, value] of Object.entries(counts)) checkInteger(where, name, value)
  if (pageSize > 1000) throw new ArgumentError(expected(where, 'pageSize', 'at most 1000', pageSize))
  const rows = rowsOfParts(where, options.rows)
  const pages = partNames.reduce((sum, part) => sum + Math.ceil(rows[part] / pageSize), 0)
  const settings = {
    ...counts, seed, rows, pages,
    start: checkNumber(where, 'start', start, { min: 0, max: 8e15 }),
    days: checkNumber(where, 'days', days, { above: 0, max: 36_500 }),
    positionBias: checkNumber(where, 'positionBias', options.positionBias ?? 1, { min: 0 }),
    popularityBias: checkNumber(where, 'popularityBias', options.popularityBias ?? 1, { min: 0, max: 10 }),
    exploration: checkNumber(where, 'exploration', options.exploration ?? 0.1, { min: 0, max: 1 }),
    intercept: checkNumber(where, 'intercept', options.intercept ?? -1.5),
  }
  // No two pages have the same timestamp, so that what one page knows of another is never a question of order.
  if (pages * 10 > settings.days * 86_400_000) throw new ArgumentError(expected(where, 'days', `enough for ${pages} pages, each at its own moment`, days))
  return settings
}

export type ImpressionSettings = ReturnType<typeof impressionOptions>

function rowsOfParts(where: string, rows: ImpressionLogOptions['rows'] = { train: 1_000_000, validation: 100_000, test: 100_000 }): Readonly<Record<ImpressionPart, number>> {
  if (typeof rows === 'number') {
    const part = Math.floor(checkInteger(where, 'rows', rows) / 12)
    return { train: rows - 2 * part, validation: part, test: part }
  }
  checkObject(where, 'rows', rows, 'a number, or numbers of train, validation and test')
  const { train, validation, test } = rows
  checkInteger(where, 'rows.train', train)
  checkInteger(where, 'rows.validation', validation, 0)
  checkInteger(where, 'rows.test', test, 0)
  return { train, validation, test }
}
