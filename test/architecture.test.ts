import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { afterAll, describe, expect, it } from 'vitest'
import { packageExports } from '../scripts/areas'

const root = fileURLToPath(new URL('..', import.meta.url))

/** From the ground up: a room imports only from rooms on lower floors, or from itself. */
const floors = [
  ['errors'],
  ['random', 'hash', 'optional-package'],
  ['tensor', 'pipeline', 'metrics', 'data'],
  ['backends', 'features'],
  ['embeddings', 'optimizers', 'losses', 'samplers', 'retrieval', 'social'],
  ['models', 'trees'],
  ['training'],
  ['serving'],
  ['evaluation', 'experiments', 'monitoring'],
  ['filters', 'scorers', 'rerankers', 'selectors', 'sources', 'hydrators', 'effects'],
  ['index'],
]
const floorOf = new Map(floors.flatMap((rooms, floor) => rooms.map((room) => [room, floor] as const)))

interface Import {
  readonly specifier: string
  /** `type` is erased by the compiler, `lazy` is an `import()`. */
  readonly kind: 'value' | 'type' | 'lazy'
}

function importsOf(path: string): Import[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest)
  const found: Import[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ specifier: node.moduleSpecifier.text, kind: node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? 'type' : 'value' })
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ specifier: node.moduleSpecifier.text, kind: node.isTypeOnly ? 'type' : 'value' })
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
      found.push({ specifier: node.argument.literal.text, kind: 'type' })
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword && ts.isStringLiteral(node.arguments[0])) {
      found.push({ specifier: node.arguments[0].text, kind: 'lazy' })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

const resolveImport = (from: string, specifier: string) => {
  const base = resolve(dirname(from), specifier)
  return [`${base}.ts`, join(base, 'index.ts')].find((path) => existsSync(path))
}

/** Everything that stands against the plan of the house in the folder `src`, as lines; none where all is well. */
function violations(src: string, packages: readonly string[]): string[] {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts')).map((path) => join(src, path))
  const roomOf = (path: string) => relative(src, path).split('/')[0].replace(/\.ts$/, '')
  const out: string[] = []
  const graph = new Map<string, string[]>()
  for (const file of files) {
    const name = relative(src, file)
    const here = floorOf.get(roomOf(file))
    if (here === undefined) out.push(`${name}: no floor is named for ${roomOf(file)}`)
    const values: string[] = []
    for (const { specifier, kind } of importsOf(file)) {
      if (!specifier.startsWith('.')) {
        const owner = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0]
        if (kind === 'value' && !specifier.startsWith('node:') && !packages.includes(owner)) out.push(`${name}: ${specifier} is no dependency, so it may only be imported lazily`)
        continue
      }
      const to = resolveImport(file, specifier)
      if (to === undefined) {
        out.push(`${name}: ${specifier} does not exist`)
        continue
      }
      if (kind === 'value') values.push(to)
      const there = floorOf.get(roomOf(to))
      if (roomOf(to) !== roomOf(file) && here !== undefined && there !== undefined && there >= here)
        out.push(`${name}: imports ${relative(src, to)} from ${there === here ? 'the same' : 'a higher'} floor`)
    }
    graph.set(file, values)
    const lines = readFileSync(file, 'utf8').split('\n').length
    if (lines > 301) out.push(`${name}: ${lines} lines; a file is one idea`)
  }
  return [...out, ...circles(graph).map((circle) => `circle: ${circle.map((path) => relative(src, path)).join(' -> ')}`)]
}

/** One circle for each edge that closes one in a depth-first walk. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>()
  const path: string[] = []
  const found: string[][] = []
  const visit = (file: string): void => {
    if (path.includes(file)) {
      found.push([...path.slice(path.indexOf(file)), file])
    } else if (!done.has(file)) {
      path.push(file)
      for (const to of graph.get(file) ?? []) visit(to)
      path.pop()
      done.add(file)
    }
  }
  for (const file of graph.keys()) visit(file)
  return found
}

const manifest: { readonly exports: unknown; readonly dependencies: Record<string, string> } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

describe('the house', () => {
  it('imports only from lower floors, in no circles, lazily where a package is optional', () => {
    expect(violations(join(root, 'src'), Object.keys(manifest.dependencies))).toEqual([])
  })

  it('exports each area as a subpath (npm run exports)', () => {
    expect(manifest.exports).toEqual(packageExports())
  })
})

describe('the check of the house', () => {
  const folder = mkdtempSync(join(tmpdir(), 'feedrank-house-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const house = (name: string, files: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name, path)), { recursive: true })
      writeFileSync(join(folder, name, path), text)
    }
    return violations(join(folder, name), ['seedrandom'])
  }

  it('finds what climbs, even by type or lazily', () => {
    const files = { 'tensor/a.ts': `import type { B } from '../models/b'\nexport const load = () => import('../metrics/c')`, 'models/b.ts': '', 'metrics/c.ts': '' }
    expect(house('climbs', files)).toEqual(['tensor/a.ts: imports models/b.ts from a higher floor', 'tensor/a.ts: imports metrics/c.ts from the same floor'])
  })

  it('finds circles of values, and lets types go round', () => {
    expect(house('circle', { 'tensor/a.ts': `import { b } from './b'`, 'tensor/b.ts': `export * from './a'` })).toEqual(['circle: tensor/a.ts -> tensor/b.ts -> tensor/a.ts'])
    expect(house('types', { 'tensor/a.ts': `import type { B } from './b'`, 'tensor/b.ts': `import { a } from './a'` })).toEqual([])
  })

  it('finds packages loaded on import, rooms without a floor, missing files and long files', () => {
    const files = { 'tensor/a.ts': `import 'onnxruntime-node'\nimport 'seedrandom/lib/alea.js'\nimport('usearch')`, 'attic/b.ts': '\n'.repeat(400), 'tensor/c.ts': `import './d'` }
    expect(house('others', files).sort()).toEqual([
      'attic/b.ts: 401 lines; a file is one idea',
      'attic/b.ts: no floor is named for attic',
      'tensor/a.ts: onnxruntime-node is no dependency, so it may only be imported lazily',
      'tensor/c.ts: ./d does not exist',
    ])
  })
})
