import type { Program } from './program'
import { showShape } from './shape'
import type { Tensor } from './tensor'

/**
 * A program as text, one line a node: what a model computes, to be read.
 *
 * @example
 * ```ts
 * import { input, printProgram, program, relu } from 'feedrank'
 *
 * console.log(printProgram(program({ y: relu(input('x', ['batch', 4])) })))
 * // %0 = input 'x' : [batch, 4]
 * // %1 = relu(%0) : [batch, 4]
 * // y = %1
 * ```
 */
export function printProgram({ nodes, outputs }: Program): string {
  const place = new Map(nodes.map((t, i) => [t, `%${i}`]))
  const lines = nodes.map((t) => {
    const type = `${showShape(t.shape)}${t.dtype === 'float32' ? '' : ` ${t.dtype}`}`
    return `${place.get(t)} = ${expression(t, (i) => place.get(i)!)} : ${type}`
  })
  return [...lines, ...[...outputs].map(([name, t]) => `${name} = ${place.get(t)}`)].join('\n')
}

function expression(t: Tensor, at: (t: Tensor) => string): string {
  if (t.op === 'input') return `input '${t.attributes.name}'`
  if (t.op === 'constant') return `constant ${t.attributes.values.length > 4 ? `(${t.attributes.values.length} numbers)` : Array.from(t.attributes.values).join(' ')}`
  const attributes = Object.entries(t.attributes).flatMap(([key, value]) => (value === false ? [] : value === true ? [key] : [`${key}=${JSON.stringify(value)}`]))
  return `${t.op}(${[...t.inputs.map(at), ...attributes].join(', ')})`
}
