import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { forEachBackend } from '../conformance/backends/harness'

const child = fileURLToPath(new URL('memory-child.ts', import.meta.url))
const megabyte = 1e6

interface Held {
  /** Heap, external memory and array buffers, after collection. */
  readonly managed: number
  /** What the process occupies, native sessions among it. */
  readonly resident: number
}

/** The bytes that came to be held between the two measurements of a child that trains alone in its process. */
async function growth(backend: string, mode: 'train' | 'leak' | 'dispose' | 'keep'): Promise<Held> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', '--import', 'tsx', child, backend, mode])
  const [before, after] = JSON.parse(stdout) as readonly Held[]
  return { managed: after.managed - before.managed, resident: after.resident - before.resident }
}

forEachBackend(({ name }) => {
  it('holds no more memory after 10,000 steps than after 2,000', async () => {
    // Records of 80 epochs and compiled code come in between; 8,000 leaks of 512 bytes would be 4 MB and more.
    expect((await growth(name, 'train')).managed).toBeLessThan(megabyte)
  })

  it('holds no more after 70 trainings and predictors than after 20', async () => {
    const { managed, resident } = await growth(name, 'dispose')
    expect(managed).toBeLessThan(megabyte)
    // 150 sessions of onnxruntime that nobody released are about 80 MB.
    expect(resident).toBeLessThan(50 * megabyte)
  })
})

it('would find a leak of one small array a step, or of what was compiled', async () => {
  expect((await growth('javascript', 'leak')).managed).toBeGreaterThan(4 * megabyte)
  expect((await growth('javascript', 'keep')).managed).toBeGreaterThan(4 * megabyte)
})
