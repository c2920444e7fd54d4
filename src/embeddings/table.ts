import { ArgumentError, DataError, ShapeError, checkInteger, checkNumber, expected, show } from '../errors'
import { seededRandom } from '../random'
import type { Seed } from '../random'

/**
 * A table of `rows` vectors of `dim` numbers: row `r` is `values[r * dim .. (r + 1) * dim)`.
 *
 * A plain object that lives on the host: a batch gathers the rows it names, and an optimizer writes back those rows
 * alone, so a step costs the same whatever the size of the table.
 */
export interface EmbeddingTable {
  readonly name: string
  readonly rows: number
  readonly dim: number
  /** Row-major, shape `[rows, dim]`. */
  readonly values: Float32Array
}

/** How new rows begin. */
export type Initializer =
  /** Uniform in [-limit, limit). */
  | { readonly kind: 'uniform'; readonly limit: number }
  /** Normal with mean 0 and standard deviation `deviation`. */
  | { readonly kind: 'normal'; readonly deviation: number }
  /** All zero: what a linear (wide) weight wants. Two zero vectors multiplied never leave zero. */
  | { readonly kind: 'zeros' }

/** What {@link createEmbeddingTable} needs to know. */
export interface EmbeddingTableOptions {
  readonly name: string
  readonly rows: number
  readonly dim: number
  /** @defaultValue `{ kind: 'uniform', limit: 0.05 }` */
  readonly initializer?: Initializer
  readonly seed: Seed
}

/** Rows that share one random stream: growing a table redraws at most one block, and forking costs little per row. */
const BLOCK = 256

/** Offsets into a table are 32-bit in the hot loops: 2^31 numbers are 8 GiB. */
const MOST_VALUES = 2 ** 31 - 1

/**
 * A table of seeded random rows.
 *
 * Row `r` depends on the seed, the initializer, `dim` and `r` alone, not on how many rows there are.
 *
 * @throws ArgumentError when `rows` or `dim` is not a positive integer, or the table would hold 2^31 numbers or more.
 * @example
 * ```ts
 * import { createEmbeddingTable } from 'feedrank'
 *
 * const posts = createEmbeddingTable({ name: 'post', rows: 1000, dim: 16, seed: 7 })
 * console.log(posts.values.length) // 16000
 * ```
 */
export function createEmbeddingTable(options: EmbeddingTableOptions): EmbeddingTable {
  const { name, rows, dim, initializer = { kind: 'uniform', limit: 0.05 }, seed } = options
  if (typeof name !== 'string') throw new ArgumentError(expected('createEmbeddingTable', 'name', 'a string', name))
  const values = allocate('createEmbeddingTable', rows, dim)
  initialize(values, dim, 0, initializer, seed)
  return { name, rows, dim, values }
}

/**
 * The same table with more rows: what was learned is copied, the new rows are what {@link createEmbeddingTable} would
 * have put there with the same `initializer` and `seed`.
 *
 * Copies the whole table, so grow by a factor (half as much again, say), not row by row.
 *
 * @throws ArgumentError when `rows` is smaller than the table.
 * @example
 * ```ts
 * import { createEmbeddingTable, growTable } from 'feedrank'
 *
 * const small = createEmbeddingTable({ name: 'post', rows: 10, dim: 4, seed: 7 })
 * const grown = growTable(small, { rows: 15, seed: 7 })
 * console.log(grown.rows, grown.values[0] === small.values[0]) // 15 true
 * ```
 */
export function growTable(table: EmbeddingTable, options: Pick<EmbeddingTableOptions, 'rows' | 'initializer' | 'seed'>): EmbeddingTable {
  const { rows, initializer = { kind: 'uniform', limit: 0.05 }, seed } = options
  checkTable('growTable', table)
  if (checkInteger('growTable', 'rows', rows) < table.rows)
    throw new ArgumentError(expected('growTable', 'rows', `at least the ${table.rows} rows of table ${show(table.name)}`, rows))
  const values = allocate('growTable', rows, table.dim)
  values.set(table.values)
  initialize(values, table.dim, table.rows, initializer, seed)
  return { name: table.name, rows, dim: table.dim, values }
}

/** Throws a {@link ShapeError} unless the table holds what it says. */
export function checkTable(where: string, table: EmbeddingTable): void {
  if (table.values.length !== table.rows * table.dim)
    throw new ShapeError(`feedrank/${where}: expected table ${show(table.name)} to hold [${table.rows}, ${table.dim}] values, got ${table.values.length}`)
}

/** Throws unless `ids` is an Int32Array; everything below relies on ids being 32-bit integers. */
export function checkIds(where: string, name: string, ids: Int32Array): void {
  if (Object.prototype.toString.call(ids) !== '[object Int32Array]') throw new ArgumentError(expected(where, name, 'an Int32Array', ids))
}

/** The error for an id that is not a row of its table. */
export function outOfTable(where: string, table: { readonly name: string; readonly rows?: number }, id: number, position: number): DataError {
  const range = table.rows === undefined ? '0 or above' : `in [0, ${table.rows})`
  return new DataError(`feedrank/${where}: expected ids of table ${show(table.name)} to be ${range}, got ${id} at position ${position}`)
}

function allocate(where: string, rows: number, dim: number): Float32Array {
  const size = checkInteger(where, 'rows', rows) * checkInteger(where, 'dim', dim)
  if (size > MOST_VALUES) throw new ArgumentError(`feedrank/${where}: expected \`rows\` times \`dim\` to be below 2^31, got ${rows} x ${dim}`)
  return new Float32Array(size)
}

let blank = false

/**
 * Makes something with tables whose first values are not drawn but 0, for who overwrites every one of them: a large table is
 * read from a file in a tenth of the time it takes to draw it. What is made is made at once, so no other tables are meant.
 */
export function withBlankTables<T>(make: () => T): T {
  const before = blank
  blank = true
  try {
    return make()
  } finally {
    blank = before
  }
}

function initialize(values: Float32Array, dim: number, firstRow: number, initializer: Initializer, seed: Seed): void {
  const root = seededRandom(seed)
  const draw = drawFrom(initializer)
  if (draw === undefined || blank) return
  for (let block = Math.floor(firstRow / BLOCK); block * BLOCK * dim < values.length; block++) {
    const random = root.fork(block)
    const end = Math.min(values.length, (block + 1) * BLOCK * dim)
    for (let i = block * BLOCK * dim; i < end; i++) {
      const value = draw(random)
      if (i >= firstRow * dim) values[i] = value
    }
  }
}

function drawFrom(initializer: Initializer): ((random: ReturnType<typeof seededRandom>) => number) | undefined {
  switch (initializer.kind) {
    case 'zeros':
      return undefined
    case 'uniform': {
      const limit = checkNumber('createEmbeddingTable', 'initializer.limit', initializer.limit, { min: 0 })
      return (random) => (2 * random.next() - 1) * limit
    }
    case 'normal': {
      const deviation = checkNumber('createEmbeddingTable', 'initializer.deviation', initializer.deviation, { min: 0 })
      return (random) => random.normal() * deviation
    }
    default:
      throw new ArgumentError(expected('createEmbeddingTable', 'initializer.kind', '"uniform", "normal" or "zeros"', (initializer as { kind: unknown }).kind))
  }
}
