/** One fenced `ts` block of a docstring or a guide. */
export interface Block {
  /** Where it stands: `src/hash.ts:10`. */
  readonly at: string
  readonly file: string
  /** The line of the file that holds the block's first line, from 1. */
  readonly line: number
  readonly code: string
  /** False for a fence marked `ts no-run`: type-checked only. */
  readonly runs: boolean
}

/** The `ts` blocks of a Markdown text, in order. */
function fences(file: string, text: string, firstLine: number): Block[] {
  const blocks: Block[] = []
  let open: { readonly line: number; readonly runs: boolean; readonly ours: boolean; readonly code: string[] } | undefined
  for (const [i, line] of text.split('\n').entries()) {
    const fence = /^\s*```\s*(\w*)\s*(.*)$/.exec(line)
    if (open === undefined) {
      if (fence) open = { line: firstLine + i + 1, runs: fence[2].trim() !== 'no-run', ours: fence[1] === 'ts', code: [] }
    } else if (fence) {
      if (open.ours) blocks.push({ at: `${file}:${open.line}`, file, line: open.line, code: open.code.join('\n'), runs: open.runs })
      open = undefined
    } else {
      open.code.push(line)
    }
  }
  if (open !== undefined) throw new Error(`${file}:${open.line - 1}: the fence is never closed`)
  return blocks
}

/** The `ts` blocks of a file: all of a `.md` file's, or those in the docstrings of a `.ts` file. */
export function extract(file: string, text: string): Block[] {
  if (file.endsWith('.md')) return fences(file, text, 1)
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) => {
    const firstLine = text.slice(0, comment.index).split('\n').length
    return fences(file, comment[0].split('\n').map((line) => line.replace(/^\s*\*? ?/, '')).join('\n'), firstLine)
  })
}
