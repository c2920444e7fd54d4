import { BackendError } from '../errors'
import { messageOf } from '../optional-package'
import type { ItemColumn } from './compiler/partition'
import { copyRows, freeRows, itemRows, type ItemRows, type RowMemory, type RowPrecision } from './item-rows'

/** Rows of items that grow with their number; rows that a run reads stay until it is done with them. */
export interface GrowingRows {
  readonly now: () => ItemRows
  /** The rows once they reach to `slot`, at most one beyond those there are. */
  readonly reaching: (slot: number) => ItemRows
  /** Memory that is laid out. */
  readonly bytes: () => number
  /** The rows as they are now, to be read until `done`. */
  readonly read: () => ItemRows
  readonly done: (rows: ItemRows) => void
  /** Gives the rows back, once nobody reads them. */
  readonly dispose: () => void
}

/** Rows of more bytes are not copied again and again as there are more of them. */
const copiedAtMost = 2 ** 23

const bytesOf = ({ values, bytes }: ItemRows): number =>
  [...values.map(({ data }) => data), ...bytes.flatMap((column) => [column.values, column.scales])].reduce((sum, { byteLength }) => sum + byteLength, 0)

export function growingRows(columns: readonly ItemColumn[], most: number, precision: RowPrecision, memory: RowMemory): GrowingRows {
  /** Rows of the first capacity there is memory for, a backend's own if it may be, and else outside. */
  const rowsOf = (...capacities: readonly number[]): ItemRows => {
    const places: readonly RowMemory[] = typeof memory === 'function' ? [memory, 'own'] : [memory]
    let failure: unknown
    for (const place of places)
      for (const capacity of capacities) {
        try {
          return itemRows(columns, Math.min(most, capacity), precision, place)
        } catch (error) {
          failure = error
        }
      }
    throw new BackendError(`feedrank/ranker.items: there is no memory for ${Math.min(most, capacities[capacities.length - 1])} items: ${messageOf(failure)}`, { cause: failure })
  }
  /** How many runs read which rows. */
  const readers = new Map<ItemRows, number>()
  let rows = rowsOf(1024)
  let disposed = false

  /** Twice as many; all there may be once copying them would hold the event loop for long: systems give memory when it is written to. */
  const wider = (): ItemRows => {
    const doubled = rows.capacity * 2
    return bytesOf(rows) <= copiedAtMost ? rowsOf(doubled) : rowsOf(most, doubled)
  }
  const freeUnread = (old: ItemRows) => {
    if (!readers.has(old)) freeRows(old)
  }

  return {
    now: () => rows,
    reaching(slot) {
      if (slot < rows.capacity) return rows
      const old = rows
      rows = wider()
      copyRows(old, rows)
      freeUnread(old)
      return rows
    },
    bytes: () => (disposed ? 0 : bytesOf(rows)),
    read() {
      readers.set(rows, (readers.get(rows) ?? 0) + 1)
      return rows
    },
    done(read) {
      const left = readers.get(read)! - 1
      if (left > 0) {
        readers.set(read, left)
        return
      }
      readers.delete(read)
      if (disposed || read !== rows) freeRows(read)
    },
    dispose() {
      if (disposed) return
      disposed = true
      freeUnread(rows)
    },
  }
}
