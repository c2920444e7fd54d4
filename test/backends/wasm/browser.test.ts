import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { findChromium, openPage } from '../tfjs/browser/chromium'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const chromium = findChromium()

/** A page to itself, as the headers say: only such a page may share memory with its workers. */
const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }

const code = `
import { loadBackend } from './src/backends'
import { add, input, matmul, program, relu } from './src/tensor'

const network = program({ y: matmul(relu(add(matmul(input('x', ['n', 300]), input('w', [300, 130])), input('b', [130]))), input('v', [130, 200])) })
const numbers = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898))
const feeds = (n: number) => ({ x: numbers(n * 300), w: numbers(300 * 130), b: numbers(130), v: numbers(130 * 200) })

async function compare() {
  const executables = await Promise.all([1, 3].map(async (threads) => (await loadBackend({ name: 'wasm', threads })).compile(network)))
  const different: number[] = []
  for (const n of [400, 97, 256, 1]) {
    const [one, many] = await Promise.all(executables.map(async (each) => (await each.run(feeds(n))).y.data))
    one.forEach((value, i) => { if (value !== many[i]) different.push(i) })
  }
  executables.forEach((each) => each.dispose())
  return { different, first: executables.length }
}
const refusal = () => loadBackend({ name: 'wasm', threads: 2 }).then(() => 'none', (error) => String(error))
Object.assign(globalThis, { compare, refusal })
`

async function withPage<Result>(headers: Readonly<Record<string, string>>, use: (evaluate: (expression: string) => Promise<unknown>) => Promise<Result>): Promise<Result> {
  const server = createServer((_, response) => response.writeHead(200, { 'Content-Type': 'text/html', ...headers }).end('<!doctype html><title>page</title>'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const page = await openPage(chromium!, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  try {
    await page.evaluate(bundle)
    return await use(page.evaluate)
  } finally {
    await page.close()
    server.closeAllConnections()
    server.close()
  }
}

const bundle = chromium === undefined ? '' : execFileSync(`${root}/node_modules/.bin/esbuild`, [
  '--bundle', '--loader=ts', '--platform=browser', '--format=iife', '--target=es2022', '--log-level=error',
], { cwd: root, input: code, encoding: 'utf8', maxBuffer: 2 ** 26, stdio: ['pipe', 'pipe', 'pipe'] })

const why = chromium === undefined ? ' (skipped: no browser is installed)' : ''

describe.skipIf(chromium === undefined)(`threads in a browser${why}`, () => {
  test('where the page is isolated, give the numbers of one thread, its main thread never sleeping', async () => {
    expect(await withPage(isolated, (evaluate) => evaluate('compare()'))).toEqual({ different: [], first: 2 })
  })
  test('where it is not, are refused with what is missing', async () => {
    expect(await withPage({}, (evaluate) => evaluate('refusal()'))).toMatch(/SharedArrayBuffer.*COOP and COEP/)
  })
})

