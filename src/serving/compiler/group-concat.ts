import { concat, type Tensor } from '../../tensor'
import { mapGraph, withInputs, type Outputs, type Rates } from './rows'

/** Joins neighbours of one rate before what changes with the pair: `[r₁, r₂, i₁, i₂, p] = [[r₁, r₂], [i₁, i₂], p]`. */
export const groupConcat = (outputs: Outputs, rates: Rates): Outputs =>
  mapGraph(outputs, (t, inputs) => {
    if (t.op !== 'concat') return withInputs(t, inputs)
    const flat = inputs.flatMap((part) => (part.op === 'concat' && part.attributes.axis === t.attributes.axis ? part.inputs : [part]))
    const runs: Tensor[][] = []
    for (const part of flat) {
      const last = runs.at(-1)
      if (last !== undefined && rates.of(last[0]) === rates.of(part)) last.push(part)
      else runs.push([part])
    }
    return concat(runs.length === 1 ? runs[0] : runs.flatMap((run) => (rates.of(run[0]) === 'pair' ? run : [concat(run, t.attributes.axis)])), t.attributes.axis)
  })
