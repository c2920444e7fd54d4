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

interface Lock {
  readonly packages: Readonly<Record<string, {
    readonly dependencies?: Readonly<Record<string, string>>
    readonly hasInstallScript?: boolean
    readonly os?: readonly string[]
    readonly cpu?: readonly string[]
  }>>
}

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
    expect(Object.keys(manifest.dependencies)).toEqual(['hyparquet', 'hyparquet-compressors', 'papaparse', 'seedrandom'])
    const lock: Lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'))
    const installed = new Set<string>()
    const follow = (name: string) => {
      if (installed.has(name)) return
      installed.add(name)
      Object.keys(lock.packages[`node_modules/${name}`].dependencies ?? {}).forEach(follow)
    }
    Object.keys(manifest.dependencies).forEach(follow)
    // What comes along is plain JavaScript and WebAssembly: nothing is built or fetched for one platform.
    for (const name of installed) {
      const { hasInstallScript, os, cpu } = lock.packages[`node_modules/${name}`]
      expect({ name, hasInstallScript, os, cpu }).toEqual({ name, hasInstallScript: undefined, os: undefined, cpu: undefined })
    }
    for (const name of Object.keys(manifest.peerDependencies)) expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true })
  })

  it('names no path of the machine that built it', () => {
    const here = process.cwd()
    for (const path of project.packed)
      expect(readFileSync(join(project.folder, 'node_modules', manifest.name, path), 'utf8').includes(here), path).toBe(false)
  })
})
