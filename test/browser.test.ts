/** The whole package in a bundle for browsers: nothing of Node, nothing to install, and what needs no file works. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { afterAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'feedrank-browser-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Bundle {
  readonly text: string
  /** The modules it still asks for. */
  readonly imports: readonly string[]
}

/** `code` with the package, as esbuild bundles it for browsers; what it cannot find is an error. */
function bundle(code: string): Bundle {
  const [entry, out, meta] = ['entry.ts', 'out.js', 'meta.json'].map((name) => join(folder, name))
  writeFileSync(entry, code.replaceAll("'feedrank'", JSON.stringify(join(root, 'src/index.ts'))))
  execFileSync(join(root, 'node_modules/.bin/esbuild'), [
    entry, '--bundle', '--platform=browser', '--format=iife', '--target=es2022', `--outfile=${out}`, `--metafile=${meta}`, '--log-level=warning',
  ], { stdio: ['ignore', 'pipe', 'pipe'] })
  const { outputs }: { readonly outputs: Readonly<Record<string, { readonly imports: readonly { readonly path: string }[] }>> } = JSON.parse(readFileSync(meta, 'utf8'))
  return { text: readFileSync(out, 'utf8'), imports: Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path)) }
}

describe('a bundle of the whole package', () => {
  const { text, imports } = bundle(`
    import * as feedrank from 'feedrank'
    const { WideAndDeep, binary, categorical, defineFeatures, fit, loadBackend, loadModel, predict, usearchIndex } = feedrank
    const rows = Array.from({ length: 64 }, (_, i) => ({ topic: i % 2 ? 'cats' : 'tax', clicked: i % 2 }))
    const spec = defineFeatures({ features: { topic: categorical({ scope: 'item' }) }, labels: { clicked: binary() } }).fit(rows)
    self.start = async () => {
      const model = new WideAndDeep(spec, { hidden: [4], seed: 1 })
      const backend = await loadBackend('auto')
      await fit(model, { rows: spec.encode(rows, { labels: true }) }, { backend, epochs: 30, batchSize: 16, learningRate: 0.05, progress: false })
      const scores = await predict(model, spec.encode([{ topic: 'cats' }, { topic: 'tax' }]), { backend })
      const code = (error) => error.code
      return { backend: backend.name, clicked: [...scores.get('clicked')], missing: await usearchIndex({ dim: 2 }).catch(code) }
    }`)

  it('asks for no module', () => {
    expect(imports).toEqual([])
  })

  it('trains and predicts where there is neither process nor require', async () => {
    const self: { start?: () => Promise<{ backend: string; clicked: number[]; missing: string }> } = {}
    const scope = {
      self, AbortController, AbortSignal, DOMException, TextEncoder, TextDecoder, atob, performance: { now: () => performance.now() }, console,
      setTimeout, clearTimeout, MessageChannel, queueMicrotask,
    }
    runInContext(text, createContext(scope))
    const { backend, clicked, missing } = await self.start!()
    expect(backend).toBe('wasm')
    expect(clicked[0] > 0.8 && clicked[1] < 0.2).toBe(true)
    expect(missing).toBe('backend')
  })
})
