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
  const { statistics, windows, cells: width, delay, columns } = plan
  const depth = columns.length
  const ends = windows.length
  const ofWindow = windows.map((_, w) => statistics.filter((statistic) => statistic.window === w))
  // How often each value of a key is in a window: by statistic, then by key and value.
  const tallies = new Map(statistics.filter(({ kind }) => kind === 'distinct').map((statistic) => [statistic, new Map<number, number>()]))

  let size = 0
  let cells = new Float64Array(64 * width)
  let last = new Float64Array(64)
  // Per key: the first event that is not counted yet, the last of all, and the first that is still in each window.
  let waiting = new Int32Array(64)
  let tail = new Int32Array(64)
  let first = new Int32Array(64 * ends)
  let times = new Float64Array(256)
  let following = new Int32Array(256)
  let values = new Float64Array(256 * depth)
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
    const value = statistic.column < 0 ? 1 : values[event * depth + statistic.column]
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
        const time = times[event]
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

  /** Lets the numbers of a key catch up with `newest`. */
  function settle(key: number, newest: number): void {
    const start = key * width
    for (let event = waiting[key]; event !== none && times[event] < newest - delay; event = waiting[key]) {
      for (let s = 0; s < statistics.length; s++) apply(statistics[s], cells, start, event, 1, key, undefined)
      last[key] = times[event]
      waiting[key] = following[event]
      if (ends === 0) release(event)
    }
    for (let w = ends - 1; w >= 0; w--) {
      const pointer = key * ends + w
      for (let event = first[pointer]; event !== waiting[key] && times[event] < newest - windows[w]; event = first[pointer]) {
        for (const statistic of ofWindow[w]) apply(statistic, cells, start, event, -1, key, undefined)
        first[pointer] = following[event]
        // The first window is the longest: what has left it has left all.
        if (w === 0) release(event)
      }
    }
    if (waiting[key] === none && (ends === 0 || first[key * ends] === none)) tail[key] = none
  }

  function release(event: number): void {
    following[event] = free
    free = event
  }

  function insert(): number {
    if (size === last.length) {
      cells = longer(cells, 2 * size * width)
      waiting = longer(waiting, 2 * size)
      tail = longer(tail, 2 * size)
      first = longer(first, 2 * size * ends)
      last = longer(last, 2 * size)
    }
    last[size] = NaN
    waiting[size] = tail[size] = none
    first.fill(none, size * ends, (size + 1) * ends)
    return size++
  }

  function append(key: number, time: number, from: ArrayLike<number>, at: number): void {
    settle(key, time)
    let event = free
    if (event !== none) free = following[event]
    else {
      event = events++
      if (event === times.length) {
        times = longer(times, 2 * event)
        following = longer(following, 2 * event)
        values = longer(values, 2 * event * depth)
      }
    }
    times[event] = time
    following[event] = none
    for (let c = 0; c < depth; c++) values[event * depth + c] = from[at + c]
    if (tail[key] !== none) following[tail[key]] = event
    tail[key] = event
    if (waiting[key] === none) waiting[key] = event
    for (let w = 0; w < ends; w++) if (first[key * ends + w] === none) first[key * ends + w] = event
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
      answer.cells = cells
      answer.start = key * width
      answer.last = last[key]
      if (now === newest) return answer
      let ahead = waiting[key] !== none && times[waiting[key]] < now - delay
      for (let w = 0; w < ends && !ahead; w++) {
        const event = first[key * ends + w]
        ahead = event !== waiting[key] && times[event] < now - windows[w]
      }
      if (!ahead) return answer
      // Events between the newest and now: the numbers as they will be then, without moving on.
      scratch.set(cells.subarray(key * width, (key + 1) * width))
      const tried = new Map<string, number>()
      let event = waiting[key]
      for (; event !== none && times[event] < now - delay; event = following[event]) {
        for (let s = 0; s < statistics.length; s++) apply(statistics[s], scratch, 0, event, 1, key, tried)
        answer.last = times[event]
      }
      for (let w = 0; w < ends; w++)
        for (let gone = first[key * ends + w]; gone !== event && times[gone] < now - windows[w]; gone = following[gone])
          for (const statistic of ofWindow[w]) apply(statistic, scratch, 0, gone, -1, key, tried)
      answer.cells = scratch
      answer.start = 0
      return answer
    },
    /** The time of the last event of a key, counted or not. */
    lastOf: (key: number): number => (tail[key] === none ? last[key] : times[tail[key]]),
    /** What a key needs to be written down: its cells, its last time, the events kept, and where each pointer stands among them. */
    save(key: number) {
      const kept: KeptEvent[] = []
      const places = new Map<number, number>()
      for (let event = ends === 0 ? waiting[key] : first[key * ends]; event !== none; event = following[event]) {
        places.set(event, kept.length)
        kept.push({ at: times[event], values: Array.from(values.subarray(event * depth, (event + 1) * depth)) })
      }
      const standing = (event: number) => places.get(event) ?? kept.length
      return {
        cells: Array.from(cells.subarray(key * width, (key + 1) * width)), last: last[key], kept,
        waiting: standing(waiting[key]), first: windows.map((_, w) => standing(first[key * ends + w])),
      }
    },
    /** A new key as it was saved. */
    restore(saved: { readonly cells: readonly number[]; readonly last: number; readonly kept: readonly KeptEvent[]; readonly waiting: number; readonly first: readonly number[] }): void {
      const key = insert()
      const ids: number[] = []
      for (const { at, values: said } of saved.kept) {
        // Nothing is settled before the pointers stand.
        append(key, -Infinity, said, 0)
        times[tail[key]] = at
        ids.push(tail[key])
      }
      cells.set(saved.cells, key * width)
      last[key] = saved.last
      waiting[key] = ids[saved.waiting] ?? none
      saved.first.forEach((place, w) => { first[key * ends + w] = ids[place] ?? none })
    },
    tallies,
  }
}

export type AggregateState = ReturnType<typeof aggregateState>
