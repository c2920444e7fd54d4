import type { Tensor } from '../../tensor'

/** Whose numbers a tensor's are: reshaping and stopping gradients change no number. */
export function storageOf(t: Tensor): Tensor {
  let at = t
  while (at.op === 'reshape' || at.op === 'stopGradient') at = at.inputs[0]
  return at
}

/** What is in memory before the first step: fed, or known once the sizes are. */
export const isSource = ({ op }: Tensor): boolean => op === 'input' || op === 'constant' || op === 'size'
