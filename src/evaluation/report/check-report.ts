import { ArgumentError, expected } from '../../errors'
import type { Report } from './report'

/** Throws unless `report` is what `evaluationReport` makes, or its JSON read back. */
export function checkReport(where: string, report: Report): void {
  const { format, version } = (report ?? {}) as Partial<Report>
  if (format !== 'feedrank/report' || version !== 1) throw new ArgumentError(expected(where, 'report', 'what `evaluationReport` makes', report))
}
