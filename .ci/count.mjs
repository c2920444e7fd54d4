// Counts tests: `count.mjs REPORT OK` prints "passed failed skipped" of one vitest JSON report, whose run ended well or not;
// `count.mjs --total COUNTS STEPS` prints their sum as the last line of a run, with STEPS further failures, and exits accordingly.
import { existsSync, readFileSync } from 'node:fs'

const [first, second, third] = process.argv.slice(2)

if (first === '--total') {
  const rows = readFileSync(second, 'utf8').trim().split('\n').map((row) => row.split(' ').map(Number))
  const [passed, failed, skipped] = [0, 1, 2].map((column) => rows.reduce((sum, row) => sum + row[column], 0))
  const failures = failed + Number(third)
  console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  process.exitCode = failures > 0 ? 1 : 0
} else {
  const report = existsSync(first) ? JSON.parse(readFileSync(first, 'utf8')) : {}
  const { numPassedTests: passed = 0, numFailedTests: failed = 0, numPendingTests: skipped = 0, numTodoTests: todo = 0 } = report
  // A file that does not load or a type error beside the tests fails the run without failing a test; so does a run of nothing.
  const unseen = failed === 0 && (second !== 'true' || passed === 0) ? 1 : 0
  console.log(passed, failed + unseen, skipped + todo)
}
