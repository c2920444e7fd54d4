import { aggregatesToSql, impressionLog, pointInTime, rowsOf, runningAggregates } from 'feedrank'
import type { Table } from 'feedrank'
import type { Benchmark, Checked, Options, Variant } from './harness/benchmark'
import { Missing, timed } from './harness/benchmark'

const day = 86_400_000
const declared = {
  key: 'post_id', timestamp: 'timestamp',
  aggregates: {
    views: { kind: 'count' }, viewsOfDay: { kind: 'count', window: day }, rate: { kind: 'rate', of: 'clicked', prior: 0.08, weight: 20 },
    dwell: { kind: 'mean', of: 'dwell_time_seconds' }, idle: { kind: 'since-last' },
  },
} as const
const names = ['views', 'viewsOfDay', 'rate', 'dwell', 'idle'] as const

let made: { readonly rows: number; readonly table: Table } | undefined
/** The training rows of an impression log, made once. */
function log({ rows }: Options): Table {
  if (made?.rows !== rows) made = { rows, table: impressionLog({ rows: { train: rows, validation: 0, test: 0 } }).train }
  return made.table
}

const numbers = (table: Table, name: string): ArrayLike<number> => {
  const column = table.columns.get(name)
  if (column?.kind !== 'number' && column?.kind !== 'boolean') throw new Error(`no numbers in ${name}`)
  return column.values
}

/** The sum of each column over all rows, where there is a value. */
function checked(valueAt: (name: (typeof names)[number], row: number) => number | null, rows: number): Checked {
  return Object.fromEntries(names.map((name) => {
    let sum = 0
    for (let row = 0; row < rows; row++) sum += valueAt(name, row) ?? 0
    return [name, [sum]]
  }))
}

function ofTable(options: Options): Checked {
  const { columns, rows } = pointInTime(log(options), [runningAggregates(declared)])
  return checked((name, row) => {
    const column = columns.get(name)
    return column?.kind !== 'number' || column.valid?.[row] === 0 ? null : column.values[row]
  }, rows)
}

/** What one would write by hand for these five: a Map of posts, and a queue of the day's views. */
function byHand(table: Table): Readonly<Record<(typeof names)[number], Float64Array>> {
  const [post, at, clicked, dwell] = ['post_id', 'timestamp', 'clicked', 'dwell_time_seconds'].map((name) => numbers(table, name))
  const out = { views: new Float64Array(table.rows), viewsOfDay: new Float64Array(table.rows), rate: new Float64Array(table.rows), dwell: new Float64Array(table.rows), idle: new Float64Array(table.rows) }
  const known = new Map<number, { n: number; clicks: number; seconds: number; last: number; times: number[]; first: number }>()
  // Pages are one moment, and no post is on a page twice: a row never meets another of its own moment.
  for (let row = 0; row < table.rows; row++) {
    let it = known.get(post[row])
    if (it === undefined) known.set(post[row], (it = { n: 0, clicks: 0, seconds: 0, last: NaN, times: [], first: 0 }))
    while (it.first < it.times.length && it.times[it.first] < at[row] - day) it.first++
    out.views[row] = it.n
    out.viewsOfDay[row] = it.times.length - it.first
    out.rate[row] = (it.clicks + 0.08 * 20) / (it.n + 20)
    out.dwell[row] = it.seconds / it.n
    out.idle[row] = at[row] - it.last
    it.n++
    it.clicks += clicked[row]
    it.seconds += dwell[row]
    it.last = at[row]
    it.times.push(at[row])
  }
  return out
}

const ofHand = (options: Options): Checked => {
  const out = byHand(log(options))
  return checked((name, row) => (Number.isNaN(out[name][row]) ? null : out[name][row]), log(options).rows)
}

const plain = (name: string, side: Variant['side'], make: (options: Options) => { readonly check: () => Checked; readonly work: () => unknown }, options: Options): Variant => ({
  name, side, threads: 1,
  start() {
    const { check, work } = make(options)
    return { check, repeat: () => timed(work), close: () => {} }
  },
})

const duckdb = (options: Options): Variant => ({
  name: 'duckdb', side: 'peer', threads: 1,
  async start() {
    const { DuckDBInstance } = await import('@duckdb/node-api').catch((cause: unknown) => { throw new Missing('@duckdb/node-api is not installed', { cause }) })
    const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect()
    await connection.run('CREATE TABLE log (post_id INTEGER, timestamp DOUBLE, clicked BOOLEAN, dwell_time_seconds DOUBLE)')
    const table = log(options)
    const [post, at, clicked, dwell] = ['post_id', 'timestamp', 'clicked', 'dwell_time_seconds'].map((name) => numbers(table, name))
    const appender = await connection.createAppender('log')
    for (let row = 0; row < table.rows; row++) {
      appender.appendInteger(post[row])
      appender.appendDouble(at[row])
      appender.appendBoolean(clicked[row] === 1)
      appender.appendDouble(dwell[row])
      appender.endRow()
    }
    appender.closeSync()
    const run = () => connection.run(`CREATE OR REPLACE TABLE known AS ${aggregatesToSql([declared], { table: 'log' })}`)
    return {
      async check() {
        await run()
        const sums = (await connection.runAndReadAll(`SELECT ${names.map((name) => `sum(CAST("${name}" AS DOUBLE))`).join(', ')} FROM known`)).getRows()[0]
        return Object.fromEntries(names.map((name, i) => [name, [Number(sums[i])]]))
      },
      repeat: () => timed(run),
      close: () => connection.closeSync(),
    }
  },
})

/** Five aggregates of a post before each impression: of a table, of a stream, by hand, and as the same query in DuckDB. */
export const benchmark: Benchmark = {
  name: 'aggregates',
  question: 'how fast are five point-in-time aggregates of an impression log, beside a loop by hand and DuckDB?',
  unit: 'rows',
  options: { rows: { value: 1_000_000, about: 'impressions' } },
  unitsPerRepeat: ({ rows }) => rows,
  tolerance: { relative: 1e-9, absolute: 0 },
  variants: (options, threads) => (threads > 1 ? [] : [
    plain('table', 'ours', () => ({ check: () => ofTable(options), work: () => pointInTime(log(options), [runningAggregates(declared)]) }), options),
    plain('stream', 'ours', () => {
      const events = [...rowsOf(log(options))] as unknown as readonly { readonly post_id: number; readonly timestamp: number; readonly clicked: boolean; readonly dwell_time_seconds: number }[]
      const replay = (see: (known: object) => void) => {
        const running = runningAggregates(declared)
        for (const event of events) {
          see(running.before(event.post_id, event.timestamp))
          running.add(event)
        }
      }
      return {
        work: () => replay(() => {}),
        check() {
          const known: Readonly<Record<string, number | null>>[] = []
          replay((one) => known.push(one as Readonly<Record<string, number | null>>))
          return checked((name, row) => known[row][name], known.length)
        },
      }
    }, options),
    plain('by hand', 'peer', () => ({ check: () => ofHand(options), work: () => byHand(log(options)) }), options),
    duckdb(options),
  ]),
}
