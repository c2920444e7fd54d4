import type { Compared, ContenderResult, Evaluation, Measured, SegmentResult } from '../result'
import { count, measure, percent, range, signed } from './format'
import { checkReport } from './check-report'
import type { Report } from './report'
import { levelText } from './verdict'

/** A table as rows of text, for Markdown and for a terminal. */
export interface TextTable {
  readonly title: string
  readonly head: readonly string[]
  /** The first column is words, the others are figures. */
  readonly rows: readonly (readonly string[])[]
  readonly note?: string
}

const measuredText = (one: Measured | undefined) => {
  if (one === undefined) return 'not measured'
  if (one.value === null) return `no value: ${one.note ?? ''}`
  return one.low !== null && one.high !== null ? `${measure(one.value)} (${range({ low: one.low, high: one.high })})` : measure(one.value)
}

const comparedText = (one: Compared | undefined) => {
  if (one === undefined) return ''
  if (one.difference === null || one.low === null || one.high === null) return one.note ?? 'not compared'
  return `${signed(one.difference)} (${range({ low: one.low, high: one.high }, signed)}), ${one.standing}`
}

function evaluationTables(title: string, evaluation: Evaluation): TextTable[] {
  const { contenders, measures, primary, segments, reference, level, notes } = evaluation
  const compared = [primary, 'logLoss'].filter((by, i, all) => all.indexOf(by) === i && measures.some(({ name }) => name === by) && contenders.length > 1)
  const labelOf = (by: string) => measures.find(({ name }) => name === by)?.label ?? by
  const row = ({ name, role, measures: own, against }: ContenderResult) => [
    role === 'ours' ? `${name} (ours)` : role === 'baseline' ? `${name} (baseline)` : name, ...measures.map((one) => measuredText(own.find(({ measure: by }) => by === one.name))),
    ...compared.map((by) => comparedText(against?.find(({ measure: other }) => other === by))),
  ]
  const tables: TextTable[] = [{
    title, head: ['', ...measures.map(({ label }) => label), ...compared.map((by) => `${labelOf(by)}: ours minus this`)], rows: contenders.map(row),
    note: [`${levelText(level)} intervals.`, ...notes].join(' '),
  }]
  const shown = segments[0]?.ours.map(({ measure: by }) => by) ?? []
  if (segments.length > 0) tables.push({
    title: `${title}: for whom`,
    head: ['', 'rows', ...shown.map(labelOf), ...(reference === null ? [] : shown.map((by) => `${labelOf(by)}: minus ${reference}`))],
    rows: segments.map(({ group, name, rows, ours, against }: SegmentResult) => [
      group === name ? name : `${group}: ${name}`, count(rows), ...shown.map((by) => measuredText(ours.find(({ measure: one }) => one === by))),
      ...(reference === null ? [] : shown.map((by) => comparedText(against.find(({ measure: one }) => one === by)))),
    ]),
  })
  for (const { name, funnel } of contenders) if (funnel) tables.push({
    title: `${title}: sources of ${name}`, head: ['', 'brought', 'only it', 'relevant', 'relevant, only it', 'shown', 'relevant shown'],
    rows: funnel.sources.map((one) => [one.source, one.brought, one.alone, one.relevant, one.relevantAlone, one.shown, one.relevantShown].map((cell) => (typeof cell === 'number' ? count(cell) : cell))),
    note: `Of ${count(funnel.relevant)} relevant items ${count(funnel.retrieved)} were brought, ${count(funnel.kept)} left by the filters and ${count(funnel.shown)} shown.`,
  })
  return tables
}

/** All tables of a report, in order. */
export function tablesOf(report: Report): TextTable[] {
  const { evaluations, importance = [], errors } = report
  return [
    ...evaluations.flatMap(({ name, evaluation }) => evaluationTables(name, evaluation)),
    ...importance.map(({ name, importance: { measure: by, features } }): TextTable => ({
      title: name, head: ['', `${by.label}: how much worse`, 'interval'], rows: features.map((one) => [one.name, signed(one.importance), range(one, signed)]),
    })),
    ...(errors === undefined || errors.segments.length === 0 ? [] : [{
      title: 'Where it is wrong', head: ['', 'rows', 'log loss', 'predicted', 'observed', 'findings'],
      rows: errors.segments.slice(0, 15).map((one) => [`${one.column}: ${one.value}`, count(one.rows), measure(one.logLoss), percent(one.predicted), percent(one.observed), one.findings.join('; ') || 'none']),
      note: `p-values corrected for ${errors.parts} parts.`,
    }]),
  ]
}

/** Text that Markdown shows as it is: nothing in a name becomes markup, ends a cell or starts a line. */
const plain = (text: string) => text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>#|~!$&]/g, (sign) => (sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : sign === '&' ? '&amp;' : `\\${sign}`))

/**
 * The report as Markdown, for a pull request: the summary in words and all tables.
 *
 * @throws ArgumentError where it is given no report.
 */
export function reportMarkdown(report: Report): string {
  checkReport('reportMarkdown', report)
  const { title, summary, facts = [] } = report
  const tableText = ({ title: name, head, rows, note }: TextTable) => [
    `## ${plain(name)}`, '', `| ${head.map(plain).join(' | ')} |`, `|${head.map((_, i) => (i === 0 ? ' --- ' : ' ---: ')).join('|')}|`,
    ...rows.map((row) => `| ${row.map(plain).join(' | ')} |`), ...(note === undefined ? [] : ['', plain(note)]), '',
  ]
  return [
    `# ${plain(title)}`, '', plain(summary.lead.join(' ')), '',
    ...summary.findings.map(({ question, answer, sentences }) => `- **${plain(question)} ${plain(answer)}.** ${plain(sentences.join(' '))}`), '',
    ...(facts.length > 0 ? [...facts.map(([name, value]) => `- ${plain(name)}: ${plain(value)}`), ''] : []),
    ...tablesOf(report).flatMap(tableText),
  ].join('\n')
}
