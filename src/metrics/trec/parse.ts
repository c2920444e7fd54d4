import { ArgumentError, DataError, expected, show } from '../../errors'

/** Numbers by query and item: Maps, or plain objects as JSON has them. */
export type ByQuery =
  | ReadonlyMap<string, ReadonlyMap<string, number>>
  | { readonly [query: string]: { readonly [item: string]: number } }

/** Judgements by query: the grade of each judged item; a negative grade says "pooled but not judged". */
export type Qrels = ByQuery

/** A run by query: the score of each retrieved item. */
export type TrecRun = ByQuery

const wholeNumber = /^[+-]?\d+$/
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

interface Format {
  readonly where: string
  readonly fields: readonly string[]
  readonly item: number
  readonly value: number
  readonly pattern: RegExp
  readonly kind: string
}

function parseLines(text: string, { where, fields, item, value, pattern, kind }: Format): Map<string, Map<string, number>> {
  if (typeof text !== 'string') throw new ArgumentError(expected(where, 'text', 'the text of a file', text))
  const queries = new Map<string, Map<string, number>>()
  let line = 0
  const broken = (message: string) => new DataError(`feedrank/${where}: line ${line}: ${message}`)
  // A byte order mark at the start would else belong to the first query's name.
  for (let at = text.charCodeAt(0) === 0xfeff ? 1 : 0; at < text.length;) {
    line++
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline
    const row = text.slice(at, end).trim()
    at = end + 1
    if (row === '') continue
    const cells = row.split(/\s+/)
    if (cells.length !== fields.length) throw broken(`expected ${fields.length} fields (${fields.join(', ')}), got ${cells.length}`)
    if (!pattern.test(cells[value]) || !Number.isFinite(Number(cells[value])))
      throw broken(`expected \`${fields[value]}\` to be ${kind}, got ${show(cells[value])}`)
    let items = queries.get(cells[0])
    if (!items) queries.set(cells[0], (items = new Map()))
    if (items.has(cells[item])) throw broken(`item ${show(cells[item])} comes twice for query ${show(cells[0])}`)
    items.set(cells[item], Number(cells[value]))
  }
  return queries
}

/**
 * Reads judgements in TREC's form, a line each: query, iteration (not read), item, grade.
 *
 * @throws DataError on a line without four fields, a grade that is no whole number, an item judged twice for a query; the
 * message names the line.
 * @example
 * ```ts
 * import { parseQrels } from 'feedrank'
 *
 * console.log(parseQrels('q1 0 d1 2\nq1 0 d2 0').get('q1')?.get('d1')) // 2
 * ```
 */
export const parseQrels = (text: string): Map<string, Map<string, number>> =>
  parseLines(text, {
    where: 'parseQrels', fields: ['query', 'iteration', 'item', 'grade'], item: 2, value: 3, pattern: wholeNumber, kind: 'a whole number',
  })

/**
 * Reads a run in TREC's form, a line each: query, `Q0`, item, rank, score, name of the run. Only query, item and score are
 * read: trec_eval puts items in order by score, whatever their ranks say.
 *
 * @throws DataError on a line without six fields, a score that is no number, an item retrieved twice for a query; the
 * message names the line.
 * @example
 * ```ts
 * import { parseRun } from 'feedrank'
 *
 * console.log(parseRun('q1 Q0 d1 1 0.75 ours').get('q1')?.get('d1')) // 0.75
 * ```
 */
export const parseRun = (text: string): Map<string, Map<string, number>> =>
  parseLines(text, {
    where: 'parseRun', fields: ['query', 'Q0', 'item', 'rank', 'score', 'run'], item: 2, value: 4, pattern: decimal, kind: 'a number',
  })
