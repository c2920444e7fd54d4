/*
 * The kernels behind `fit`: what a step of training does outside the graph. src/training gives every array its place.
 *
 * Nothing here allocates. Addresses and strides are in bytes, sizes in elements.
 */
export { collectBags, collectRows, squaresOfRows } from './collect'
export { adam, momentum, sgd, squaresOf } from './dense'
export { gatherBags, gatherRows } from './gather'
export { lazyAdam, rowAdagrad, rowSgd } from './rows'

/** Where memory that the kernels do not use themselves begins. */
export function heapBase(): usize {
  return __heap_base
}
