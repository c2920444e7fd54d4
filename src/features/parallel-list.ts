import type { Cells, Lists } from './cells'
import { badCell, listsOf } from './cells'

/**
 * The elements of a column of lists that goes with another: one for each element of `lists`, in their order.
 *
 * @throws DataError where a list is not as long as the one it goes with
 */
export function parallelElements(cells: Cells, lists: Lists, optional: boolean): Cells {
  const { offsets, elements } = listsOf(cells, optional, 'an array of numbers')
  for (let cell = 0; cell < cells.length; cell++) {
    const size = lists.offsets[cell + 1] - lists.offsets[cell]
    const got = offsets[cell + 1] - offsets[cell]
    if (got !== size) throw badCell(cells, cell, `an array of ${size}, one for each element of \`${lists.elements.name}\``, Array.from({ length: got }))
  }
  return elements
}
