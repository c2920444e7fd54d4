import type { ColumnChunk, FileMetaData, SchemaElement, SchemaTree } from 'hyparquet'
import type { Column } from '../table'

/** How values are laid down, as far as reading them differs. `moment` is an integer of 64 bits that may be rounded, `nanos` one that is to be ms. */
export type Physical = 'boolean' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'bigint' | 'ubigint' | 'moment' | 'nanos' | 'int96' | 'float' | 'double' | 'text'

/** What becomes of the integers of 64 bits. */
export type WideIntegers = 'auto' | 'number' | 'bigint'

/** How one column is read. */
export interface ColumnPlan {
  readonly name: string
  /** What the values become; of a list, its values. */
  readonly into: Column['kind']
  /** The values of a list, one list a row. */
  readonly list: boolean
  /** Absent where pages are left to hyparquet: nested values, and rarer types and encodings. */
  readonly physical: Physical | undefined
  /** Numbers are multiplied by it: units to ms, decimals to their value. */
  readonly factor: number
  /** The definition level of a value that is there, of an empty list (0 where there are none), and the highest repetition level. */
  readonly maxDefinition: number
  readonly emptyDefinition: number
  readonly maxRepetition: number
  /** False where every row must have a value. */
  readonly nullable: boolean
}

/** The plan of a top-level column. `chunks` are its parts in every row group. */
export function planColumn(tree: SchemaTree, chunks: readonly ColumnChunk[], wide: WideIntegers): ColumnPlan {
  const { element } = tree
  const base = { name: element.name, nullable: element.repetition_type !== 'REQUIRED' }
  const nested = { ...base, physical: undefined, factor: 1, list: false, into: 'mixed' as const, maxDefinition: 0, emptyDefinition: 0, maxRepetition: 0 }
  const simple = chunks.every(({ meta_data: meta }) => meta?.encodings?.every((encoding) => plainEncodings.has(encoding)))
  if (tree.children.length === 0 && element.repetition_type !== 'REPEATED') {
    const type = typeOf(element, chunks, wide)
    return { ...nested, ...type, ...(!simple && { physical: undefined }), maxDefinition: base.nullable ? 1 : 0 }
  }
  const leaf = listLeaf(tree)
  if (leaf === undefined || chunks.some(({ meta_data: meta }) => meta?.path_in_schema.length !== leaf.path.length)) return nested
  const type = typeOf(leaf.element, chunks, wide)
  const emptyDefinition = element.repetition_type === 'OPTIONAL' ? 1 : 0
  return {
    ...nested, ...type, list: true,
    ...(!simple && { physical: undefined }),
    emptyDefinition,
    maxDefinition: emptyDefinition + 1 + (leaf !== tree.children[0] && leaf.element.repetition_type === 'OPTIONAL' ? 1 : 0),
    maxRepetition: 1,
  }
}

const plainEncodings: ReadonlySet<string> = new Set(['PLAIN', 'PLAIN_DICTIONARY', 'RLE', 'RLE_DICTIONARY', 'BIT_PACKED'])

/** The values of `group (LIST) { repeated group { value } }` or of `group (LIST) { repeated value }`. */
function listLeaf({ element, children }: SchemaTree): SchemaTree | undefined {
  if (element.converted_type !== 'LIST' && element.logical_type?.type !== 'LIST') return undefined
  const [middle] = children
  if (children.length !== 1 || middle.element.repetition_type !== 'REPEATED') return undefined
  if (middle.children.length === 0) return middle
  const [leaf] = middle.children
  return middle.children.length === 1 && leaf.children.length === 0 && leaf.element.repetition_type !== 'REPEATED' ? leaf : undefined
}

type Type = Pick<ColumnPlan, 'physical' | 'into' | 'factor'>

const number = (physical: Physical, factor = 1): Type => ({ physical, into: 'number', factor })
const moment = (physical: Physical, factor: number): Type => ({ physical, into: 'date', factor })
const left = (into: Column['kind']): Type => ({ physical: undefined, into, factor: 1 })

function typeOf({ type, converted_type: converted, logical_type: logical, scale = 0 }: SchemaElement, chunks: readonly ColumnChunk[], wide: WideIntegers): Type {
  const unsigned = converted?.startsWith('UINT') || (logical?.type === 'INTEGER' && !logical.isSigned)
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') {
    const factor = 10 ** -scale
    return type === 'INT32' ? number('int32', factor) : type === 'INT64' ? number('moment', factor) : { ...left('number'), factor }
  }
  switch (type) {
    case 'BOOLEAN': return { physical: 'boolean', into: 'boolean', factor: 1 }
    case 'FLOAT': return number('float')
    case 'DOUBLE': return number('double')
    case 'INT96': return moment('int96', 1)
    case 'INT32': return converted === 'DATE' || logical?.type === 'DATE' ? moment('int32', 86_400_000) : number(unsigned ? 'uint32' : 'int32')
    case 'INT64': {
      const unit = logical?.type === 'TIMESTAMP' ? logical.unit : converted === 'TIMESTAMP_MILLIS' ? 'MILLIS' : converted === 'TIMESTAMP_MICROS' ? 'MICROS' : undefined
      if (unit !== undefined) return unit === 'NANOS' ? moment('nanos', 1) : moment('moment', unit === 'MILLIS' ? 1 : 1e-3)
      if (wide === 'bigint' || (wide === 'auto' && chunks.some(isWide))) return { physical: unsigned ? 'ubigint' : 'bigint', into: 'bigint', factor: 1 }
      return number(unsigned ? 'uint64' : 'int64')
    }
    case 'BYTE_ARRAY': {
      const annotated = converted ?? logical?.type
      return annotated === undefined || texts.has(annotated) ? { physical: 'text', into: 'text', factor: 1 } : left('mixed')
    }
    default: return left(logical?.type === 'UUID' ? 'text' : logical?.type === 'FLOAT16' ? 'number' : 'mixed')
  }
}

const texts: ReadonlySet<string> = new Set(['UTF8', 'STRING', 'ENUM'])

/** True where the statistics of a part say that it holds integers past 2^53. */
function isWide({ meta_data: meta }: ColumnChunk): boolean {
  const { min, max, min_value: least = min, max_value: most = max } = meta?.statistics ?? {}
  return [least, most].some((value) => typeof value === 'bigint' && (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)))
}

/** Row groups whose parts lie within the file and hold as many rows as they say. @throws Error where they do not */
export function checkLayout({ row_groups: groups, num_rows: rows, schema }: FileMetaData, size: number): void {
  if (groups.reduce((sum, group) => sum + group.num_rows, 0n) !== rows) throw new Error('row groups do not add up to the rows of the file')
  const leaves = schema.filter(({ type }) => type !== undefined)
  for (const [g, { columns, num_rows: groupRows }] of groups.entries()) {
    if (columns.length !== leaves.length) throw new Error(`row group ${g} has ${columns.length} columns, not ${leaves.length}`)
    for (const [i, { meta_data: meta, file_path: path }] of columns.entries()) {
      const name = meta?.path_in_schema?.join('.')
      const wrong = (what: string) => new Error(`row group ${g}, column ${name ?? i}: ${what}`)
      if (path !== undefined) throw wrong('the values lie in another file, which is not supported')
      if (meta === undefined || meta.data_page_offset === undefined) throw wrong('says nothing of where it lies')
      if (meta.type !== leaves[i].type || meta.path_in_schema.at(-1) !== leaves[i].name) throw wrong('is not the column of the schema')
      const { start, end } = rangeOf(meta)
      if (!(start >= 4 && end > start && end <= size)) throw wrong(`lies at ${start} to ${end}, in a file of ${size} bytes`)
      if (meta.path_in_schema.length === 1 && meta.num_values !== groupRows && leaves[i].repetition_type !== 'REPEATED') throw wrong(`has ${meta.num_values} values in ${groupRows} rows`)
      if (groupRows < 0n || meta.num_values < 0n || meta.total_uncompressed_size < 0n) throw wrong('has a size below 0')
    }
  }
}

/** Where a part of a column lies in the file. */
export function rangeOf(meta: NonNullable<ColumnChunk['meta_data']>): { readonly start: number; readonly end: number } {
  const { dictionary_page_offset: dictionary, data_page_offset: data, total_compressed_size: size } = meta
  const start = Number(dictionary !== undefined && dictionary > 0n && dictionary < data ? dictionary : data)
  return { start, end: start + Number(size) }
}
