/*
 * Where the threads of a run meet: nobody passes before all have come. Three words of shared memory: how many have come,
 * how often all have, and whether the run is given up.
 */
const enum Meeting { Arrived = 0, Round = 4, GivenUp = 8 }

/** How often a thread looks before it goes to sleep: about as long as waking it takes. */
@inline const looks: i32 = 20_000

/** Nanoseconds of one sleep, after which the thread tells its caller, who may know of someone that will not come. */
@inline const sleep: i64 = 20_000_000

/** The round that this thread waits for the end of. */
let round: i32 = 0

/** Whether this thread may sleep; the main thread of a browser may not. */
let maySleep: bool = true

export function setMaySleep(may: bool): void {
  maySleep = may
}

/** Counts this thread in; true when it was the last and all may go on. */
export function arrive(meeting: usize, threads: i32): bool {
  round = atomic.load<i32>(meeting, Meeting.Round)
  if (atomic.add<i32>(meeting, 1, Meeting.Arrived) + 1 < threads) return false
  atomic.store<i32>(meeting, 0, Meeting.Arrived)
  atomic.add<i32>(meeting, 1, Meeting.Round)
  atomic.notify(meeting + Meeting.Round, -1)
  return true
}

/** Waits for the others; false when they have not come in a while, or the run is given up. */
export function wait(meeting: usize): bool {
  for (let i = 0; i < looks; i++) if (atomic.load<i32>(meeting, Meeting.Round) != round) return true
  if (atomic.load<i32>(meeting, Meeting.GivenUp) || !maySleep) return false
  atomic.wait<i32>(meeting + Meeting.Round, round, sleep)
  return atomic.load<i32>(meeting, Meeting.Round) != round
}
