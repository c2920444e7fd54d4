import { add, negate, subtract, type Tensor } from '../../tensor'

/** One term of a sum. */
export interface Summand {
  readonly t: Tensor
  /** Whether it is taken away. */
  readonly minus: boolean
}

/** The terms of a chain of sums that nothing else reads, in order. */
export function summands(sum: Tensor, readOnce: (t: Tensor) => boolean): Summand[] {
  const found: Summand[] = []
  const pending: Summand[] = [{ t: sum, minus: false }]
  while (pending.length > 0) {
    const { t, minus } = pending.pop()!
    if ((t.op === 'add' || t.op === 'subtract') && (t === sum || readOnce(t)))
      pending.push({ t: t.inputs[1], minus: t.op === 'subtract' ? !minus : minus }, { t: t.inputs[0], minus })
    else found.push({ t, minus })
  }
  return found
}

/** The sum of some terms; where all are taken away, the first is negated. */
export function sumOf(parts: readonly Summand[]): Tensor {
  const first = parts.find(({ minus }) => !minus) ?? parts[0]
  return parts.filter((part) => part !== first)
    .reduce((sum, { t, minus }) => (minus ? subtract(sum, t) : add(sum, t)), first.minus ? negate(first.t) : first.t)
}
