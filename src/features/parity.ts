import type { Table } from '../data/table'
import { isTable } from '../data/table'
import { ArgumentError, checkInteger, checkNumber, checkObject, expected, show } from '../errors'
import { concatRows } from './concat-rows'
import type { EncodedColumn, EncodedRows } from './encoded'
import type { Scope } from './feature'
import type { FittedSpec } from './fitted-spec'
import { columnComparer, shapeOf, type ParitySample } from './parity-columns'
import type { RowOf, SpecShape } from './row-types'

export interface ParityOptions<S extends Scope = Scope> {
  /**
   * How far a number may be from the one expected: `|served − expected| ≤ tolerance · max(1, |expected|)`. Ids are equal
   * or they are not. @defaultValue 0, equal to the last bit
   */
  readonly tolerance?: number
  /** Only features of these scopes were served, as where items are encoded by themselves. @defaultValue all */
  readonly scopes?: readonly S[]
  /** How many examples of each feature to keep. @defaultValue 3 */
  readonly examples?: number
}

/** One value that was served and is not what training would see. */
export interface ParityExample {
  /** Which of `rows`, from 0. */
  readonly row: number
  /** What training would see. */
  readonly expected: ParitySample
  /** What was served. */
  readonly served: ParitySample
}

/** One feature, compared. */
export interface FeatureParity {
  readonly name: string
  /**
   * `equal` in all rows; `different` in some; `absent` where it was not served at all; `unexpected` where the spec has no
   * such feature; `incomparable` where what was served has another shape, so that no row can be equal.
   */
  readonly status: 'equal' | 'different' | 'absent' | 'unexpected' | 'incomparable'
  /** In how many rows it differs. */
  readonly mismatches: number
  /** The largest difference of two numbers, in the units of the encoding; 0 for ids. */
  readonly largestDifference: number
  /** The first mismatches, in the order of the rows. */
  readonly examples: readonly ParityExample[]
  /** One sentence. */
  readonly text: string
}

export interface ParityReport {
  /** True when every feature is equal in every row. */
  readonly equal: boolean
  readonly rows: number
  /** Whether `spec` encoded what was served; undefined where that does not say. A difference between specs is none by itself. */
  readonly sameSpec?: boolean
  /** Rows in which some feature differs. */
  readonly rowsThatDiffer: number
  /** Features in the order of the spec, then what the spec does not know. */
  readonly features: readonly FeatureParity[]
  /** For people: what was compared and each feature that is not equal, with its first examples. */
  readonly text: string
}

/**
 * Compares what was served with what training would see of the same rows, feature by feature: the proof that there is no
 * train/serve skew, or where there is some.
 *
 * `rows[i]` is what the training job would read of request `i`, encoded anew by `spec`; `served` row `i` is what the
 * service gave its model: encoded rows as an impression log keeps them (all at once, or one for each request, in order),
 * or the rows (or table) before they were encoded. Equal means equal to the last bit (0 and −0 are one, NaN is equal to nothing),
 * or within `tolerance`. Crosses are compared like any feature; labels are not looked at.
 *
 * @throws ArgumentError when `served` does not have as many rows as `rows`, or an option is out of range; DataError when
 * a row cannot be encoded
 * @example
 * ```ts
 * import { categorical, defineFeatures, numeric, verifyParity } from 'feedrank'
 *
 * const spec = defineFeatures({ features: { topic: categorical({ scope: 'item' }), likes: numeric({ scope: 'item', scale: 'none' }) } })
 *   .fit([{ topic: 'surf', likes: 4 }, { topic: 'chess', likes: 2 }])
 * const logged = spec.encode([{ topic: 'surf', likes: 4 }, { topic: 'chess', likes: 9 }])
 * const report = verifyParity(spec, [{ topic: 'surf', likes: 4 }, { topic: 'chess', likes: 2 }], logged)
 * console.log(report.features[1].text) // likes differs in 1 of 2 rows, by 7 at most; row 1: expected 2, served 9
 * ```
 */
export function verifyParity<Spec extends SpecShape, S extends Scope = Scope>(
  spec: FittedSpec<Spec>,
  rows: Table | readonly RowOf<Spec, S>[],
  served: EncodedRows | readonly EncodedRows[] | Table | readonly RowOf<Spec, S>[],
  options: ParityOptions<S> = {},
): ParityReport {
  if (typeof spec?.encode !== 'function') throw new ArgumentError(expected('verifyParity', 'spec', 'a fitted spec', spec))
  checkObject('verifyParity', 'options', options)
  const { tolerance = 0, scopes } = options
  checkNumber('verifyParity', 'tolerance', tolerance, { min: 0 })
  const keep = checkInteger('verifyParity', 'examples', options.examples ?? 3, 0)
  const encode = (given: Table | readonly RowOf<Spec, S>[]) => spec.encode(given, scopes === undefined ? {} : { scopes })
  const trained = encode(rows)
  const came = asEncoded(served, encode)
  if (came.rows !== trained.rows)
    throw new ArgumentError(`feedrank/verifyParity: expected \`served\` to have one row for each of \`rows\`, got ${came.rows} for ${trained.rows}`)

  const differs = new Uint8Array(trained.rows)
  const categories = categoriesOf(spec)
  const features = [...trained.columns].map(([name, column]) =>
    compareFeature(name, column, came.columns.get(name), { rows: trained.rows, tolerance, keep, differs, categories: categories(name) }))
  const known = new Set(spec.features.map(({ name }) => name))
  for (const [name, column] of came.columns)
    if (!known.has(name)) {
      const text = `${name} was served as ${shapeOf(column)}, but the spec has no such feature`
      features.push({ name, status: 'unexpected', mismatches: 0, largestDifference: 0, examples: [], text })
    }
  const rowsThatDiffer = differs.reduce((sum, one) => sum + one, 0)
  const wrong = features.filter(({ status }) => status !== 'equal')
  const how = tolerance === 0 ? 'to the last bit' : `within ${tolerance}`
  const head = wrong.length === 0
    ? `parity: all ${features.length} features are equal ${how} in ${trained.rows} rows`
    : `no parity: ${wrong.length} of ${features.length} features differ, in ${rowsThatDiffer} of ${trained.rows} rows (compared ${how})`
  const sameSpec = came.specHash === undefined ? undefined : came.specHash === spec.hash
  const other = sameSpec === false ? [`  what was served was encoded by another spec, ${came.specHash}; this one is ${spec.hash}`] : []
  return {
    equal: wrong.length === 0, rows: trained.rows, rowsThatDiffer, features, ...(sameSpec !== undefined && { sameSpec }),
    text: [head, ...other, ...wrong.map(({ text }) => `  ${text}`)].join('\n'),
  }
}

interface Comparing {
  readonly rows: number
  readonly tolerance: number
  readonly keep: number
  /** Set to 1 where a row differs. */
  readonly differs: Uint8Array
  readonly categories: readonly (string | number | null)[] | undefined
}

function compareFeature(name: string, trained: EncodedColumn, served: EncodedColumn | undefined, by: Comparing): FeatureParity {
  const { rows, keep, differs } = by
  const none = (status: FeatureParity['status'], text: string): FeatureParity => {
    differs.fill(1)
    return { name, status, mismatches: rows, largestDifference: 0, examples: [], text }
  }
  if (served === undefined) return none('absent', `${name} was not served`)
  const comparer = columnComparer(trained, served, rows, by.tolerance, by.categories)
  if (comparer === undefined) return none('incomparable', `${name} was served as ${shapeOf(served)}, training sees ${shapeOf(trained)}`)

  let mismatches = 0
  let largestDifference = 0
  const examples: ParityExample[] = []
  for (let row = 0; row < rows; row++) {
    const difference = comparer.difference(row)
    if (difference === undefined) continue
    mismatches++
    differs[row] = 1
    largestDifference = Math.max(largestDifference, difference)
    if (examples.length < keep) examples.push({ row, expected: comparer.trained(row), served: comparer.served(row) })
  }
  if (mismatches === 0) return { name, status: 'equal', mismatches, largestDifference, examples, text: `${name} is equal in ${rows} rows` }
  const distance = largestDifference > 0 ? `, by ${Number(largestDifference.toPrecision(4))} at most` : ''
  const shown = examples.map((one) => `; row ${one.row}: expected ${one.expected.text}, served ${one.served.text}`).join('')
  return { name, status: 'different', mismatches, largestDifference, examples, text: `${name} differs in ${mismatches} of ${rows} rows${distance}${shown}` }
}

/** The values behind the ids of a feature, where it has a vocabulary. */
function categoriesOf({ features, categories }: FittedSpec): (name: string) => readonly (string | number | null)[] | undefined {
  const known = new Set(features.filter(({ kind }) => kind !== 'cross').map(({ name }) => name))
  return (name) => {
    if (!known.has(name)) return undefined
    try {
      return categories(name)
    } catch {
      return undefined
    }
  }
}

const isEncoded = (value: unknown): value is EncodedRows => {
  const { rows, columns, labels } = (value ?? {}) as Partial<EncodedRows>
  return typeof rows === 'number' && typeof columns?.get === 'function' && typeof labels?.get === 'function'
}

function asEncoded<Row>(served: EncodedRows | readonly EncodedRows[] | Table | readonly Row[], encode: (rows: Table | readonly Row[]) => EncodedRows): EncodedRows {
  if (isEncoded(served)) return served
  if (isTable(served)) return encode(served)
  if (!Array.isArray(served)) throw new ArgumentError(expected('verifyParity', 'served', 'encoded rows, a list of them, or rows', served))
  const encoded = served.filter(isEncoded)
  if (encoded.length === 0) return encode(served as readonly Row[])
  const other = served.findIndex((one) => !isEncoded(one))
  if (other >= 0) throw new ArgumentError(`feedrank/verifyParity: expected \`served\` to hold encoded rows throughout, as its first, got ${show(served[other])} at ${other}`)
  return concatRows(encoded)
}
