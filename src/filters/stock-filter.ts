import { checkNumber } from '../errors'
import type { ComponentOptions, Filter } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { keepsUnknown } from './unknown'
import type { KeepOrDrop } from './unknown'

/** What {@link stockFilter} takes. */
export interface StockFilterOptions<Q, C> extends ComponentOptions<Q> {
  /** How many can be had, or whether any can. */
  readonly stock: (c: C) => number | boolean | undefined
  /** The fewest to show. @defaultValue 1 */
  readonly least?: number | undefined
  /** What to do with a candidate whose stock is not known. @defaultValue 'drop' */
  readonly unknown?: KeepOrDrop | undefined
}

/**
 * Holds back what is sold out.
 *
 * @throws ArgumentError when `stock` is no function, `least` no number above zero or `unknown` neither word.
 * @example
 * ```ts
 * import { fromList, MixerPipeline, stockFilter } from 'feedrank'
 *
 * const feed = MixerPipeline.for<object, { id: number; left: number }>({ name: 'shop' })
 *   .source(fromList('all', [{ id: 1, left: 0 }, { id: 2, left: 7 }]))
 *   .filter(stockFilter({ stock: (item) => item.left }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.id)) // [ 2 ]
 * ```
 */
export function stockFilter<Q, C>(options: StockFilterOptions<Q, C>): Filter<Q, C> {
  const settings = componentOptions('stockFilter', 'stock', options)
  const stock = checkFunction('stockFilter', 'stock', options.stock)
  const least = checkNumber('stockFilter', 'least', options.least ?? 1, { above: 0 })
  const unknown = keepsUnknown('stockFilter', options.unknown ?? 'drop')
  return {
    ...settings,
    keep: (_, cs) => cs.map((c) => {
      const left = stock(c)
      return typeof left === 'boolean' ? left : typeof left === 'number' && !Number.isNaN(left) ? left >= least : unknown
    }),
  }
}
