import { BackendError, DataError } from '../../errors'
import type { Program } from '../../tensor'
import type { Bindings } from '../../tensor/shape'
import type { Executable, Feeds, OutputBuffers, Outputs } from '../backend'
import { bindFeeds, planFeeds } from '../feeds'
import { outputArray } from '../outputs'
import type { Kernels } from './instance'
import { planRun, type Plan } from './plan'
import { stagesOf } from './stages'

/** Plans kept per executable; a training loop meets two sizes (full and last batch), serving a handful. */
const keptPlans = 4

export function wasmExecutable(program: Program, kernels: Kernels): Executable {
  const feedPlan = planFeeds(program)
  const stages = stagesOf(program)
  const plans = new Map<string, Plan>()
  let disposed = false

  const planFor = (bindings: Bindings): Plan => {
    const key = [...bindings].map(([name, size]) => `${name}=${size}`).sort().join()
    let plan = plans.get(key)
    if (plan) plans.delete(key)
    else {
      // The oldest goes first, so that its place may be taken by the new one.
      if (plans.size === keptPlans) dropOldest()
      plan = planRun(program, stages, bindings, kernels.heap, kernels.matmulScratch)
    }
    plans.set(key, plan)
    return plan
  }
  const dropOldest = () => {
    const [key, plan] = plans.entries().next().value!
    plan.release()
    plans.delete(key)
  }

  return {
    async run(feeds: Feeds, into?: OutputBuffers): Promise<Outputs> {
      if (disposed) throw new BackendError('feedrank/run: this executable was disposed; compile the program again')
      const { values, bindings } = bindFeeds(feedPlan, feeds)
      const plan = planFor(bindings)
      for (const { name, view } of plan.inputs) view().set(values.get(name)!)
      const failed = kernels.run(plan.start, plan.end)
      if (failed !== 0) throw outsideTable(plan, failed, kernels.failedPosition())
      // All is copied out at the end, so an output may be written over a feed.
      return Object.fromEntries(plan.outputs.map(({ name, tensor, shape, view }) => {
        const data = outputArray(name, tensor, shape, into)
        data.set(view())
        return [name, { data, shape }]
      }))
    },
    dispose() {
      disposed = true
      for (const plan of plans.values()) plan.release()
      plans.clear()
    },
  }
}

function outsideTable(plan: Plan, step: number, position: number): DataError {
  const { op, rows, indices } = plan.nodeAt(step)!
  return new DataError(`feedrank/${op}: expected indices in [0, ${rows}), got ${indices()[position]} at position ${position}`)
}
