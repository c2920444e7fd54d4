import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterAll, describe, expect, it } from 'vitest'
import { impressionLog, rowsOf, socialNetwork } from '../../src/data'

const root = fileURLToPath(new URL('../..', import.meta.url))
const out = mkdtempSync(join(tmpdir(), 'feedrank-generate-'))
afterAll(() => rmSync(out, { recursive: true, force: true }))

const generate = (name: string, ...options: readonly string[]) =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', `examples/generate/${name}.ts`, '--out', join(out, name), ...options], { cwd: root })

/** The rows of a file; integers of 64 bits, which are times, as numbers. */
async function read(name: string, file: string): Promise<Record<string, unknown>[]> {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(out, name, `${file}.parquet`)) })
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([column, value]) => [column, typeof value === 'bigint' ? Number(value) : value])))
}

describe('the generators as scripts', () => {
  it('write an impression log, and what is true of it', async () => {
    const { stdout } = await generate('impression-log', '--rows', '2400', '--seed', '5', '--users', '50', '--posts', '900', '--authors', '40')
    expect(stdout).toMatch(/^2000 rows in .*train\.parquet\n200 rows .*\n200 rows .*\nP\(click\) is 0\.\d+/)
    const log = impressionLog({ rows: 2400, seed: '5', users: 50, posts: 900, authors: 40 })
    for (const part of ['train', 'validation', 'test'] as const) {
      expect(await read('impression-log', part)).toEqual([...rowsOf(log[part])])
      const truth = await read('impression-log', `${part}-truth`)
      expect(truth.map((row) => row.click_probability)).toEqual(Array.from(log.truth[part].clickProbability))
    }
    expect(readdirSync(join(out, 'impression-log')).filter((file) => !file.endsWith('.parquet'))).toEqual([])
  })

  it('write a network', async () => {
    await generate('social-network', '--rows', '80', '--seed', '5')
    const { truth, ...tables } = socialNetwork({ users: 80, seed: '5' })
    for (const [name, table] of Object.entries(tables)) expect(await read('social-network', name)).toEqual([...rowsOf(table)])
    expect((await read('social-network', 'users-truth')).map((row) => row.community)).toEqual(Array.from(truth.users.community))
  })

  it('say what is wrong with an option', async () => {
    await expect(generate('impression-log', '--rows', 'many')).rejects.toThrow(/--rows: expected a whole number, got many/)
  })
})
