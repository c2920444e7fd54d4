import { ArgumentError, checkInteger, checkObject, expected } from '../errors'
import type { AggregatePlan } from './aggregate'
import { planAggregates } from './aggregate'
import { sumToDouble, text, number, identifier, toUnits } from './sql'
import type { AggregateDeclaration } from './running-aggregates'
import { checkDeclaration } from './running-aggregates'

/** What {@link aggregatesToSql} takes. */
export interface AggregatesToSqlOptions {
  /** The table or view, or its catalogue, schema and name. */
  readonly table: string | readonly string[]
  /**
   * What the time column holds: numbers, or moments (`TIMESTAMP`, `TIMESTAMPTZ`, `DATE`), which become ms since 1970.
   *
   * @defaultValue 'number'
   */
  readonly time?: 'number' | 'timestamp'
  /**
   * Sums are made in whole units of `2^−fractionBits`, so that they are exact; a value that is no multiple of it is an error
   * of the query. With more, sums may be less large: up to `2^(126 − fractionBits)`.
   *
   * @defaultValue 60
   */
  readonly fractionBits?: number
}

const rowsName = identifier('feedrank rows')
const rowName = identifier('feedrank row')

/**
 * The query for DuckDB that gives each row of a table what {@link pointInTime} would: all columns of the table, and then the
 * aggregates, strictly before the row, in the order of the table.
 *
 * Counts, sums, means, rates, trends, times and distinct counts of all time are running totals per key and moment, found by
 * `ASOF` joins: O(n log n). Distinct counts in windows and decayed sums join each row with the events that it sees. All come
 * out equal to the last digit, as sums are exact on both sides; decayed sums to about 12 digits. Unlike {@link pointInTime}
 * the table may be in any order. Names are quoted; a key or time that is null, a value or time that is not finite, and a
 * time past 2^53 are errors of the query.
 *
 * @throws ArgumentError when a declaration or an option is not what it should be.
 * @example
 * ```ts
 * import { aggregatesToSql } from 'feedrank'
 *
 * const sql = aggregatesToSql([{ key: 'user', timestamp: 'at', aggregates: { seen: { kind: 'count' } } }], { table: 'events' })
 * console.log(sql.includes('ASOF LEFT JOIN')) // true
 * ```
 */
export function aggregatesToSql(
  declarations: readonly (AggregateDeclaration | { readonly declared: AggregateDeclaration })[], options: AggregatesToSqlOptions,
): string {
  const where = 'aggregatesToSql'
  if (!Array.isArray(declarations) || declarations.length === 0)
    throw new ArgumentError(expected(where, 'declarations', 'at least one declaration of aggregates', declarations))
  checkObject(where, 'options', options)
  const { table, time = 'number', fractionBits = 60 } = options
  if (time !== 'number' && time !== 'timestamp') throw new ArgumentError(expected(where, 'time', "'number' or 'timestamp'", time))
  checkInteger(where, 'fractionBits', fractionBits, 0)
  if (fractionBits > 110) throw new ArgumentError(expected(where, 'fractionBits', 'at most 110', fractionBits))
  const path: readonly unknown[] = Array.isArray(table) ? table : [table]
  const from = path.length === 0 ? identifier(undefined) : path.map((part) => identifier(part)).join('.')
  const all = declarations.map((one: AggregateDeclaration | { readonly declared: AggregateDeclaration }) => {
    checkObject(where, 'declarations', one, 'declarations of aggregates')
    return 'declared' in one ? one.declared : one
  })
  all.forEach((one) => checkDeclaration(where, one))
  checkNames(where, all.flatMap(({ aggregates }) => Object.keys(aggregates ?? {})))
  const groups = all.map((one, g) => groupSql(one, planAggregates(where, one.aggregates, one.delay ?? 0), g, { time, fractionBits }))
  const names = groups.flatMap(({ known, columns }) => columns.map((column) => `${known}.${column}`))
  return [
    `WITH ${rowsName} AS (SELECT *, row_number() OVER () AS ${rowName} FROM ${from}),`,
    groups.map(({ sql }) => sql).join(',\n'),
    `SELECT ${rowsName}.* EXCLUDE (${rowName}), ${names.join(', ')}`,
    `FROM ${rowsName}`,
    ...groups.map(({ known }) => `JOIN ${known} ON ${known}.${rowName} = ${rowsName}.${rowName}`),
    `ORDER BY ${rowsName}.${rowName}`,
  ].join('\n')
}

/** Names that differ only in case are one name to a database. */
function checkNames(where: string, names: readonly string[]): void {
  const seen = new Map<string, string>()
  for (const name of names) {
    const before = seen.get(name.toLowerCase())
    if (before !== undefined) throw new ArgumentError(expected(where, 'declarations', `of aggregates whose names differ by more than case, as ${before} and`, name))
    seen.set(name.toLowerCase(), name)
  }
}

/** The tables of one declaration: its events, their running totals by key and moment, and what was known of each row. */
function groupSql({ key, timestamp }: AggregateDeclaration, plan: AggregatePlan, g: number, { time, fractionBits }: { readonly time: 'number' | 'timestamp'; readonly fractionBits: number }) {
  const [events, totals, near, known] = ['events', 'totals', 'near', 'known'].map((name) => identifier(`feedrank ${name} ${g}`))
  const { columns, windows, delay, parts } = plan
  const keys = (Array.isArray(key) ? key as readonly string[] : [key as string]).map((name, k) => ({ as: `k${k}`, name }))
  const keyList = keys.map(({ as }) => as).join(', ')
  const sameKey = (a: string, b: string) => keys.map(({ as }) => `${a}.${as} = ${b}.${as}`).join(' AND ')
  const not = (name: string, problem: string) => `error(${text(`feedrank/aggregatesToSql: ${name} ${problem}`)})`
  const whole = (name: string, value: string) => `CASE WHEN ${identifier(name)} IS NULL THEN ${not(name, 'is null in some row')} ELSE ${value} END`
  const when = `CAST(${time === 'timestamp' ? `epoch_us(${identifier(timestamp)}) / 1000.0` : identifier(timestamp)} AS DOUBLE)`

  const eventColumns = [
    `${rowName} AS r`,
    ...keys.map(({ as, name }) => `${whole(name, identifier(name))} AS ${as}`),
    // Not finite, or so large that moments would run together.
    `${whole(timestamp, `CASE WHEN abs(${when}) <= ${number(2 ** 53)} THEN ${when} ELSE ${not(timestamp, 'is not finite or past 2^53 in some row')} END`)} AS t`,
    ...columns.flatMap(({ name, kind }, c) => {
      if (kind === 'id') return [`${identifier(name)} AS x${c}`]
      const value = `CAST(${identifier(name)} AS DOUBLE)`
      const rate = kind === 'rate' ? `WHEN ${value} NOT IN (0, 1) THEN ${not(name, 'is neither true nor false in some row')} ` : ''
      const wrong = `WHEN NOT isfinite(${value}) THEN ${not(name, 'is not finite in some row')} ${rate}`
      return [
        `CASE WHEN ${identifier(name)} IS NULL THEN NULL ${wrong}ELSE ${value} END AS x${c}`,
        `CASE WHEN ${identifier(name)} IS NULL THEN NULL ${wrong}${toUnits(value, fractionBits, not(name, `has a value finer than 2^-${fractionBits}`))} END AS u${c}`,
      ]
    }),
  ]
  const firsts = columns.flatMap(({ kind }, c) => (kind === 'id' ? [`x${c} IS NOT NULL AND row_number() OVER (PARTITION BY ${keyList}, x${c} ORDER BY t) = 1 AS f${c}`] : []))
  const running = (total: string, as: string) => `CAST(sum(${total}) OVER w AS HUGEINT) AS ${as}`
  const totalColumns = [
    running('count(*)', 'n'),
    ...columns.flatMap(({ kind }, c) => (kind === 'id' ? [running(`count_if(f${c})`, `d${c}`)] : [running(`count(u${c})`, `n${c}`), running(`coalesce(sum(u${c}), 0)`, `s${c}`)])),
  ]

  // `a` is what had been by now, `b0`, `b1`, … what had been by the beginning of each window.
  const windowOf = (length: number | undefined) => (length === undefined ? -1 : windows.indexOf(length))
  const total = (column: string, length: number | undefined) => {
    const w = windowOf(length)
    return w < 0 ? `coalesce(a.${column}, 0)` : `(coalesce(a.${column}, 0) - coalesce(b${w}.${column}, 0))`
  }
  const columnAt = (of: string, kind: 'number' | 'rate' | 'id') => columns.findIndex((column) => column.name === of && column.kind === kind)
  const count = (column: string, length?: number | undefined) => `CAST(${total(column, length)} AS DOUBLE)`
  const sum = (column: string, length?: number | undefined) => sumToDouble(total(column, length), fractionBits)
  const nearby: string[] = []
  const fromNear = (expression: string) => `coalesce(${near}.y${nearby.push(expression) - 1}, 0)`

  const aggregateSql = parts.map(({ name, aggregate }) => {
    const sql = (): string => {
      switch (aggregate.kind) {
        case 'count': return `CAST(${total('n', aggregate.window)} AS BIGINT)`
        case 'sum': return sum(`s${columnAt(aggregate.of, 'number')}`, aggregate.window)
        case 'mean':
        case 'rate': {
          const c = columnAt(aggregate.of, aggregate.kind === 'rate' ? 'rate' : 'number')
          return ratioSql(aggregate, sum(`s${c}`, aggregate.window), count(`n${c}`, aggregate.window))
        }
        case 'trending': {
          if (aggregate.of === undefined) return ratioSql(aggregate, count('n', aggregate.window), count('n'))
          const c = columnAt(aggregate.of, 'number')
          return ratioSql(aggregate, sum(`s${c}`, aggregate.window), sum(`s${c}`))
        }
        case 'distinct': {
          const c = columnAt(aggregate.of, 'id')
          if (aggregate.window === undefined) return `CAST(${total(`d${c}`, undefined)} AS BIGINT)`
          return fromNear(`count(DISTINCT CASE WHEN p.t >= e.t - ${number(aggregate.window)} THEN p.x${c} END)`)
        }
        case 'decayed': {
          const value = aggregate.of === undefined ? '1' : `p.x${columnAt(aggregate.of, 'number')}`
          return fromNear(`sum(${value} * pow(2, (p.t - e.t) / ${number(aggregate.halfLife)}))`)
        }
        case 'last-time': return 'a.t'
        case 'since-last': return 'e.t - a.t'
      }
    }
    return `${sql()} AS ${identifier(name)}`
  })

  const before = delay === 0 ? 'e.t' : `e.t - ${number(delay)}`
  const furthest = parts.some(({ aggregate }) => aggregate.kind === 'decayed') ? '' : ` AND p.t >= e.t - ${number(windows[0] ?? 0)}`
  const sql = [
    `${events} AS (SELECT *${firsts.map((first) => `, ${first}`).join('')} FROM (SELECT ${eventColumns.join(', ')} FROM ${rowsName}))`,
    `${totals} AS (SELECT ${keyList}, t, ${totalColumns.join(', ')} FROM ${events} GROUP BY ${keyList}, t WINDOW w AS (PARTITION BY ${keyList} ORDER BY t))`,
    ...(nearby.length === 0 ? [] : [
      `${near} AS (SELECT e.r, ${nearby.map((expression, y) => `${expression} AS y${y}`).join(', ')} FROM ${events} e JOIN ${events} p`
      + ` ON ${sameKey('e', 'p')} AND p.t < ${before}${furthest} GROUP BY e.r)`,
    ]),
    // Beside the aggregates, whose names are the caller's: one may be called r.
    `${known} AS (SELECT e.r AS ${rowName}, ${aggregateSql.join(', ')} FROM ${events} e`
    + ` ASOF LEFT JOIN ${totals} a ON ${sameKey('e', 'a')} AND ${before} > a.t`
    + windows.map((window, w) => ` ASOF LEFT JOIN ${totals} b${w} ON ${sameKey('e', `b${w}`)} AND e.t - ${number(window)} > b${w}.t`).join('')
    + `${nearby.length === 0 ? '' : ` LEFT JOIN ${near} ON ${near}.r = e.r`})`,
  ].join(',\n')
  return { sql, known, columns: parts.map(({ name }) => identifier(name)) }
}

function ratioSql({ prior, weight }: { readonly prior?: number | undefined; readonly weight?: number | undefined }, above: string, below: string): string {
  if (prior === undefined || weight === undefined) return `${above} / nullif(${below}, 0)`
  return `(${above} + ${number(prior * weight)}) / nullif(${below} + ${number(weight)}, 0)`
}
