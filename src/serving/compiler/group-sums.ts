import { add, type InputRate, type Tensor } from '../../tensor'
import { sameShape } from '../../tensor/shape'
import { mapGraph, readersOf, withInputs, type Outputs, type Rates } from './rows'
import { sumOf, summands, type Summand } from './summands'

/**
 * Adds up what is of one rate first: `p₁ + i₁ + p₂ + r₁ + c = (p₁ + p₂) + i₁ + (r₁ + c)`, so that each part is one sum
 * worked out at its own rate, and an item keeps one row for all its terms.
 */
export const groupSums = (outputs: Outputs, rates: Rates): Outputs => {
  const readers = readersOf(outputs)
  const isSum = ({ op }: Tensor) => op === 'add' || op === 'subtract'
  const original = new Map<Tensor, Tensor>()
  return mapGraph(outputs, (t, inputs) => {
    const same = withInputs(t, inputs)
    if (!isSum(t)) return same
    const made = regrouped(same, (x) => readers(original.get(x) ?? x) <= 1, rates)
    original.set(made, t)
    return made
  })
}

/** Constants join what is worked out least often. */
const order: readonly InputRate[] = ['pair', 'item', 'request', 'constant']

function regrouped(sum: Tensor, readOnce: (t: Tensor) => boolean, rates: Rates): Tensor {
  const parts = summands(sum, readOnce)
  const of = (rate: InputRate) => parts.filter(({ t }) => rates.of(t) === rate)
  const groups = order.map(of).filter((group) => group.length > 0)
  if (groups.length < 2 || parts.length < 3) return sum
  const [constants] = groups.slice(-1)
  const joined = rates.of(constants[0].t) === 'constant' && groups.length > 1 ? [...groups.slice(0, -2), withConstants(groups.at(-2)!, constants)] : groups
  const sums = joined.map(sumOf)
  const whole = sums.reduce((a, b) => add(a, b))
  return sameShape(whole.shape, sum.shape) ? whole : sum
}

/** The constants as one term, last. */
const withConstants = (group: readonly Summand[], constants: readonly Summand[]): Summand[] => [...group, { t: sumOf(constants), minus: false }]
