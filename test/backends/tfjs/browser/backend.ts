import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Backend, NumericArray, TensorValue } from 'feedrank/backends'
import { programToJson } from 'feedrank/tensor'
import { bindFeeds, planFeeds } from '../../../../src/backends/feeds'
import { outputArray } from '../../../../src/backends/outputs'
import { BackendError, DataError, ShapeError } from '../../../../src/errors'
import { resolveShape } from '../../../../src/tensor/shape'
import { findChromium, openPage, type Page } from './chromium'
import type { Answer, Packed, PageMethods } from './page'

/** A backend in a headless browser, driven from here, or why there is none; only feeds are checked on this side. */
export async function browserBackend(engine: 'webgl' | 'webgpu'): Promise<Backend | string> {
  const chromium = findChromium()
  if (chromium === undefined) return 'no browser is installed'
  page ??= loadPage(chromium)
  const { evaluate } = await page
  const offered = engine === 'webgl' ? "document.createElement('canvas').getContext('webgl2')" : 'navigator.gpu?.requestAdapter()'
  if (await evaluate(`Promise.resolve(${offered}).then((found) => found == null)`)) return `the browser offers no ${engine}`
  const device = await call('start', engine).catch((error: Error) => error.message) as string
  if (device !== 'gpu') return device
  return {
    name: `tfjs on ${engine}`,
    device,
    async compile(program) {
      const plan = planFeeds(program)
      const at = await call('compile', engine, programToJson(program)) as number
      return {
        async run(feeds, into) {
          const { values, bindings } = bindFeeds(plan, feeds)
          const given = [...program.inputs].map(([name, { shape }]) => [name, pack(values.get(name)!, resolveShape(shape, bindings))])
          const results = [...program.outputs].map(([name, t]) => ({ name, data: outputArray(name, t, resolveShape(t.shape, bindings), into) }))
          const found = new Map(await call('run', at, given) as [string, Packed][])
          return Object.fromEntries(results.map(({ name, data }): [string, TensorValue] => {
            const { bytes, int32, shape } = found.get(name)!
            const { buffer } = Uint8Array.from(Buffer.from(bytes, 'base64'))
            data.set(int32 ? new Int32Array(buffer) : new Float32Array(buffer))
            return [name, { data, shape }]
          }))
        },
        dispose: () => void call('dispose', at),
      }
    },
  }
}

/** How many tensors the page holds. */
export const tensorsInPage = (): Promise<number> => call('tensors') as Promise<number>

/** Ends the browser, if there was one. */
export const closeBrowser = async (): Promise<void> => (await page)?.close()

let page: Promise<Page> | undefined

async function loadPage(chromium: string): Promise<Page> {
  const root = fileURLToPath(new URL('../../../..', import.meta.url))
  const bundle = execFileSync(`${root}/node_modules/.bin/esbuild`, [
    `${root}/test/backends/tfjs/browser/page.ts`, '--bundle', '--platform=browser', '--format=iife', '--target=es2022', '--log-level=error',
  ], { encoding: 'utf8', maxBuffer: 2 ** 26, stdio: ['ignore', 'pipe', 'pipe'] })
  const opened = await openPage(chromium)
  await opened.evaluate(bundle)
  return opened
}

const errors = { backend: BackendError, data: DataError, shape: ShapeError }

async function call(method: keyof PageMethods, ...values: readonly unknown[]): Promise<unknown> {
  const answer = await (await page!).evaluate(`page.${method}(${values.map((value) => JSON.stringify(value)).join()})`)
  if (typeof answer !== 'object' || answer === null) return answer
  const got = answer as Answer<unknown>
  if ('value' in got) return got.value
  const Kind = Object.hasOwn(errors, got.code) ? errors[got.code as keyof typeof errors] : Error
  throw new Kind(got.message)
}

const pack = (data: NumericArray, shape: readonly number[]): Packed => ({
  bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
  int32: data instanceof Int32Array,
  shape,
})
