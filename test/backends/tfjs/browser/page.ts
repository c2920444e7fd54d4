/** What runs in the page: TensorFlow.js on the graphics card, or what stands in for one, behind our backend. */
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-webgl'
import '@tensorflow/tfjs-backend-webgpu'
import { type Backend, type Executable, loadBackend, type Outputs } from 'feedrank/backends'
import { programFromJson, type ProgramJson } from 'feedrank/tensor'

/** An array as JSON carries it: its bytes in base 64. */
export interface Packed {
  readonly bytes: string
  readonly int32: boolean
  readonly shape: readonly number[]
}

/** A value, or the error that came instead. */
export type Answer<T> = { readonly value: T } | { readonly code: string; readonly message: string }

const unpack = ({ bytes, int32, shape }: Packed) => {
  const { buffer } = Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))
  return { data: int32 ? new Int32Array(buffer) : new Float32Array(buffer), shape }
}

const pack = (outputs: Outputs): [string, Packed][] =>
  Object.entries(outputs).map(([name, { data, shape }]) => {
    let text = ''
    for (const byte of new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) text += String.fromCharCode(byte)
    return [name, { bytes: btoa(text), int32: data instanceof Int32Array, shape }]
  })

const answer = <T>(run: () => Promise<T>): Promise<Answer<T>> =>
  run().then((value) => ({ value }), (error: { code?: string; message: string }) => ({ code: error.code ?? '', message: error.message }))

const backends = new Map<string, Backend>()
const executables: Executable[] = []

const page = {
  start: (engine: 'webgl' | 'webgpu') => answer(async () => {
    const backend = await loadBackend({ name: 'tfjs', device: 'gpu', engine, tf })
    backends.set(engine, backend)
    return backend.device
  }),
  compile: (engine: string, program: ProgramJson) => answer(async () => executables.push(await backends.get(engine)!.compile(programFromJson(program))) - 1),
  run: (at: number, feeds: readonly (readonly [string, Packed])[]) => answer(async () => pack(await executables[at].run(Object.fromEntries(feeds.map(([name, value]) => [name, unpack(value)]))))),
  dispose: (at: number) => executables[at].dispose(),
  tensors: () => tf.memory().numTensors,
}
export type PageMethods = typeof page

Object.assign(globalThis, { page })
