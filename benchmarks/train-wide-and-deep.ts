import type { Benchmark } from './harness/benchmark'
import { pythonPeer } from './harness/python-peer'

const torch = (mode: 'sparse' | 'dense', threads: number, options: Readonly<Record<string, number>>) =>
  pythonPeer({ name: `torch-${mode}`, threads, script: 'train_wide_and_deep.py', mode, options })

/** Training steps of the seed model (`workloads/wide-and-deep.ts`): forward, backward, and the update of every weight touched. */
export const benchmark: Benchmark = {
  name: 'train-wide-and-deep',
  question: 'how fast does the seed model train, 160,000 embedding rows and four crosses, beside PyTorch?',
  unit: 'examples',
  options: {
    batch: { value: 1024, about: 'examples in a step' },
    steps: { value: 10, about: 'steps in a repeat' },
  },
  unitsPerRepeat: ({ batch, steps }) => batch * steps,
  tolerance: { relative: 1e-3, absolute: 1e-6 },
  variants: (options, threads) => [torch('sparse', threads, options), torch('dense', threads, options)],
}
