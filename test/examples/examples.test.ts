import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { run, scratch, typeErrors } from './check'
import { extract } from './extract'

const root = fileURLToPath(new URL('../..', import.meta.url))
const filesIn = (folder: string, extension: string) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(extension)).map((path) => `${folder}/${path}`).sort()
    : []
const files = ['README.md', ...filesIn('docs', '.md').filter((path) => !path.startsWith('docs/api/')), ...filesIn('src', '.ts')]
const blocks = files.flatMap((file) => extract(file, readFileSync(join(root, file), 'utf8')))
const { folder, dispose } = scratch('docs')
afterAll(dispose)

describe('the examples of the docstrings and guides', () => {
  it('are found', () => {
    expect(blocks.map((block) => block.file)).toEqual(expect.arrayContaining(['README.md', 'src/hash.ts', 'src/random.ts']))
  })

  it('type-check', () => {
    expect(typeErrors(blocks, folder)).toEqual([])
  })

  it.each(blocks.filter((block) => block.runs))('$at prints what it says', async (block) => {
    expect(await run(block, folder)).toEqual([])
  })
})
