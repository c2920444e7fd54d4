import { spawnSync } from 'node:child_process'
import { symlinkSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Consumer } from './consumer'
import { consumer, root, specifiers } from './consumer'

let project: Consumer
beforeAll(() => {
  project = consumer()
})
afterAll(() => project.dispose())

/** Refuses native code, then prints the exported names of every entry as JSON. */
const program = (load: (specifier: string) => string) => `
process.dlopen = (_, path) => { throw new Error('native code was loaded: ' + path) }
const names = {}
;(async () => {
${specifiers.map((specifier) => `  names[${JSON.stringify(specifier)}] = Object.keys(${load(specifier)}).sort()`).join('\n')}
  console.log(JSON.stringify(names))
})()
`

const esm = program((specifier) => `await import(${JSON.stringify(specifier)})`)
const cjs = program((specifier) => `require(${JSON.stringify(specifier)})`)

describe('a project that installed the package', () => {
  it('gets the same names by import and by require, without an optional peer or native code', () => {
    project.write('esm.mjs', esm)
    project.write('cjs.cjs', cjs)
    const imported: Record<string, string[]> = JSON.parse(project.node('esm.mjs'))
    const required: Record<string, string[]> = JSON.parse(project.node('cjs.cjs'))
    expect(imported).toEqual(required)
    expect(imported.feedrank).toContain('FeedrankError')
    for (const [specifier, names] of Object.entries(imported)) {
      expect(names.filter((name) => !imported.feedrank.includes(name)), `in ${specifier} but not in feedrank`).toEqual([])
    }
  })

  it('would notice an optional peer that is loaded on import', () => {
    project.write('loads.mjs', `await import('onnxruntime-node')`)
    expect(() => project.node('loads.mjs')).toThrow(/optional peer onnxruntime-node was loaded/)
  })

  it('recognises an error thrown by the other copy', () => {
    project.write('both.mjs', `
      import { createRequire } from 'node:module'
      import { FeedrankError } from 'feedrank'
      const copy = createRequire(import.meta.url)('feedrank')
      try { copy.seededRandom({}) } catch (error) { console.log(error instanceof FeedrankError, FeedrankError.isInstance(error)) }
    `)
    expect(project.node('both.mjs').trim()).toBe('false true')
  })

  it('type-checks against the declarations as an ES module and as CommonJS, with library checks on', () => {
    mkdirSync(join(project.folder, 'node_modules/@types'), { recursive: true })
    for (const name of ['@types/node', 'undici-types']) symlinkSync(join(root, 'node_modules', name), join(project.folder, 'node_modules', name))
    const imports = specifiers.map((specifier, i) => `import * as area${i} from '${specifier}'\nvoid area${i}`).join('\n')
    const use = `
import { seededRandom, murmur3 } from 'feedrank'
import type { Random } from 'feedrank'
const random: Random = seededRandom(7)
export const next: number = random.next() + murmur3('a')
// @ts-expect-error a seed is a string or a number
seededRandom({})
// @ts-expect-error there is no such export, so the module is not typed as any
import { noSuchExport } from 'feedrank'
`
    project.write('types/esm.mts', imports + use)
    project.write('types/cjs.cts', imports + use)
    project.write('types/tsconfig.json', JSON.stringify({
      compilerOptions: {
        module: 'node16', moduleResolution: 'node16', target: 'es2022', lib: ['es2022'], types: ['node'], strict: true,
        exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true,
      },
      files: ['esm.mts', 'cjs.cts'],
    }))
    const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'types'], { cwd: project.folder, encoding: 'utf8' })
    expect(tsc.stdout).toBe('')
    expect(tsc.status).toBe(0)
  })
})
