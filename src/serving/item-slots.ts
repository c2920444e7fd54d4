/** Which slot of a bounded store each key has. Slots in use by a run are pinned: what they hold stays until they are let go. */
export interface ItemSlots {
  readonly size: () => number
  readonly evicted: () => number
  /** The slot of a key, or -1; a slot that is asked for counts as used. */
  readonly find: (key: number | string) => number
  /** A slot to write the key's numbers to, -1 where the store is full and nothing may make room. */
  readonly claim: (key: number | string) => number
  readonly remove: (key: number | string) => boolean
  readonly pin: (slots: Int32Array) => void
  readonly unpin: (slots: Int32Array) => void
  readonly entries: () => Iterable<readonly [key: number | string, slot: number]>
}

/**
 * Slots `0 … limit − 1`. When all are taken, `evict` gives that of a key that was not used for long: the hand of a clock
 * goes round and takes the first slot that was not asked for since it came by last, and is not pinned (the CLOCK
 * approximation of least recently used).
 */
export function itemSlots(limit: number, evict: boolean): ItemSlots {
  const slots = new Map<number | string, number>()
  const keys: (number | string | undefined)[] = []
  let used = new Uint8Array(1024)
  let pins = new Uint16Array(1024)
  const free: number[] = []
  let hand = 0
  let evicted = 0

  const grow = () => {
    const [widerUsed, widerPins] = [new Uint8Array(used.length * 2), new Uint16Array(used.length * 2)]
    widerUsed.set(used)
    widerPins.set(pins)
    ;[used, pins] = [widerUsed, widerPins]
  }
  /** The slot belongs to no key any more; one that is pinned is free once it is let go. */
  const abandon = (slot: number) => {
    keys[slot] = undefined
    if (pins[slot] === 0) free.push(slot)
  }
  const makeRoom = (): number => {
    for (let tries = 0; tries < 2 * limit; tries++) {
      const slot = hand
      hand = (hand + 1) % limit
      const key = keys[slot]
      if (key === undefined || pins[slot] > 0) continue
      if (used[slot] === 0) {
        slots.delete(key)
        evicted++
        return slot
      }
      used[slot] = 0
    }
    return -1
  }
  const next = (): number => {
    const left = free.pop()
    if (left !== undefined) return left
    if (keys.length < limit) {
      if (keys.length === used.length) grow()
      keys.push(undefined)
      return keys.length - 1
    }
    return evict ? makeRoom() : -1
  }

  return {
    size: () => slots.size,
    evicted: () => evicted,
    find(key) {
      const slot = slots.get(key)
      if (slot === undefined) return -1
      used[slot] = 1
      return slot
    },
    claim(key) {
      const before = slots.get(key)
      if (before !== undefined && pins[before] === 0) return before
      const slot = next()
      if (slot < 0) return -1
      if (before !== undefined) abandon(before)
      slots.set(key, slot)
      keys[slot] = key
      used[slot] = 1
      return slot
    },
    remove(key) {
      const slot = slots.get(key)
      if (slot === undefined) return false
      slots.delete(key)
      abandon(slot)
      return true
    },
    pin(list) {
      for (let i = 0; i < list.length; i++) pins[list[i]]++
    },
    unpin(list) {
      for (let i = 0; i < list.length; i++) if (--pins[list[i]] === 0 && keys[list[i]] === undefined) free.push(list[i])
    },
    entries: () => slots,
  }
}
