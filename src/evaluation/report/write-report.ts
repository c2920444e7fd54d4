import { ArgumentError, expected } from '../../errors'
import { fileSystem } from '../../serving/files'
import { writeAtomically } from '../../serving/staging'
import { checkReport } from './check-report'
import { reportMarkdown } from './markdown'
import { reportHtml } from './page'
import type { ReportHtmlOptions } from './page'
import type { Report } from './report'

/** A file of a report. */
export type ReportFile = 'report.html' | 'report.json' | 'report.md'

/** What {@link writeReport} takes. */
export interface WriteReportOptions extends ReportHtmlOptions {
  /** @defaultValue all three */
  readonly files?: readonly ReportFile[] | undefined
}

const all: readonly ReportFile[] = ['report.html', 'report.json', 'report.md']

/**
 * Writes a report to a folder as HTML, JSON and Markdown, each file beside its place and then renamed, so that nobody reads half of one.
 *
 * @throws ArgumentError where it is given no report or no folder; what the system throws where it cannot write.
 */
export async function writeReport(folder: string, report: Report, options: WriteReportOptions = {}): Promise<string[]> {
  checkReport('writeReport', report)
  if (typeof folder !== 'string' || folder === '') throw new ArgumentError(expected('writeReport', 'folder', 'the path of a folder', folder))
  const { files = all, ...rest } = options
  const unknown = files.find((file) => !all.includes(file))
  if (unknown !== undefined) throw new ArgumentError(expected('writeReport', 'files', `some of ${all.join(', ')}`, unknown))
  const texts = await Promise.all(files.map(async (file): Promise<readonly [ReportFile, string]> => [
    file, file === 'report.html' ? await reportHtml(report, rest) : file === 'report.md' ? reportMarkdown(report) : `${JSON.stringify(report, null, 1)}\n`,
  ]))
  const { mkdir } = await fileSystem()
  await mkdir(folder, { recursive: true })
  for (const [file, text] of texts) await writeAtomically(`${folder}/${file}`, [new TextEncoder().encode(text)])
  return files.map((file) => `${folder}/${file}`)
}
