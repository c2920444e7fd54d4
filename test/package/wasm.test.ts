import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Consumer } from './consumer'
import { consumer } from './consumer'

let project: Consumer
beforeAll(() => {
  project = consumer()
})
afterAll(() => project.dispose())

/** Loads the package with a trap where base64 is decoded, then multiplies once. */
const program = (load: string) => `
const { atob } = globalThis
let loaded = false
globalThis.atob = (text) => { if (!loaded) throw new Error('decoded on import'); return atob(text) }
;(async () => {
  const { loadBackend, input, multiply, program } = ${load}
  loaded = true
  const backend = await loadBackend('wasm')
  const executable = await backend.compile(program({ y: multiply(input('x', ['n']), 2) }))
  const { y } = await executable.run({ x: Float32Array.of(1, 2, 3) })
  console.log(backend.name, [...y.data].join())
})()
`

describe('the wasm backend of the package', () => {
  it('loads lazily and runs, from a module and from CommonJS', () => {
    project.write('wasm.mjs', program(`await import('feedrank')`))
    project.write('wasm.cjs', program(`require('feedrank')`))
    expect(project.node('wasm.mjs').trim()).toBe('wasm 2,4,6')
    expect(project.node('wasm.cjs').trim()).toBe('wasm 2,4,6')
  })

  it('carries its kernels within its JavaScript', () => {
    expect(project.packed.filter((path) => path.endsWith('.wasm'))).toEqual([])
  })
})
