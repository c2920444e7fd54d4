import { BackendError } from '../../errors'
import type { Program } from '../../tensor'
import type { Bindings } from '../../tensor/shape'
import type { Backend, Executable, Feeds, OutputBuffers, Outputs } from '../backend'
import { bindFeeds, planFeeds } from '../feeds'
import { outputArray } from '../outputs'
import { planRun, type Plan } from './plan'

/** Plans kept per executable; a training loop meets two sizes (full and last batch), serving the powers of two up to 1,024. */
const keptPlans = 8

/**
 * The reference backend: plain JavaScript over typed arrays, one kernel an operation, no dependencies.
 *
 * Values are float32; sums inside an operation are taken in double precision. Every other backend is tested against it.
 */
export function javascriptBackend(): Backend {
  return { name: 'javascript', device: 'cpu', compile: async (program) => executable(program) }
}

function executable(program: Program): Executable {
  const feedPlan = planFeeds(program)
  const plans = new Map<string, Plan>()
  let disposed = false

  const planFor = (bindings: Bindings): Plan => {
    const key = [...bindings].map(([name, size]) => `${name}=${size}`).sort().join()
    const plan = plans.get(key) ?? planRun(program, bindings)
    plans.delete(key)
    plans.set(key, plan)
    if (plans.size > keptPlans) plans.delete(plans.keys().next().value!)
    return plan
  }

  return {
    async run(feeds: Feeds, into?: OutputBuffers): Promise<Outputs> {
      if (disposed) throw new BackendError('feedrank/run: this executable was disposed; compile the program again')
      const { values, bindings } = bindFeeds(feedPlan, feeds)
      const { steps, arrays, inputs, outputs } = planFor(bindings)
      for (const { name, place } of inputs) arrays[place] = values.get(name)!
      for (const { kernel, inputs, out } of steps) kernel(inputs.map((i) => arrays[i]), arrays[out])
      // A feed that is an output as well is read before the caller's arrays are written, which may hold it.
      const found = outputs.map(({ tensor, place }) => (into && tensor.op === 'input' ? arrays[place].slice() : arrays[place]))
      return Object.fromEntries(outputs.map(({ name, tensor, shape }, i) => {
        const data = outputArray(name, tensor, shape, into)
        data.set(found[i])
        return [name, { data, shape }]
      }))
    },
    dispose() {
      disposed = true
      plans.clear()
    },
  }
}
