import { DataError } from '../../errors'

/** The records of a CSV text, in runs: the first of a run is number `first`, from 1. */
export interface Records {
  readonly first: number
  readonly fields: readonly (readonly string[])[]
}

/** A record longer than this has a quote that was never closed, in all likelihood. */
const longestRecord = 1 << 24

/**
 * Records as papaparse splits them, strictly.
 *
 * @throws DataError, with the number of the record, at a quote that is not closed or closed before the field ends
 */
export async function* recordsOf(where: string, chunks: AsyncIterable<string>, delimiter: string): AsyncGenerator<Records, void> {
  const { default: Papa } = await import('papaparse')
  let first = 1
  let rest = ''
  let newline: '\n' | '\r' | undefined
  let wanted = 0
  const split = (text: string, last: boolean): Records | undefined => {
    const parser = new Papa.Parser({ delimiter, newline: newline ?? '\n', quoteChar: '"' })
    const { data, errors, meta } = parser.parse(text, 0, !last) as Parsed
    const wrong = errors.find(({ row }) => row < data.length || last)
    if (wrong !== undefined) throw quoteError(where, first + wrong.row, wrong.code === 'MissingQuotes')
    if (last && data.length > 0 && isBlank(data[data.length - 1])) data.pop()
    rest = last ? '' : text.slice(meta.cursor)
    const records = { first, fields: data }
    first += data.length
    return data.length === 0 ? undefined : records
  }
  for await (const chunk of chunks) {
    rest += chunk
    // A record that did not end is looked at again only when as much again has come: not once per piece.
    if (rest.length < wanted) continue
    // "\r\n" may be cut in two.
    const held = rest.endsWith('\r') ? '\r' : ''
    const text = held === '' ? rest : rest.slice(0, -1)
    newline ??= newlineOf(text)
    if (newline === undefined && text.length < longestRecord) continue
    const whole = newline === '\r' ? text : text.replaceAll('\r\n', '\n')
    const records = split(whole, false)
    rest += held
    wanted = rest.length < 1 << 12 ? 0 : Math.min(2 * rest.length, longestRecord + 1)
    if (records !== undefined) yield records
    if (rest.length > longestRecord)
      throw new DataError(`feedrank/${where}: expected record ${first} to end, got more than ${longestRecord} characters: a quote that is never closed?`)
  }
  newline ??= newlineOf(rest) ?? (rest.includes('\r') ? '\r' : '\n')
  const records = split(newline === '\r' ? rest : rest.replaceAll('\r\n', '\n'), true)
  if (records !== undefined) yield records
}

interface Parsed {
  readonly data: string[][]
  readonly errors: readonly { readonly row: number; readonly code: string }[]
  readonly meta: { readonly cursor: number }
}

const isBlank = (fields: readonly string[]) => fields.length === 1 && fields[0] === ''

/** How lines end; `\r\n` counts as `\n`, and is read as it. Undefined until one is seen. */
function newlineOf(text: string): '\n' | '\r' | undefined {
  if (text.includes('\n')) return '\n'
  return /\r./s.test(text) ? '\r' : undefined
}

const quoteError = (where: string, record: number, missing: boolean) =>
  new DataError(`feedrank/${where}: expected the quotes of record ${record} to be closed, got ${missing ? 'the end of the text' : 'text after a closing quote (a quote within quotes is written twice)'}`)
