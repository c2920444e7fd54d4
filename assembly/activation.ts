import { sigmoid4, tanh4 } from './math'

/** What happens to a sum once it is complete. */
export const enum Activation { None = 0, Relu = 1, Sigmoid = 2, Tanh = 3 }

@inline export function finish(x: v128, activation: u32): v128 {
  if (activation == Activation.None) return x
  if (activation == Activation.Relu) return f32x4.pmax(x, f32x4.splat(0))
  return activation == Activation.Sigmoid ? sigmoid4(x) : tanh4(x)
}
