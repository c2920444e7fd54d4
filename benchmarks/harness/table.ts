import type { Benchmark } from './benchmark'
import type { Machine } from './machine'
import type { Measured } from './measure'

const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')).join('\n')
}

/** The results as a person reads them. */
export function table(benchmark: Benchmark, machine: Machine, commit: string | null, { results, ratios, missing, figures = {} }: Measured): string {
  const rows = results.map((r) => [r.variant, String(r.threads), String(r.medianMs), String(r.p95Ms), r.perSecond.toLocaleString('en')])
  return [
    `${benchmark.name}: ${benchmark.question}`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.platform}, node ${machine.node}, commit ${commit ?? 'unknown'}`,
    '',
    columns([['variant', 'threads', 'median ms', 'p95 ms', `${benchmark.unit}/s`], ...rows]),
    ...(Object.keys(ratios).length > 0 ? ['', columns([['ours/peer@threads', 'times faster'], ...Object.entries(ratios).map(([key, ratio]) => [key, String(ratio)])])] : []),
    ...(Object.keys(figures).length > 0 ? ['', columns([['figure', 'value'], ...Object.entries(figures).map(([key, value]) => [key, value.toLocaleString('en')])])] : []),
    ...(missing.length > 0 ? ['', ...missing.map(({ variant, threads, reason }) => `missing: ${variant}@${threads}: ${reason}`)] : []),
  ].join('\n')
}
