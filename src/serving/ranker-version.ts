import type { Model } from '../models'

/** 32 hexadecimal digits that change with any number of a model, its spec or its shape, and with those it was compiled to. */
export function rankerVersion(model: Model, heads: readonly string[], layout: unknown, constants: readonly Float32Array[] = []): string {
  const state = Uint32Array.of(0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f)
  const text = JSON.stringify([model.kind, model.spec.hash, heads, layout])
  for (let i = 0; i < text.length; i++) state[i & 3] = mix(state[i & 3], text.charCodeAt(i))
  const arrays = [...model.weights.trained.values(), ...model.weights.statistics.values(), ...model.tables.values()].map(({ values }) => values)
  for (const values of [...arrays, ...constants]) add(state, values)
  return [...state].map((word) => word.toString(16).padStart(8, '0')).join('')
}

/** Four lanes, each over every fourth number. */
function add(state: Uint32Array, values: Float32Array): void {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length)
  let [a, b, c, d] = state
  let i = 0
  for (; i + 3 < bits.length; i += 4) {
    a = mix(a, bits[i])
    b = mix(b, bits[i + 1])
    c = mix(c, bits[i + 2])
    d = mix(d, bits[i + 3])
  }
  for (; i < bits.length; i++) a = mix(a, bits[i])
  state.set([mix(a, bits.length), b, c, d])
}

const mix = (h: number, word: number): number => {
  const k = Math.imul(h ^ Math.imul(word, 0xcc9e2d51), 0x1b873593)
  return k ^ (k >>> 15)
}
