import type { Feeds } from '../../backends'
import { program } from '../../tensor'
import { dropTraining } from './drop-training'
import { foldConstants } from './fold-constants'
import { foldScales } from './fold-scales'
import { groupConcat } from './group-concat'
import { groupSums } from './group-sums'
import { partition, type Partition } from './partition'
import { planOf, type ServingPlan } from './plan'
import { pushConcat } from './push-concat'
import { quantizeProducts, type Sample } from './quantize-products'
import { ratesOf, type Outputs } from './rows'
import { splitProducts } from './split-products'

/** A graph made ready for serving. */
export interface CompiledGraph {
  /** The whole graph as rewritten, over the same rows as before: equal to the plain one up to rounding. */
  readonly whole: Outputs
  readonly parts: Partition
  readonly plan: ServingPlan
}

/** The passes in their order; each gives a graph that computes the same. */
const passes = [dropTraining, pushConcat, foldScales, splitProducts, groupSums, groupConcat] as const

/**
 * Rewrites a graph so that what depends on the request alone, the item alone, or nothing is worked out ahead.
 *
 * @param axis the axis along which rows lie, first in every input that is not constant
 * @param weights the numbers of inputs of rate `constant`
 * @param sample for products in bytes: the numbers that values take on some rows
 */
export async function compileGraph(outputs: Outputs, axis: string, weights: Feeds, sample?: Sample): Promise<CompiledGraph> {
  const plain = program(outputs).outputs
  const rewritten = passes.reduce<Outputs>((graph, pass) => program(pass(graph, ratesOf(graph, axis))).outputs, plain)
  const exact = program(await foldConstants(rewritten, weights)).outputs
  const whole = sample === undefined ? exact : program(await quantizeProducts(exact, ratesOf(exact, axis), sample)).outputs
  const rates = ratesOf(whole, axis)
  const parts = partition(whole, rates, axis)
  return { whole, parts, plan: planOf(plain, whole, rates, parts.columns) }
}
