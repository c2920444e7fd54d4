import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format, inspect } from 'node:util'
import ts from 'typescript'
import type { Block } from './extract'

const root = fileURLToPath(new URL('../..', import.meta.url))
const nameOf = (block: Block) => block.at.replaceAll(/[^\w]/g, '-')

/** A new folder for the modules of these tests, inside the project so that they resolve as it does, and ignored by git. */
export function scratch(name: string): { readonly folder: string; readonly dispose: () => void } {
  const folder = join(root, 'out', 'examples', `${name}-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  return { folder, dispose: () => rmSync(folder, { recursive: true, force: true }) }
}

interface Promised {
  readonly line: number
  readonly expected: string | undefined
}

/** What the comment behind the call that ends at `end` says: on its line, or, for more lines than one, on the lines below. */
function promise(code: string, end: number): string | undefined {
  const below = /^[ \t]*\n((?:[ \t]*\/\/.*(?:\n|$))+)/.exec(code.slice(end))
  if (below) return below[1].replaceAll(/^[ \t]*\/\/ ?/gm, '')
  const [comment] = ts.getTrailingCommentRanges(code, end) ?? []
  return comment && code.slice(comment.pos, comment.end).replace(/^\/\/|^\/\*|\*\/$/g, '')
}

/** The `console.log` calls of a block with what their trailing comments promise, and the code with each call reporting its index. */
function instrument(block: Block): { readonly code: string; readonly calls: readonly Promised[] } {
  const source = ts.createSourceFile('example.ts', block.code, ts.ScriptTarget.Latest, true)
  const calls: Promised[] = []
  const edits: { readonly start: number; readonly end: number; readonly text: string }[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'console.log') {
      const expected = promise(block.code, node.end)
      edits.push({ start: node.expression.getStart(), end: node.expression.end, text: `globalThis[Symbol.for('feedrank.example')](${calls.length})` })
      calls.push({ line: block.line + source.getLineAndCharacterOfPosition(node.getStart()).line, expected })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  let code = block.code
  for (const { start, end, text } of edits.toReversed()) code = code.slice(0, start) + text + code.slice(end)
  return { code, calls }
}

/** Spacing apart, as `inspect` and people differ in it. */
const normal = (text: string) => text.replaceAll(/\s+/g, ' ').replaceAll(/ ?([[\]{}()]) ?/g, '$1').trim()

/** Runs a block and gives what went otherwise than it says; nothing where all is well. */
export async function run(block: Block, folder: string): Promise<string[]> {
  const { code, calls } = instrument(block)
  const printed: (readonly (readonly string[])[])[] = calls.map(() => [])
  Object.assign(globalThis, {
    [Symbol.for('feedrank.example')]: (call: number) => (...values: readonly unknown[]) => {
      const deep = { breakLength: Infinity, depth: 4 }
      printed[call] = [...printed[call], [format(...values), values.map((value) => inspect(value, deep)).join(' ')]]
    },
  })
  const path = join(folder, `${nameOf(block)}.run.ts`)
  writeFileSync(path, `${code}\nexport {}\n`)
  try {
    await import(/* @vite-ignore */ path)
  } catch (error) {
    return [`${block.at}: threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`]
  }
  return calls.flatMap(({ line, expected }, i) => {
    const at = `${block.file}:${line}`
    if (expected === undefined) return [`${at}: says nothing of what it prints (a trailing comment): ${printed[i][0]?.[0] ?? ''}`]
    if (printed[i].length === 0) return [`${at}: never printed, expected ${expected.trim()}`]
    return printed[i].filter((forms) => !forms.some((form) => normal(form) === normal(expected))).map((forms) => `${at}: expected ${expected.trim()}, printed ${forms[0]}`)
  })
}

/** The type errors of all blocks, each as one module, under the project's own strict options. */
export function typeErrors(blocks: readonly Block[], folder: string): string[] {
  const config = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, root)
  const byPath = new Map(blocks.map((block) => [join(folder, `${nameOf(block)}.ts`), block]))
  for (const [path, block] of byPath) writeFileSync(path, `${block.code}\nexport {}\n`)
  const declarations = join(root, 'src/seedrandom.d.ts')
  const program = ts.createProgram([...byPath.keys(), declarations], { ...options, noUnusedLocals: false, noUnusedParameters: false })
  return [...byPath].flatMap(([path, block]) => {
    const source = program.getSourceFile(path)
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(({ start, messageText }) => {
      const line = block.line + (source && start !== undefined ? source.getLineAndCharacterOfPosition(start).line : 0)
      return `${block.file}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
  })
}
