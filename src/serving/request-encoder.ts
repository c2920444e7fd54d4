import { ArgumentError, DataError, checkInteger, checkObject, checkSameLength, expected, show } from '../errors'
import type { Id } from '../data/values'
import { concatRows, takeRows, type EncodedColumn, type EncodedRows, type FittedSpec, type RowOf, type SpecShape } from '../features'
import { itemKey } from './item-keys'
import { keptParts } from './item-parts'
import { itemSlots } from './item-slots'
import { rankerEncoder, stretched } from './ranker-encoder'

export interface RequestEncoderOptions {
  /** Items whose encodings are kept at most. @defaultValue 100,000 */
  readonly maxItems?: number
  /** When that many are kept: one that was not asked for lately makes room, or the new one is refused. @defaultValue 'evict' */
  readonly whenFull?: 'evict' | 'refuse'
}

/** What a candidate's row holds: features of the pair, and those of the item for ids that are not kept. */
type CandidateRow<Spec extends SpecShape> =
  RowOf<SpecShape<Spec['features'], Readonly<Record<never, never>>, Spec['labels']>, 'pair'> & Partial<RowOf<Spec, 'item'>>

/** Encodes requests with their candidates; the encodings of items are kept. */
export interface RequestEncoder<Spec extends SpecShape = SpecShape> {
  readonly items: {
    /**
     * Encodes items, new ones and others anew.
     *
     * @throws DataError when a row cannot be encoded, or there is no room and `whenFull` refuses
     */
    readonly set: (ids: readonly Id[], rows: readonly RowOf<Spec, 'item'>[]) => void
    /** Forgets items; gives how many were there. */
    readonly delete: (ids: readonly Id[]) => number
    readonly has: (id: Id) => boolean
    readonly size: () => number
  }
  /**
   * One row a candidate, equal to what `spec.encode` makes of the whole rows: the request is encoded once and repeated,
   * items are looked up, and only pair features and crosses of request and item are worked out for each.
   *
   * @param request the features of user and context
   * @param candidates ids of items that are kept; or with `rows`, one an id, the features of the pair, and those of items
   * that may not be kept yet, which then are
   * @throws DataError for an id that is not kept and has no row, or a value that cannot be encoded; SpecError where pair
   * features need rows
   */
  readonly encode: (
    request: RowOf<Spec, 'user' | 'context'>,
    candidates: readonly Id[] | { readonly ids: readonly Id[]; readonly rows: readonly CandidateRow<Spec>[] },
  ) => EncodedRows
}

const where = 'requestEncoder'

/**
 * Encodes requests by a spec, with the encodings of items kept by id: what is the same for all requests is encoded once.
 *
 * For models that are run as they are; `compileRanker` keeps what it needs of items itself, and that is less.
 *
 * @throws ArgumentError when `spec` is no fitted spec or an option is out of range
 * @example
 * ```ts
 * import { categorical, defineFeatures, numeric, requestEncoder } from 'feedrank'
 *
 * const spec = defineFeatures({
 *   features: { user: categorical({ scope: 'user' }), topic: categorical({ scope: 'item' }), likes: numeric({ scope: 'item', scale: 'none' }) },
 * }).fit([{ user: 'ada', topic: 'cats', likes: 3 }, { user: 'bob', topic: 'tax', likes: 1 }])
 * const requests = requestEncoder(spec)
 * requests.items.set([1, 2], [{ topic: 'cats', likes: 3 }, { topic: 'tax', likes: 1 }])
 * const { columns } = requests.encode({ user: 'bob' }, [2, 1, 2])
 * console.log(columns.get('likes')) // { kind: 'dense', values: Float32Array(3) [ 1, 3, 1 ], width: 1 }
 * ```
 */
export function requestEncoder<Spec extends SpecShape>(spec: FittedSpec<Spec>, options: RequestEncoderOptions = {}): RequestEncoder<Spec> {
  if (typeof spec?.encode !== 'function' || typeof spec.hash !== 'string') throw new ArgumentError(expected(where, 'spec', 'a fitted spec', spec))
  checkObject(where, 'options', options)
  const { maxItems = 100_000, whenFull = 'evict' } = options
  checkInteger(where, 'maxItems', maxItems)
  if (whenFull !== 'evict' && whenFull !== 'refuse') throw new ArgumentError(expected(where, 'whenFull', "'evict' or 'refuse'", whenFull))
  const features = spec.features
  const ofItems = features.filter(({ rate }) => rate === 'item').map(({ name }) => name)
  const encoder = rankerEncoder(where, { spec }, features.map(({ name }) => ({ feature: name })), spec as unknown as FittedSpec)
  const kept = keptParts(new Map(features.filter(({ rate }) => rate === 'item').map(({ name, encoding }) => [name, encoding.kind])))
  const slots = itemSlots(maxItems, whenFull === 'evict')

  const keysOf = (ids: readonly Id[]) => {
    if (!Array.isArray(ids)) throw new ArgumentError(expected(where, 'ids', 'an array of ids', ids))
    return ids.map((id, i) => itemKey(where, `ids[${i}]`, id))
  }
  const keep = (key: number | string, encoded: EncodedRows, row: number): number => {
    const slot = slots.claim(key)
    if (slot >= 0) kept.write(slot, encoded, row)
    return slot
  }
  /** The items at `found` slots, and the fresh ones where they are missing. */
  const beside = (found: Int32Array, fresh: EncodedRows): EncodedRows => {
    const held = found.filter((slot) => slot >= 0)
    if (held.length === 0) return fresh
    const known: EncodedRows = { rows: held.length, columns: new Map(ofItems.map((name) => [name, kept.read(name, held)!])), labels: new Map() }
    let [at, next] = [0, held.length]
    return takeRows(concatRows([known, { ...fresh, columns: new Map(ofItems.map((name) => [name, fresh.columns.get(name)!])) }]), found.map((slot) => (slot < 0 ? next++ : at++)))
  }
  const whole = (request: EncodedRows, count: number, rows: readonly object[] | undefined, item: (name: string) => EncodedColumn | undefined): EncodedRows => {
    const pairs = encoder.pairs(rows, count, request, item)
    const columns = new Map<string, EncodedColumn>()
    for (const { name, rate } of features) {
      const column = rate === 'request' ? stretched(request.columns.get(name), count) : rate === 'item' ? item(name) : pairs.columns.get(name)
      if (column !== undefined) columns.set(name, column)
    }
    return { rows: count, columns, labels: new Map(), specHash: spec.hash }
  }

  return {
    items: {
      set(ids, rows) {
        const keys = keysOf(ids)
        checkSameLength(where, 'ids', keys.length, 'rows', rows?.length)
        const encoded = encoder.items(rows)
        keys.forEach((key, row) => {
          if (keep(key, encoded, row) < 0) throw new DataError(`feedrank/${where}: no room for item ${show(ids[row])}, ${maxItems} are kept; raise \`maxItems\`, or set \`whenFull\` to 'evict'`)
        })
      },
      delete: (ids) => keysOf(ids).filter(slots.remove).length,
      has: (id) => slots.find(itemKey(where, 'id', id)) >= 0,
      size: slots.size,
    },
    encode(request, candidates) {
      const { ids, rows } = Array.isArray(candidates) ? { ids: candidates, rows: undefined } : (candidates ?? {}) as { readonly ids: readonly Id[]; readonly rows: readonly object[] }
      if (!Array.isArray(ids)) throw new ArgumentError(expected(where, 'candidates', 'ids, or { ids, rows }', candidates))
      if (rows !== undefined) checkSameLength(where, 'candidates.ids', ids.length, 'candidates.rows', rows?.length)
      const encoded = encoder.requests([request])
      if (ofItems.length === 0) return whole(encoded, ids.length, rows, () => undefined)
      const found = new Int32Array(ids.length)
      const missing: number[] = []
      for (let i = 0; i < ids.length; i++) {
        found[i] = slots.find(itemKey(where, `ids[${i}]`, ids[i]))
        if (found[i] < 0) missing.push(i)
      }
      if (missing.length === 0) return whole(encoded, ids.length, rows, (name) => kept.read(name, found))
      if (rows === undefined)
        throw new DataError(`feedrank/${where}: expected ids of items that are kept, got ${missing.length} of ${ids.length} that are not, such as ${show(ids[missing[0]])}; add them by items.set, or give { ids, rows }`)
      const fresh = encoder.items(missing.map((i) => rows[i]))
      const items = beside(found, fresh)
      missing.forEach((i, row) => keep(itemKey(where, `ids[${i}]`, ids[i]), fresh, row))
      return whole(encoded, ids.length, rows, (name) => items.columns.get(name))
    },
  }
}
