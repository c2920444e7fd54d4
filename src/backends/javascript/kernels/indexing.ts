import { DataError } from '../../../errors'
import { elements } from '../../../tensor/shape'
import type { Kernel, Sizes } from './kernel'

/** Copies (gather) or adds (segment sum) whole rows; an index computed inside the graph is checked here. */
export const indexingKernels = {
  gather: (_: unknown, { inputs: [table] }: Sizes): Kernel => {
    const width = elements(table.slice(1))
    return ([rows, indices], out) => {
      for (let i = 0, o = 0; i < indices.length; i++) {
        const end = o + width
        for (let from = rowOf('gather', indices[i], table[0]) * width; o < end; o++, from++) out[o] = rows[from]
      }
    }
  },

  segmentSum: (_: unknown, { out: to }: Sizes): Kernel => {
    const width = elements(to.slice(1))
    const totals = new Float64Array(elements(to))
    return ([values, indices], out) => {
      totals.fill(0)
      for (let i = 0, from = 0; i < indices.length; i++) {
        const end = from + width
        for (let o = rowOf('segmentSum', indices[i], to[0]) * width; from < end; o++, from++) totals[o] += values[from]
      }
      out.set(totals)
    }
  },
}

function rowOf(op: string, index: number, rows: number): number {
  if (index >= 0 && index < rows) return index
  throw new DataError(`feedrank/${op}: expected indices in [0, ${rows}), got ${index}`)
}
