import type { AggregatePlan, Statistic } from './aggregate'
import { addExact } from './exact-sum'

/** Where the numbers of a key stand: its cells from `start` on, and the time of its last event. */
export interface Known {
  cells: Float64Array
  start: number
  last: number
}

/** An event of a key that is still in a window, or not yet seen; `values` by column. */
export interface KeptEvent {
  readonly at: number
  readonly values: readonly number[]
}

const none = -1

/** One number for a key and a value of it. */
export const placeOf = (key: number, value: number) => key * 67_108_864 + value
export const keyOfPlace = (place: number) => Math.floor(place / 67_108_864)
export const valueOfPlace = (place: number) => place % 67_108_864

function longer<A extends Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(array: A, length: number): A {
  const grown = new (array.constructor as new (length: number) => A)(length)
  grown.set(array)
  return grown
}

/**
 * What is kept of keys, as a few large arrays. An event costs O(1): it is counted once time has passed it by the delay, and
 * taken away from a window once the window has moved past it. Until then it waits in a list of its key, in order of time.
 */
export function aggregateState(plan: AggregatePlan) {
  const { statistics, windows, delay, columns } = plan
  const depth = columns.length
  const ends = windows.length
  // What belongs together lies together, as most of the time goes into fetching it: the cells of a key, and then the time of its
  // last event; its first event that is not counted yet, the last of all, and the first still in each window; an event's time,
  // the event that follows it, and its values.
  const width = plan.cells + 1
  const lastAt = plan.cells
  const links = 2 + ends
  const stride = 2 + depth
  const ofWindow = windows.map((_, w) => statistics.filter((statistic) => statistic.window === w))
  // How often each value of a key is in a window: by statistic, then by key and value.
  const tallies = new Map(statistics.filter(({ kind }) => kind === 'distinct').map((statistic) => [statistic, new Map<number, number>()]))

  let size = 0
  let cells = new Float64Array(64 * width)
  let pointers = new Int32Array(64 * links)
  let records = new Float64Array(256 * stride)
  let events = 0
  let free = none

  const scratch = new Float64Array(width)
  const answer: Known = { cells, start: 0, last: NaN }
  const nothing = new Float64Array(width)

  const count = (statistic: Statistic, key: number, value: number, by: number): number => {
    const tally = tallies.get(statistic) as Map<number, number>
    const place = placeOf(key, value)
    const before = tally.get(place) ?? 0
    const after = before + by
    if (after === 0) tally.delete(place)
    else tally.set(place, after)
    return before === 0 ? 1 : after === 0 ? -1 : 0
  }

  /** Counts an event, or takes it away again; `by` is 1 or −1. Without a key it is tried on a copy. */
  function apply(statistic: Statistic, to: Float64Array, start: number, event: number, by: number, key: number, tried: Map<string, number> | undefined): void {
    const at = start + statistic.at
    const value = statistic.column < 0 ? 1 : records[event * stride + 2 + statistic.column]
    // NaN: the event says nothing.
    if (value !== value) return
    switch (statistic.kind) {
      case 'count':
        to[at] += by
        return
      case 'sum':
        to[at] += by
        addExact(to, at + 1, by * value)
        return
      case 'decayed': {
        const time = records[event * stride]
        to[at] = to[at] === 0 ? value : to[at] * 2 ** ((to[at + 1] - time) / statistic.halfLife) + value
        to[at + 1] = time
        return
      }
      case 'distinct': {
        if (tried === undefined) {
          to[at] += count(statistic, key, value, by)
          return
        }
        const place = `${statistic.at} ${value}`
        const before = tried.get(place) ?? (tallies.get(statistic) as Map<number, number>).get(placeOf(key, value)) ?? 0
        tried.set(place, before + by)
        to[at] += before === 0 ? 1 : before + by === 0 ? -1 : 0
      }
    }
  }

  const timeOf = (event: number) => records[event * stride]
  const after = (event: number) => records[event * stride + 1]

  /** Lets the numbers of a key catch up with `newest`. */
  function settle(key: number, newest: number): void {
    const start = key * width
    const own = key * links
    let waiting = pointers[own]
    while (waiting !== none && timeOf(waiting) < newest - delay) {
      for (let s = 0; s < statistics.length; s++) apply(statistics[s], cells, start, waiting, 1, key, undefined)
      cells[start + lastAt] = timeOf(waiting)
      const event = waiting
      waiting = after(event)
      if (ends === 0) release(event)
    }
    pointers[own] = waiting
    for (let w = ends - 1; w >= 0; w--) {
      let event = pointers[own + 2 + w]
      while (event !== waiting && timeOf(event) < newest - windows[w]) {
        for (const statistic of ofWindow[w]) apply(statistic, cells, start, event, -1, key, undefined)
        const gone = event
        event = after(gone)
        // The first window is the longest: what has left it has left all.
        if (w === 0) release(gone)
      }
      pointers[own + 2 + w] = event
    }
    if (waiting === none && (ends === 0 || pointers[own + 2] === none)) pointers[own + 1] = none
  }

  function release(event: number): void {
    records[event * stride + 1] = free
    free = event
  }

  function insert(): number {
    if ((size + 1) * width > cells.length) {
      cells = longer(cells, 2 * size * width)
      pointers = longer(pointers, 2 * size * links)
    }
    cells[size * width + lastAt] = NaN
    pointers.fill(none, size * links, (size + 1) * links)
    return size++
  }

  function append(key: number, time: number, from: ArrayLike<number>, at: number): void {
    settle(key, time)
    let event = free
    if (event !== none) free = after(event)
    else {
      event = events++
      if (events * stride > records.length) records = longer(records, 2 * event * stride)
    }
    const record = event * stride
    records[record] = time
    records[record + 1] = none
    for (let c = 0; c < depth; c++) records[record + 2 + c] = from[at + c]
    const own = key * links
    if (pointers[own + 1] !== none) records[pointers[own + 1] * stride + 1] = event
    pointers[own + 1] = event
    if (pointers[own] === none) pointers[own] = event
    for (let w = 0; w < ends; w++) if (pointers[own + 2 + w] === none) pointers[own + 2 + w] = event
  }

  return {
    size: () => size,
    /** A new key. */
    insert,
    /** Takes in an event of a key; its values are `from[at .. at + columns)`. */
    append,
    /** What is known of a key before `now`, at or after the newest event; it holds until the next call. */
    known(key: number, now: number, newest: number): Known {
      if (key < 0) {
        answer.cells = nothing
        answer.start = 0
        answer.last = NaN
        return answer
      }
      settle(key, newest)
      const start = key * width
      const own = key * links
      answer.cells = cells
      answer.start = start
      answer.last = cells[start + lastAt]
      if (now === newest) return answer
      let ahead = pointers[own] !== none && timeOf(pointers[own]) < now - delay
      for (let w = 0; w < ends && !ahead; w++) {
        const event = pointers[own + 2 + w]
        ahead = event !== pointers[own] && timeOf(event) < now - windows[w]
      }
      if (!ahead) return answer
      // Events between the newest and now: the numbers as they will be then, without moving on.
      scratch.set(cells.subarray(start, start + width))
      const tried = new Map<string, number>()
      let event = pointers[own]
      for (; event !== none && timeOf(event) < now - delay; event = after(event)) {
        for (let s = 0; s < statistics.length; s++) apply(statistics[s], scratch, 0, event, 1, key, tried)
        answer.last = timeOf(event)
      }
      for (let w = 0; w < ends; w++)
        for (let gone = pointers[own + 2 + w]; gone !== event && timeOf(gone) < now - windows[w]; gone = after(gone))
          for (const statistic of ofWindow[w]) apply(statistic, scratch, 0, gone, -1, key, tried)
      answer.cells = scratch
      answer.start = 0
      return answer
    },
    /** The time of the last event of a key, counted or not. */
    lastOf: (key: number): number => (pointers[key * links + 1] === none ? cells[key * width + lastAt] : timeOf(pointers[key * links + 1])),
    /** What a key needs to be written down: its cells, its last time, the events kept, and where each pointer stands among them. */
    save(key: number) {
      const own = key * links
      const kept: KeptEvent[] = []
      const places = new Map<number, number>()
      for (let event = pointers[ends === 0 ? own : own + 2]; event !== none; event = after(event)) {
        places.set(event, kept.length)
        kept.push({ at: timeOf(event), values: Array.from(records.subarray(event * stride + 2, (event + 1) * stride)) })
      }
      const standing = (event: number) => places.get(event) ?? kept.length
      return {
        cells: Array.from(cells.subarray(key * width, key * width + lastAt)), last: cells[key * width + lastAt], kept,
        waiting: standing(pointers[own]), first: windows.map((_, w) => standing(pointers[own + 2 + w])),
      }
    },
    /** A new key as it was saved. */
    restore(saved: { readonly cells: readonly number[]; readonly last: number; readonly kept: readonly KeptEvent[]; readonly waiting: number; readonly first: readonly number[] }): void {
      const key = insert()
      const own = key * links
      const ids: number[] = []
      for (const { at, values } of saved.kept) {
        // Nothing is settled before the pointers stand.
        append(key, -Infinity, values, 0)
        ids.push(pointers[own + 1])
        records[pointers[own + 1] * stride] = at
      }
      cells.set(saved.cells, key * width)
      cells[key * width + lastAt] = saved.last
      pointers[own] = ids[saved.waiting] ?? none
      saved.first.forEach((place, w) => { pointers[own + 2 + w] = ids[place] ?? none })
    },
    tallies,
  }
}

export type AggregateState = ReturnType<typeof aggregateState>
