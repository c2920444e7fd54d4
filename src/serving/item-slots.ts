/** Which slot of a bounded store each key has. Slots in use by a run are pinned: what they hold stays until they are let go. */
export interface ItemSlots {
  readonly size: () => number
  readonly evicted: () => number
  /** The slot of a key, or -1; a slot that is asked for counts as used. */
  readonly find: (key: number | string) => number
  /** A slot to write the key's numbers to, -1 where the store is full and nothing may make room. */
  readonly claim: (key: number | string) => number
  readonly remove: (key: number | string) => boolean
  /** The slot of each id, pinned, or -1; gives how many there are not. `keyOf` is asked for ids that are no plain integers. */
  readonly hold: (ids: ArrayLike<unknown>, slots: Int32Array, keyOf: (id: unknown, place: number) => number | string) => number
  readonly pin: (slot: number) => void
  readonly unpin: (slots: Int32Array) => void
  readonly entries: () => Iterable<readonly [key: number | string, slot: number]>
}

/**
 * Slots `0 … limit − 1`. When all are taken, `evict` gives that of a key that was not used for long: the hand of a clock
 * goes round and takes the first slot that was not asked for since it came by last, and is not pinned (the CLOCK
 * approximation of least recently used).
 */
export function itemSlots(limit: number, evict: boolean): ItemSlots {
  const slots = slotMap()
  const keys: (number | string | undefined)[] = []
  let used = new Uint8Array(1024)
  let pins = new Uint32Array(1024)
  const free: number[] = []
  let hand = 0
  let evicted = 0

  const grow = () => {
    const [widerUsed, widerPins] = [new Uint8Array(used.length * 2), new Uint32Array(used.length * 2)]
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
    size: slots.size,
    evicted: () => evicted,
    find(key) {
      const slot = slots.get(key)
      if (slot >= 0) used[slot] = 1
      return slot
    },
    claim(key) {
      const before = slots.get(key)
      if (before >= 0 && pins[before] === 0) return before
      const slot = next()
      if (slot < 0) return -1
      if (before >= 0) abandon(before)
      slots.set(key, slot)
      keys[slot] = key
      used[slot] = 1
      return slot
    },
    remove(key) {
      const slot = slots.get(key)
      if (slot < 0) return false
      slots.delete(key)
      abandon(slot)
      return true
    },
    hold(ids, out, keyOf) {
      let missing = 0
      for (let i = 0; i < out.length; i++) {
        const id = ids[i]
        const slot = slots.get(typeof id === 'number' && id >>> 0 === id ? id : keyOf(id, i))
        out[i] = slot
        if (slot < 0) missing++
      }
      // Nothing is pinned before every id has turned out to be one.
      for (let i = 0; i < out.length; i++) {
        const slot = out[i]
        if (slot < 0) continue
        used[slot] = 1
        pins[slot]++
      }
      return missing
    },
    pin: (slot) => void pins[slot]++,
    unpin(list) {
      for (let i = 0; i < list.length; i++) if (--pins[list[i]] === 0 && keys[list[i]] === undefined) free.push(list[i])
    },
    entries: slots.entries,
  }
}

/** Slots by key. Small integers, as most ids are, have a place in an array each, which is found without hashing. */
function slotMap() {
  /** One more than the slot, 0 where there is none. */
  let small = new Int32Array(1024)
  const others = new Map<number | string, number>()
  let count = 0
  const isSmall = (key: number | string): key is number => typeof key === 'number' && key >= 0 && key < smallKeys
  return {
    size: () => count + others.size,
    get: (key: number | string): number => (isSmall(key) ? (key < small.length ? small[key] : 0) - 1 : (others.get(key) ?? -1)),
    set(key: number | string, slot: number) {
      if (!isSmall(key)) return void others.set(key, slot)
      if (key >= small.length) {
        const wider = new Int32Array(Math.min(smallKeys, Math.max(key + 1, small.length * 2)))
        wider.set(small)
        small = wider
      }
      if (small[key] === 0) count++
      small[key] = slot + 1
    },
    delete(key: number | string) {
      if (!isSmall(key)) return void others.delete(key)
      if (key >= small.length || small[key] === 0) return
      small[key] = 0
      count--
    },
    *entries(): Generator<readonly [key: number | string, slot: number]> {
      for (let key = 0; key < small.length; key++) if (small[key] !== 0) yield [key, small[key] - 1]
      yield* others
    },
  }
}

/** Integers below this may have a place in the array: 16 MiB at most. */
const smallKeys = 1 << 22
