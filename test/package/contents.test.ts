import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Consumer } from './consumer'
import { consumer, manifest } from './consumer'

let project: Consumer
beforeAll(() => {
  project = consumer()
})
afterAll(() => project.dispose())

describe('the tarball', () => {
  it('holds the build, the licence, the README, the CHANGELOG and nothing else', () => {
    const unexpected = project.packed.filter((path) => !/^(dist\/[\w./-]+\.(js|cjs|d\.ts|d\.cts)|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(path))
    expect(unexpected).toEqual([])
    expect(project.packed).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']))
  })

  it('holds every file that `exports` names', () => {
    const targets = (value: unknown): string[] =>
      typeof value === 'string' ? [value.replace(/^\.\//, '')] : Object.values(value as object).flatMap(targets)
    expect(targets(manifest.exports).filter((path) => !project.packed.includes(path))).toEqual([])
  })

  it('runs nothing at install time', () => {
    const hooks = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare', 'prepublish']
    expect(Object.keys(manifest.scripts).filter((name) => hooks.includes(name))).toEqual([])
    expect(project.packed).not.toContain('binding.gyp')
  })

  it('asks for native packages as optional peers only', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['seedrandom'])
    for (const name of Object.keys(manifest.peerDependencies)) expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true })
  })

  it('names no path of the machine that built it', () => {
    const here = process.cwd()
    for (const path of project.packed)
      expect(readFileSync(join(project.folder, 'node_modules', manifest.name, path), 'utf8').includes(here), path).toBe(false)
  })
})
