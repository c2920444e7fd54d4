import { reportText, type Report } from 'feedrank'

/** The report and the feed, for a terminal. */
export function printReport(report: Report): void {
  console.log(`\n${reportText(report)}`)
  for (const { title, known, items, removed, retrieved, trace } of report.feeds ?? []) {
    console.log(`${title}${known === undefined ? '' : `; ${known.title.toLowerCase()}: ${known.items.join('; ') || 'nothing yet'}`}\n`)
    items.forEach(({ title: name, subtitle = '', score, reason = '' }, i) => console.log(`${String(i + 1).padStart(3)}. ${name}  ${(100 * score).toFixed(0)}%  ${subtitle}\n     ${reason}`))
    const held = removed.map(({ by, count }) => `${count} by '${by}'`).join(', ')
    console.log(`\n     ${retrieved} candidates; held back: ${held || 'none'}; ${trace.durationMs.toFixed(0)} ms\n`)
  }
}
