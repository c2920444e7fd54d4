import type { Benchmark, Variant } from './harness/benchmark'
import { clonePerStage, componentsAlone, feedrank, handWritten } from './pipeline/feeds'
import type { Feed } from './pipeline/workload'

const variant = (name: string, side: Variant['side'], feed: Feed, requests: number): Variant => ({
  name,
  side,
  threads: 1,
  start: () => ({
    async check() {
      const { ids, scores } = await feed()
      return { ids, scores }
    },
    async repeat() {
      const began = performance.now()
      for (let i = 0; i < requests; i++) await feed()
      return (performance.now() - began) / requests
    },
    close: () => {},
  }),
})

/** What the engine costs: 4 sources, 3 hydrators, 10 filters and 5 scorers over as many candidates as asked for. */
export const benchmark: Benchmark = {
  name: 'pipeline',
  question: 'what does the engine cost per request, beside its components alone, a hand-written loop and a clone of the candidates per stage?',
  unit: 'requests',
  options: { candidates: { value: 1500, about: 'distinct candidates' }, requests: { value: 40, about: 'requests in a repeat' } },
  unitsPerRepeat: () => 1,
  tolerance: { relative: 1e-12, absolute: 0 },
  variants: ({ candidates, requests }, threads) =>
    threads > 1
      ? [] // a request runs on one thread
      : [
          variant('feedrank', 'ours', feedrank(candidates, 1), requests),
          variant('components alone', 'peer', componentsAlone(candidates), requests),
          variant('hand-written loop', 'peer', handWritten(candidates), requests),
          variant('clone per stage', 'peer', clonePerStage(candidates), requests),
        ],
}
