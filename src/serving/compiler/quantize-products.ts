import { DataError } from '../../errors'
import { add, constant, matmul, multiply, quantizedMatmul, relu, type Tensor } from '../../tensor'
import { byteSteps } from './byte-steps'
import { mapGraph, readersOf, withInputs, type Outputs, type Rates } from './rows'

/** The numbers of some values of a graph for a sample of rows, by name. */
export type Sample = (values: Outputs) => Promise<ReadonlyMap<string, Float32Array>>

/** Products of fewer numbers than these are not worth the rounding. */
const smallest = 16

/**
 * Puts the products that are done for each candidate into bytes, where their right side is a constant matrix. The steps of
 * the left side, found on a sample, are folded into whatever made it, so that rounding is all that is left to do.
 *
 * @param outputs a graph whose constants are folded
 */
export async function quantizeProducts(outputs: Outputs, rates: Rates, sample: Sample): Promise<Outputs> {
  const found = new Map<Tensor, string>()
  mapGraph(outputs, (t) => {
    if (isWorthBytes(t, rates)) found.set(t, `product ${found.size}`)
    return t
  })
  if (found.size === 0) return outputs
  const values = await sample(new Map([...found].map(([t, name]) => [name, t.inputs[0]])))
  const readers = readersOf(outputs)
  const original = new Map<Tensor, Tensor>()
  const inSteps = scaling((t) => readers(original.get(t) ?? t) <= 1, rates)
  return mapGraph(outputs, (t, inputs) => {
    const name = found.get(t)
    const made = name === undefined ? withInputs(t, inputs) : inBytes(t, inputs[0], values.get(name)!, inSteps)
    original.set(made, t)
    return made
  })
}

function isWorthBytes(t: Tensor, rates: Rates): boolean {
  if (t.op !== 'matmul' || t.shape.length !== 2 || rates.of(t) !== 'pair' || t.attributes.transposeA || t.attributes.transposeB) return false
  const [k, n] = t.inputs[1].shape
  return t.inputs[1].op === 'constant' && (k as number) >= smallest && (n as number) >= smallest && (k as number) <= 65536
}

type Scale = (t: Tensor, by: Float32Array) => Tensor

function inBytes(t: Tensor, x: Tensor, sampled: Float32Array, inSteps: Scale): Tensor {
  const [, right] = t.inputs
  const [k, n] = right.shape as readonly number[]
  for (const values of [sampled, valuesOf(right)]) {
    const wrong = values.find((value: number) => !(Math.abs(value) < Infinity))
    if (wrong !== undefined) throw new DataError(`feedrank/compileRanker: expected the layers of the model to be finite on \`int8.sample\`, got ${wrong}; are its weights finite?`)
  }
  const { perValue, zeroPoint, weight, scales } = byteSteps(sampled, Float32Array.from(valuesOf(right)), k, n, !(x.op === 'relu' || x.op === 'sigmoid'))
  return quantizedMatmul(inSteps(x, perValue), constant(weight, [k, n], 'int32'), constant(scales, [n]), { zeroPoint })
}

/** `t ∘ by` along the last axis, for positive factors, without a multiplication for each candidate where that can be. */
const scaling = (readOnce: (t: Tensor) => boolean, rates: Rates): Scale => {
  const scale: Scale = (t, by) => {
    const n = by.length
    if (t.op === 'constant' && t.shape.at(-1) === n) return constant(Float32Array.from(valuesOf(t), (v, i) => v * by[i % n]), t.shape as readonly number[])
    if (rates.of(t) === 'pair' && readOnce(t)) {
      if (t.op === 'relu') return relu(scale(t.inputs[0], by))
      if (t.op === 'add' && t.inputs.every(({ shape }) => shape.at(-1) === n)) return add(scale(t.inputs[0], by), scale(t.inputs[1], by))
      if (t.op === 'matmul' && t.inputs[1].op === 'constant' && t.shape.length === 2 && !t.attributes.transposeB)
        return matmul(t.inputs[0], scale(t.inputs[1], by), { transposeA: t.attributes.transposeA })
      if (t.op === 'quantizedMatmul') return quantizedMatmul(t.inputs[0], t.inputs[1], scale(t.inputs[2], by), t.attributes)
    }
    // What depends on the item or the request alone is multiplied there.
    return multiply(t, constant(by))
  }
  return scale
}

function valuesOf(t: Tensor): readonly number[] | Float32Array | Int32Array {
  return t.op === 'constant' ? t.attributes.values : []
}
