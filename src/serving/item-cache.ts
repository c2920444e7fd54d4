import { ArgumentError, BackendError, ContractError, DataError, checkInteger, checkSameLength, expected, show } from '../errors'
import type { Id } from '../data/values'
import type { EncodedColumn, EncodedRows } from '../features'
import type { ItemColumn } from './compiler/partition'
import { checkColumns } from './check-columns'
import { itemKey } from './item-keys'
import { keptParts, type ItemParts, type KeptParts } from './item-parts'
import { growingRows } from './growing-rows'
import { readRows, writeRow, type ItemRows, type RowMemory, type RowPrecision } from './item-rows'
import { itemSlots } from './item-slots'

/** How a ranker keeps what it has worked out for items. */
export interface ItemCacheOptions {
  /** Items kept at most. @defaultValue 100,000 */
  readonly maxItems?: number
  /** When that many are kept: one that was not asked for lately makes room, or the new one is refused. @defaultValue 'evict' */
  readonly whenFull?: 'evict' | 'refuse'
  /** `int8` takes a quarter of the memory and costs up to 1/254 of the largest number of each row. @defaultValue 'float32' */
  readonly rows?: RowPrecision
  /** Items worked out in one run. @defaultValue 1024 */
  readonly batchSize?: number
}

/** What a cache holds, as plain data that can be written down; only a cache of the same model takes it back. */
export interface ItemSnapshot {
  readonly format: 'feedrank/items'
  /** The version of the ranker. */
  readonly version: string
  readonly ids: readonly (string | number)[]
  /** `[items, width]` of each column. */
  readonly columns: readonly Float32Array[]
  /** Encoded features of the items that crosses need, by name. */
  readonly parts: ReadonlyMap<string, EncodedColumn>
}

export interface ItemCacheStatistics {
  readonly items: number
  /** Memory of the rows that is laid out; a system gives it when it is written to. */
  readonly bytes: number
  /** Candidates that were there, and that were not, since the ranker was made. */
  readonly hits: number
  readonly misses: number
  readonly evicted: number
}

/** What a ranker has worked out for items: one row each, versioned with the model. */
export interface ItemCache<Row extends object = object> {
  /** The version of the ranker: other weights, another version. */
  readonly version: string
  /**
   * Adds items or replaces what was known of them; in batches, so that a catalogue can be warmed up in one call.
   *
   * @throws DataError when a row cannot be encoded, or the cache is full and refuses; items of earlier batches are then kept
   */
  readonly set: (ids: readonly Id[], rows: readonly Row[] | EncodedRows) => Promise<void>
  /** Forgets items; gives how many were there. */
  readonly delete: (ids: readonly Id[]) => number
  readonly has: (id: Id) => boolean
  readonly statistics: () => ItemCacheStatistics
  readonly snapshot: () => ItemSnapshot
  /** @throws ContractError for a snapshot of another model or another ranker's layout */
  readonly restore: (snapshot: ItemSnapshot) => void
}

type Changed = Set<number | string>

/** The inside of a cache, as the ranker uses it. */
export interface ItemStore {
  readonly cache: ItemCache
  /** The slot of each id, -1 where there is none; the others are pinned until {@link ItemStore.release}. */
  readonly hold: (ids: readonly Id[]) => { readonly slots: Int32Array; readonly missing: readonly number[] }
  readonly release: (slots: Int32Array) => void
  /** Begins to work out items that are missing; the keys that are set or deleted until `end`. */
  readonly begin: () => Changed
  readonly end: (changed: Changed) => void
  /** The slot of an item that was missing, pinned, with this row where nothing has been written since; -1 where nothing may make room, or the item is gone again. */
  readonly put: (changed: Changed, id: Id, columns: readonly Float32Array[], encoded: EncodedRows, row: number) => number
  /** The encoded feature of the items in some slots. */
  readonly part: (feature: string, slots: Int32Array) => EncodedColumn | undefined
  /** The rows as they are now, to be read until {@link ItemStore.done}. */
  readonly read: () => ItemRows
  readonly done: (rows: ItemRows) => void
  /** Gives the rows back, once nobody reads them. */
  readonly dispose: () => void
}

export interface StoreSetup {
  readonly version: string
  readonly columns: readonly ItemColumn[]
  readonly parts: ItemParts
  readonly memory: RowMemory
  readonly options: ItemCacheOptions
  /** Encodes rows of items and works out their columns. */
  readonly compute: (rows: readonly object[] | EncodedRows, from: number, to: number) => Promise<{ readonly columns: readonly Float32Array[]; readonly encoded: EncodedRows }>
}

const where = 'ranker.items'

export function itemStore({ version, columns, parts: features, memory, options, compute }: StoreSetup): ItemStore {
  const maxItems = checkInteger('compileRanker', 'items.maxItems', options.maxItems ?? 100_000)
  const { whenFull = 'evict', rows: precision = 'float32', batchSize = 1024 } = options
  checkInteger('compileRanker', 'items.batchSize', batchSize)
  if (whenFull !== 'evict' && whenFull !== 'refuse') throw new ArgumentError(expected('compileRanker', 'items.whenFull', "'evict' or 'refuse'", whenFull))
  if (precision !== 'float32' && precision !== 'int8') throw new ArgumentError(expected('compileRanker', 'items.rows', "'float32' or 'int8'", precision))
  const slots = itemSlots(maxItems, whenFull === 'evict')
  const parts: KeptParts = keptParts(features)
  const rows = growingRows(columns, maxItems, precision, memory)
  let disposed = false
  let [hits, misses] = [0, 0]
  const working = new Set<Changed>()
  const change = (key: number | string): number | string => {
    for (const changed of working) changed.add(key)
    return key
  }

  const write = (key: number | string, values: readonly Float32Array[], encoded: EncodedRows, row: number): number => {
    const slot = slots.claim(key)
    if (slot < 0) return -1
    const reaching = rows.reaching(slot)
    columns.forEach(({ width }, c) => writeRow(reaching, c, slot, width, values[c], row))
    parts.write(slot, encoded, row)
    return slot
  }
  const checkLive = () => {
    if (disposed) throw new BackendError(`feedrank/${where}: this ranker was disposed; compile the model again`)
  }
  const keysOf = (ids: readonly Id[]) => {
    if (!Array.isArray(ids)) throw new ArgumentError(expected(where, 'ids', 'an array of ids', ids))
    return ids.map((id, i) => itemKey(where, `ids[${i}]`, id))
  }
  const remedy = whenFull === 'evict' ? ', all of them in use by requests under way; raise `items.maxItems`' : "; raise `items.maxItems`, or set `items.whenFull` to 'evict'"
  const full = () => new DataError(`feedrank/${where}: the cache is full with ${maxItems} items${remedy}`)

  const cache: ItemCache = {
    version,
    async set(ids, given) {
      checkLive()
      const keys = keysOf(ids)
      checkSameLength(where, 'ids', keys.length, 'rows', Array.isArray(given) ? given.length : (given as EncodedRows | undefined)?.rows ?? 0)
      if (!Array.isArray(given)) checkColumns(where, 'rows', given as EncodedRows)
      for (let from = 0; from < keys.length; from += batchSize) {
        const to = Math.min(keys.length, from + batchSize)
        const { columns: values, encoded } = await compute(given, from, to)
        checkLive()
        for (let i = from; i < to; i++) if (write(change(keys[i]), values, encoded, i - from) < 0) throw full()
      }
    },
    delete: (ids) => keysOf(ids).map(change).filter(slots.remove).length,
    has: (id) => slots.find(itemKey(where, 'id', id)) >= 0,
    statistics: () => ({
      items: slots.size(), hits, misses, evicted: slots.evicted(), bytes: rows.bytes(),
    }),
    snapshot() {
      checkLive()
      const entries = [...slots.entries()]
      const at = Int32Array.from(entries, ([, slot]) => slot)
      return {
        format: 'feedrank/items', version,
        ids: entries.map(([key]) => key),
        columns: columns.map(({ width }, c) => {
          const out = new Float32Array(at.length * width)
          readRows(rows.now(), c, width, at, out)
          return out
        }),
        parts: new Map([...features.keys()].map((feature) => [feature, parts.read(feature, at)!])),
      }
    },
    restore(snapshot) {
      checkLive()
      if (snapshot?.format !== 'feedrank/items') throw new ContractError(expected(where, 'snapshot', 'what `snapshot()` gave', snapshot))
      if (snapshot.version !== version)
        throw new ContractError(`feedrank/${where}: expected a snapshot of this model, version ${version}, got one of another, ${show(snapshot.version)}`)
      const { ids, columns: values, parts: held } = snapshot
      const fits = Array.isArray(ids) && values?.length === columns.length && columns.every(({ width }, c) => ArrayBuffer.isView(values[c]) && values[c].length === ids.length * width) && values.every(isFinite)
        && typeof held?.get === 'function' && parts.misfit(held, ids.length) === undefined
      if (!fits) throw new ContractError(`feedrank/${where}: expected a snapshot with columns of ${columns.map(({ width }) => width).join(', ') || 'no'} finite numbers for each of its ids, and features of as many items`)
      const keys = keysOf(ids)
      const encoded: EncodedRows = { rows: keys.length, columns: held, labels: new Map() }
      keys.forEach((key, i) => {
        if (write(change(key), values, encoded, i) < 0) throw full()
      })
    },
  }

  return {
    cache,
    read: rows.read,
    done: rows.done,
    dispose() {
      disposed = true
      rows.dispose()
    },
    hold(ids) {
      const found = new Int32Array(ids.length)
      const lacking = slots.hold(ids, found, (id, i) => itemKey('ranker.score', `ids[${i}]`, id))
      hits += ids.length - lacking
      misses += lacking
      const missing: number[] = []
      if (lacking > 0) found.forEach((slot, i) => slot < 0 && missing.push(i))
      return { slots: found, missing }
    },
    release: (held) => slots.unpin(held),
    begin() {
      const changed: Changed = new Set()
      working.add(changed)
      return changed
    },
    end: (changed) => void working.delete(changed),
    put(changed, id, values, encoded, row) {
      checkLive()
      const key = itemKey('ranker.score', 'ids', id)
      // What `set` wrote while this row was worked out is newer, and what was deleted stays so.
      const present = slots.find(key)
      const slot = present >= 0 ? present : changed.has(key) ? -1 : write(key, values, encoded, row)
      if (slot >= 0) slots.pin(slot)
      return slot
    },
    part: parts.read,
  }
}

const isFinite = (values: Float32Array): boolean => values.every((value) => Math.abs(value) < Infinity)
