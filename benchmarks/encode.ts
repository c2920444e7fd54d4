import type { Benchmark, Checked, Variant } from './harness/benchmark'
import { timed } from './harness/benchmark'
import { pythonPeer } from './harness/python-peer'
import { arraysOf, checked, type Arrays } from './encode/checked'
import { declared, impressions, rowsOfImpressions, tableOfImpressions } from './encode/impressions'
import { plainLoop } from './encode/plain-loop'
import { requestVariants } from './encode/requests'

const inProcess = (name: string, side: Variant['side'], make: (rows: number) => () => Arrays, rows: number): Variant => ({
  name,
  side,
  part: 'log',
  threads: 1,
  start() {
    const encode = make(rows)
    return { check: (): Checked => checked(encode()), repeat: () => timed(encode), close: () => {} }
  },
})

const fromColumns = (rows: number) => {
  const table = tableOfImpressions(impressions(rows))
  const spec = declared.fit(table)
  return () => arraysOf(spec.encode(table, { labels: true }))
}

const fromObjects = (count: number) => {
  const log = impressions(count)
  const spec = declared.fit(tableOfImpressions(log))
  const rows = rowsOfImpressions(log)
  return () => arraysOf(spec.encode(rows, { labels: true }))
}

const byHand = (count: number) => {
  const log = impressions(count)
  const encode = plainLoop(log)
  const rows = rowsOfImpressions(log)
  return () => encode(rows)
}

/** The fifteen columns of an impression log: thirteen features and two labels, encoded by a spec that was fitted on them. */
export const benchmark: Benchmark = {
  name: 'encode',
  question: 'how fast is an impression log encoded, and a request with its candidates, beside pandas with scikit-learn and beside a loop written for it?',
  unit: 'rows',
  options: { rows: { value: 200_000, about: 'rows of the log in a call' }, candidates: { value: 1000, about: 'candidates in a request' } },
  unitsPerRepeat: ({ rows, candidates }, part) => (part === 'request' ? candidates : rows),
  tolerance: { relative: 2e-5, absolute: 2e-4 },
  variants: ({ rows, candidates }, threads) =>
    threads > 1
      ? [] // nobody's encoding uses a second thread
      : [
          inProcess('feedrank, columns', 'ours', fromColumns, rows),
          inProcess('feedrank, objects', 'ours', fromObjects, rows),
          inProcess('plain loop, objects', 'peer', byHand, rows),
          { ...pythonPeer({ name: 'pandas + scikit-learn', threads, script: 'encode.py', mode: 'encode', options: { rows } }), part: 'log' },
          ...requestVariants(candidates),
        ],
}
