import { describe, expect, it } from 'vitest'
import { MixerPipeline } from '../../src/pipeline'
import { takeTurns } from '../../src/pipeline/turns'
import { fromFunction } from '../../src/sources'
import { functionScorer } from '../../src/scorers'

const loopTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('turns', () => {
  it('keep nobody waiting before a turn is over', () => {
    let now = 0
    const turns = takeTurns(() => now)
    for (; now < 5; now += 0.5) expect(turns(now)).toBeUndefined()
    expect(turns(now)).toBeInstanceOf(Promise)
  })

  it('begin anew when the loop has come round', async () => {
    let now = 0
    const turns = takeTurns(() => now)
    expect(turns(0)).toBeUndefined()
    now = 100
    await loopTurn()
    expect(turns(0)).toBeUndefined()
  })

  it('go to one request at a time, the one that began first, and it goes on before those that came later', async () => {
    let now = 0
    const turns = takeTurns(() => now)
    turns(0)
    now = 100
    const order: number[] = []
    for (const startedAt of [30, 10, 20, 10]) void turns(startedAt)?.then(() => order.push(startedAt))
    expect(order).toEqual([])
    await loopTurn()
    expect(order).toEqual([10])
    // Its next step does not wait; one of a request that began after those that wait does.
    expect(turns(10)).toBeUndefined()
    void turns(25)?.then(() => order.push(25))
    for (let i = 0; i < 5; i++) await loopTurn()
    expect(order).toEqual([10, 10, 20, 25, 30])
    expect(turns(40)).toBeUndefined()
  })
})

describe('a pipeline under load', () => {
  const burning = () => {
    let now = 0
    const feed = MixerPipeline.for<{ user: number }, { id: number }>({ name: 'feed', stopwatch: () => now })
      .source(fromFunction('numbers', ({ user }: { user: number }) => {
        now += 3
        return Array.from({ length: 20 }, (_, i) => ({ id: (i * 7 + user) % 23 }))
      }))
      .score(functionScorer('own', ({ id }) => {
        now += 0.1
        return id
      }))
      .build()
    return { feed, now: () => now }
  }

  it('leaves the event loop its turns between requests that come at once, and answers each as it would alone', async () => {
    const { feed, now } = burning()
    let [longest, before, going] = [0, 0, true]
    const turn = () => {
      longest = Math.max(longest, now() - before)
      before = now()
      if (going) setImmediate(turn)
    }
    setImmediate(turn)
    const pages = await Promise.all(Array.from({ length: 30 }, (_, user) => feed.run({ user })))
    going = false
    turn()
    // A step may begin just before a turn of 5 ms is over, and the longest takes 3.
    expect(longest).toBeLessThanOrEqual(8)
    for (const [user, { selected }] of pages.entries())
      expect(selected.map(({ id }) => id)).toEqual((await burning().feed.run({ user })).selected.map(({ id }) => id))
  })

  it('ends a request that is cancelled while it waits for its turn', async () => {
    const { feed } = burning()
    const stop = new AbortController()
    const first = Array.from({ length: 4 }, (_, user) => feed.run({ user }))
    const last = feed.run({ user: 9 }, { signal: stop.signal })
    stop.abort(new Error('gone'))
    await expect(last).rejects.toThrow('gone')
    expect((await Promise.all(first)).map(({ selected }) => selected.length)).toEqual([20, 20, 20, 20])
  })
})
