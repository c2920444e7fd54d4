import { checkReport } from './check-report'
import { tablesOf } from './markdown'
import type { TextTable } from './markdown'
import type { Report } from './report'

/** How {@link reportText} writes. */
export interface ReportTextOptions {
  /** Where lines of words are broken. @defaultValue 100 */
  readonly width?: number | undefined
}

// Nothing in a name moves the cursor of a terminal.
// oxlint-disable-next-line no-control-regex
const safe = (text: string) => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')

/** How many columns a text takes on a terminal: wide signs take two, marks none. */
function widthOf(text: string): number {
  let width = 0
  for (const sign of text) {
    if (/\p{M}/u.test(sign)) continue
    width += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(sign) ? 2 : 1
  }
  return width
}

const pad = (text: string, width: number, atEnd: boolean) => {
  const space = ' '.repeat(Math.max(width - widthOf(text), 0))
  return atEnd ? `${text}${space}` : `${space}${text}`
}

/** Words in lines of at most `width`, all but the first indented. */
function wrapped(text: string, width: number, indent: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of safe(text).split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line)
      line = `${indent}${word}`
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** A table with one contender a line where it fits, else one figure a line. */
function tableText({ title, head, rows, note }: TextTable, width: number): string[] {
  const cells = rows.map((row) => row.map(safe))
  const titles = head.map(safe)
  const widths = titles.map((one, i) => Math.max(widthOf(one), ...cells.map((row) => widthOf(row[i]))))
  const fits = widths.reduce((sum, one) => sum + one + 2, -2) <= width
  const line = (row: readonly string[]) => row.map((cell, i) => pad(cell, widths[i], i === 0)).join('  ').trimEnd()
  const labels = Math.max(0, ...titles.slice(1).map(widthOf))
  const body = fits ? [line(titles), widths.map((one) => '-'.repeat(one)).join('  '), ...cells.map(line)]
    : cells.flatMap((row) => [row[0], ...row.slice(1).flatMap((cell, i) => (cell === '' ? [] : [`  ${pad(titles[i + 1], labels, true)}  ${cell}`]))])
  return [safe(title), '', ...body, ...(note === undefined ? [] : ['', ...wrapped(note, width, '')]), '']
}

/**
 * The report for a terminal: the summary in words and all tables, without colours.
 *
 * @throws ArgumentError where it is given no report.
 */
export function reportText(report: Report, options: ReportTextOptions = {}): string {
  checkReport('reportText', report)
  const { width = 100 } = options
  const { title, summary } = report
  const marks = { yes: '+', no: '-', undecided: '?' } as const
  return [
    safe(title), '', ...wrapped(summary.lead.join(' '), width, ''), '',
    ...summary.findings.flatMap(({ question, verdict, answer, sentences }) => wrapped(`${marks[verdict]} ${question} ${answer}. ${sentences.join(' ')}`, width, '  ')), '',
    ...tablesOf(report).flatMap((table) => tableText(table, width)),
  ].join('\n')
}
