import { BackendError, DataError } from '../../errors'
import type { Program } from '../../tensor'
import type { Bindings } from '../../tensor/shape'
import type { Executable, Feeds, NumericArray, OutputBuffers, Outputs } from '../backend'
import { bindFeeds, planFeeds } from '../feeds'
import { outputArray } from '../outputs'
import { createConstants } from './constants'
import type { Kernels } from './instance'
import { planRun, type Plan } from './plan'
import { stagesOf } from './stages'
import type { Team } from './team'
import { viewsOf } from './views'

/** Plans kept per executable; a training loop meets two sizes (full and last batch), serving the powers of two up to 1,024. */
const keptPlans = 8

const none: ReadonlyMap<string, number> = new Map()

/** `team`, if there is one, has been joined already; the executable leaves it. */
export function wasmExecutable(program: Program, kernels: Kernels, team?: Team): Executable {
  const feedPlan = planFeeds(program)
  const stages = stagesOf(program)
  const plans = new Map<string, Plan>()
  const constants = createConstants(kernels.heap)
  let disposed = false

  const planFor = (bindings: Bindings, lying: ReadonlyMap<string, number>): Plan => {
    const sizes = [...bindings].map(([name, size]) => `${name}=${size}`).sort().join()
    const key = lying.size === 0 ? sizes : `${sizes} ${JSON.stringify([...lying.keys()])}`
    let plan = plans.get(key)
    if (plan) plans.delete(key)
    else {
      // The oldest goes first, so that its place may be taken by the new one.
      if (plans.size === keptPlans) dropOldest()
      plan = planRun(program, stages, bindings, kernels, constants, new Set(lying.keys()), team)
    }
    plans.set(key, plan)
    return plan
  }
  const dropOldest = () => {
    const [key, plan] = plans.entries().next().value!
    plan.release()
    plans.delete(key)
  }

  const lies = (array: NumericArray | null): boolean => array?.buffer === kernels.heap.memory.buffer
  const anyLies = (arrays: OutputBuffers): boolean => {
    for (const name in arrays) if (lies(arrays[name])) return true
    return false
  }
  const addressesOf = (values: ReadonlyMap<string, NumericArray>): ReadonlyMap<string, number> => {
    let found: Map<string, number> | undefined
    for (const [name, array] of values) if (lies(array)) (found ??= new Map()).set(name, array.byteOffset)
    return found ?? none
  }
  /** The arrays to write into, made anew where memory has grown under them. */
  const arraysKept = (into: OutputBuffers | undefined): (() => OutputBuffers | undefined) => {
    if (!into || !anyLies(into)) return () => into
    const views = Object.entries(into).map(([name, array]) => {
      if (!lies(array)) return [name, () => array] as const
      const { byteOffset, length } = array
      return [name, viewsOf(kernels.heap)(array instanceof Float32Array ? 'float32' : 'int32', () => byteOffset, length)] as const
    })
    return () => Object.fromEntries(views.map(([name, view]) => [name, view()]))
  }

  let running = 0
  const release = () => {
    for (const plan of plans.values()) plan.release()
    plans.clear()
    constants.release()
    team?.leave()
  }

  return {
    async run(feeds: Feeds, into?: OutputBuffers): Promise<Outputs> {
      if (disposed) throw new BackendError('feedrank/run: this executable was disposed; compile the program again')
      const { values, bindings } = bindFeeds(feedPlan, feeds)
      // Addresses outlive the arrays, which a memory that grows takes away.
      const lying = addressesOf(values)
      const targets = arraysKept(into)
      const fed = (): Plan => {
        const plan = planFor(bindings, lying)
        for (const { name, pointTo } of plan.inPlace) pointTo(lying.get(name)!)
        for (const { name, view } of plan.inputs) view().set(values.get(name)!)
        return plan
      }
      const results = (plan: Plan, failed: number): Outputs => {
        if (failed !== 0) throw outsideTable(plan, failed, kernels.failedPosition())
        // All is copied out at the end, so an output may be written over a feed.
        return Object.fromEntries(plan.outputs.map(({ name, tensor, shape, view }) => {
          const data = outputArray(name, tensor, shape, targets())
          data.set(view())
          return [name, { data, shape }]
        }))
      }
      if (!team) {
        const plan = fed()
        const [{ start, end }] = plan.parts
        return results(plan, kernels.run(start, end))
      }
      running++
      try {
        return await team.run(fed, results)
      } finally {
        // Who disposed in the meantime left the rest to the last run.
        if (--running === 0 && disposed) release()
      }
    },
    dispose() {
      if (disposed) return
      disposed = true
      if (running === 0) release()
    },
  }
}

function outsideTable(plan: Plan, step: number, position: number): DataError {
  const { op, rows, indices } = plan.nodeAt(step)!
  return new DataError(`feedrank/${op}: expected indices in [0, ${rows}), got ${indices()[position]} at position ${position}`)
}
