import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { afterAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'feedrank-elsewhere-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** `code` with the library, as a bundler makes it for `platform`, in one file. */
function bundle(name: string, code: string, platform: 'browser' | 'node'): string {
  const [entry, out] = [join(folder, `${name}.ts`), join(folder, `${name}.mjs`)]
  writeFileSync(entry, code.replaceAll(/'feedrank\/(\w+)'/g, (_, area: string) => JSON.stringify(join(root, 'src', area, 'index.ts'))))
  execFileSync(join(root, 'node_modules/.bin/esbuild'), [
    entry, '--bundle', `--platform=${platform}`, `--format=${platform === 'browser' ? 'iife' : 'esm'}`, '--target=es2022', `--outfile=${out}`, '--log-level=warning', '--minify',
  ], { stdio: ['ignore', 'pipe', 'pipe'] })
  return out
}

const hanging = 'new Promise(() => {})'
const pipeline = `
  MixerPipeline.for({ name: 'feed', limit: 2, deadlineMs: 40 })
    .source({ name: 'good', fetch: async () => [{ id: 1, likes: 1 }, { id: 2, likes: 5 }, { id: 3, likes: 3 }] }, { name: 'hangs', fetch: () => ${hanging} })
    .hydrate({ name: 'h', fallback: { h: 1 }, hydrate: (_, cs, ctx) => cs.map(() => ({ h: ctx.random() })) })
    .score({ name: 'likes', score: (_, cs) => Float64Array.from(cs, (c) => c.likes) })
    .effect({ name: 'never', run: () => ${hanging} })
    .build()`

describe('a bundle for a browser', () => {
  const out = bundle('worker', `
    import { explain, MixerPipeline } from 'feedrank/pipeline'
    import { openTelemetry } from 'feedrank/effects'
    import { popular } from 'feedrank/sources'
    self.onmessage = async () => {
      const result = await ${pipeline}.run({})
      self.postMessage({ ids: result.selected.map((item) => item.id), text: explain(result, 2).text, timedOut: result.trace.stages[0].components[1].timedOut, there: [typeof popular, typeof openTelemetry] })
    }`, 'browser')

  it('runs in a Worker: no process, no require, timers that are numbers', async () => {
    const answer = new Promise<{ ids: number[]; text: string; timedOut: boolean; there: string[] }>((resolve, reject) => {
      const timers = new Map<number, NodeJS.Timeout>()
      const self: Record<string, unknown> & { onmessage?: () => void } = { postMessage: resolve, reportError: reject }
      const scope = {
        self, AbortController, AbortSignal, DOMException, TextEncoder, performance: { now: () => performance.now() }, console,
        setTimeout: (work: () => void, ms: number) => { const id = timers.size + 1; timers.set(id, setTimeout(work, ms)); return id },
        clearTimeout: (id: number | undefined) => { clearTimeout(timers.get(id ?? 0)) },
      }
      runInContext(readFileSync(out, 'utf8'), createContext(scope))
      expect('process' in scope || 'require' in scope).toBe(false)
      self.onmessage?.()
    })
    expect(await answer).toMatchObject({ ids: [2, 3], timedOut: true, there: ['function', 'function'] })
    expect((await answer).text).toContain('likes scored it 5.')
  })

  it('names no module of Node', () => {
    expect(readFileSync(out, 'utf8')).not.toMatch(/["']node:|\brequire\(["']/)
  })
})

describe('a process', () => {
  it('ends by itself although a source and a side effect never settle, and although a caller went away', () => {
    const out = bundle('process', `
      import { MixerPipeline } from 'feedrank/pipeline'
      const feed = ${pipeline}
      const result = await feed.run({})
      const caller = new AbortController()
      const left = feed.run({}, { signal: caller.signal, deadlineMs: 1e8 }).catch((reason) => reason)
      caller.abort('left')
      console.log(result.selected.length, await left)
      await new Promise((resolve) => setTimeout(resolve, 5))`, 'node')
    expect(execFileSync(process.execPath, [out], { encoding: 'utf8', timeout: 20_000 }).trim()).toBe('2 left')
  })
})
