import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** The manifest of the package, as it stands in the repository. */
export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>
}

/** Every name a user may import: `feedrank`, `feedrank/metrics`, ... */
export const specifiers = Object.keys(manifest.exports).filter((key) => key !== './package.json').map((key) => manifest.name + key.slice(1))

/** A project outside the repository that has installed the packed package. */
export interface Consumer {
  readonly folder: string
  /** The paths in the tarball, without the leading `package/`. */
  readonly packed: readonly string[]
  readonly write: (path: string, text: string) => void
  /** Runs a file with node and gives what it printed. */
  readonly node: (file: string) => string
  readonly dispose: () => void
}

/** Packs the package, unpacks it into a new project beside its dependencies, and puts traps where the optional peers would be. */
export function consumer(): Consumer {
  if (!existsSync(join(root, 'dist/index.js'))) throw new Error('dist is missing: run `npm run build` before these tests')
  const folder = mkdtempSync(join(tmpdir(), 'feedrank-consumer-'))
  const run = (command: string, args: readonly string[], cwd: string) => execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const [{ filename, files }] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--loglevel=error', `--pack-destination=${folder}`], root),
  ) as [{ filename: string; files: { path: string }[] }]
  const home = join(folder, 'node_modules', manifest.name)
  mkdirSync(home, { recursive: true })
  run('tar', ['-xzf', join(folder, filename), '-C', home, '--strip-components=1'], folder)
  for (const name of Object.keys(manifest.dependencies)) cpSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true })
  for (const name of Object.keys(manifest.peerDependencies)) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '99.0.0', main: 'index.js' }))
    write(`node_modules/${name}/index.js`, `throw new Error('the optional peer ${name} was loaded')`)
  }
  write('package.json', JSON.stringify({ name: 'consumer', private: true }))
  return {
    folder,
    packed: files.map((file) => file.path),
    write,
    node: (file) => run(process.execPath, [file], folder),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  }
}
