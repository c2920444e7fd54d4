import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { pathToFileURL } from 'node:url'

/** A page of a headless browser. */
export interface Page {
  /** The value of an expression, once settled, as JSON carries it. */
  readonly evaluate: (expression: string) => Promise<unknown>
  /** Ends the browser and removes its files. */
  readonly close: () => Promise<void>
}

const places = [process.env.CHROME_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']

/** Where a browser lies on this machine, if one does. */
export const findChromium = (): string | undefined => places.find((path) => path !== undefined && existsSync(path))

/** Both graphics interfaces computed on the CPU, so that results do not depend on a graphics card. */
const flags = [
  '--headless=new', '--no-sandbox', '--no-first-run', '--disable-background-networking', '--remote-debugging-pipe', '--disable-dev-shm-usage',
  '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan',
]

interface Reply {
  readonly id: number
  readonly result?: unknown
  readonly error?: { readonly message: string }
}

/** Starts a browser with an empty page, or the one at `address`, whose title is to be `page`. Should this process die, the browser ends with the pipes it listens to. */
export async function openPage(chromium: string, address?: string): Promise<Page> {
  const folder = mkdtempSync(join(tmpdir(), 'feedrank-chromium-'))
  const html = join(folder, 'page.html')
  // WebGPU is there for secure contexts only; a file is one, an empty page is not.
  writeFileSync(html, '<!doctype html><title>page</title>')
  const url = address ?? pathToFileURL(html).href
  const child = spawn(chromium, [...flags, `--user-data-dir=${join(folder, 'profile')}`, url], { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const [, , , asking, answering] = child.stdio as unknown as Duplex[]

  const waiting = new Map<number, { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void }>()
  let text = ''
  answering.setEncoding('utf8').on('data', (part: string) => {
    const messages = (text + part).split('\0')
    text = messages.pop() ?? ''
    for (const { id, result, error } of messages.map((message): Reply => JSON.parse(message))) {
      const { resolve, reject } = waiting.get(id) ?? {}
      waiting.delete(id)
      if (error) reject?.(new Error(error.message))
      else resolve?.(result)
    }
  })
  child.once('exit', () => waiting.forEach(({ reject }) => reject(new Error('the browser ended'))))
  let asked = 0
  const send = <T>(method: string, params: object = {}, sessionId?: string): Promise<T> =>
    new Promise((resolve, reject) => {
      waiting.set(++asked, { resolve: resolve as (value: unknown) => void, reject })
      asking.write(`${JSON.stringify({ id: asked, method, params, sessionId })}\0`)
    })

  const { targetId } = await send<{ targetId: string }>('Target.createTarget', { url })
  const { sessionId } = await send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true })
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result, exceptionDetails } = await send<{ result: { value?: unknown }; exceptionDetails?: { text: string; exception?: { description?: string } } }>(
      'Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId)
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
    return result.value
  }
  // What is evaluated before the page has come is lost with the empty one that was there.
  while (await evaluate("document.title === 'page' && document.readyState === 'complete'").catch(() => false) !== true) await new Promise((later) => setTimeout(later, 20))
  const close = async () => {
    // The whole group: a renderer left over would write into its folder while that is removed.
    try {
      process.kill(-child.pid!, 'SIGKILL')
    } catch {
      child.kill('SIGKILL')
    }
    await ended
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  }
  return { evaluate, close }
}
