import { ArgumentError, checkInteger, expected } from '../errors'
import type { ComponentOptions, RunContext, Selector } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { selectAmong } from './subset'
import { topK } from './top-k'

/** Places on the page that are kept for some candidates. */
export interface Slot<C> {
  /** 0-based places, in the order in which they are filled. */
  readonly positions: readonly number[]
  /** Which candidates they are kept for. The first slot that a candidate fits has it. */
  readonly fits: (c: C, sources: readonly string[]) => boolean
}

/** What {@link fixedSlots} takes. */
export interface FixedSlotsOptions<Q, C> extends ComponentOptions<Q> {
  readonly slots: readonly Slot<C>[]
  /** Fills the places around the slots, from the candidates that fit none. @defaultValue the best */
  readonly around?: Selector<Q, C> | undefined
}

/**
 * Puts candidates of a kind at fixed places: an ad third and tenth, a prompt at the top.
 *
 * What fits a slot is shown in that slot's places and nowhere else. A slot that nothing fits is closed up: what comes
 * after moves forward. The page ends where the candidates around the slots do.
 *
 * @throws ArgumentError when `slots` is no list, `positions` no list of non-negative integers, a place is named twice, or `fits` no function.
 * @example
 * ```ts
 * import { fixedSlots, fromList, MixerPipeline } from 'feedrank'
 *
 * const feed = MixerPipeline.for<object, { id: string }>({ name: 'feed', limit: 4 })
 *   .source(fromList('all', [{ id: 'ad 1' }, { id: 'ad 2' }, { id: 'a' }, { id: 'b' }, { id: 'c' }]))
 *   .select(fixedSlots({ slots: [{ positions: [1], fits: (item) => item.id.startsWith('ad') }] }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.id)) // [ 'a', 'ad 1', 'b', 'c' ]
 * ```
 */
export function fixedSlots<Q, C>(options: FixedSlotsOptions<Q, C>): Selector<Q, C> {
  const where = 'fixedSlots'
  const settings = componentOptions(where, 'fixed slots', options)
  const { slots, around = topK<Q>() } = options
  if (!Array.isArray(slots)) throw new ArgumentError(expected(where, 'slots', 'a list of slots', slots))
  const slotAt = new Map<number, number>()
  slots.forEach(({ positions, fits }: Slot<C>, s) => {
    checkFunction(where, `slots[${s}].fits`, fits)
    if (!Array.isArray(positions)) throw new ArgumentError(expected(where, `slots[${s}].positions`, 'a list of places', positions))
    for (const position of positions) {
      checkInteger(where, `slots[${s}].positions`, position, 0)
      if (slotAt.has(position)) throw new ArgumentError(`feedrank/${where}: expected every place to be kept once, got ${position} twice`)
      slotAt.set(position, s)
    }
  })
  return {
    ...settings,
    select(q, cs, scores, limit, ctx: RunContext) {
      const queues = slots.map((): number[] => [])
      const others: number[] = []
      cs.forEach((c, i) => {
        const s = slots.findIndex(({ fits }) => fits(c, ctx.sources(i)))
        ;(s < 0 ? others : queues[s]).push(i)
      })
      const plain = selectAmong(around, others, q, cs, scores, limit, ctx)
      const page: number[] = []
      let next = 0
      for (let place = 0; page.length < limit && place < limit + slotAt.size; place++) {
        const slot = slotAt.get(place)
        const kept = slot === undefined ? undefined : queues[slot].shift()
        if (kept !== undefined) page.push(kept)
        else if (next < plain.length) page.push(plain[next++])
        else if (slot === undefined) break
      }
      return page
    },
  }
}
