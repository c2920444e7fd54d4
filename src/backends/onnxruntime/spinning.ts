import type { Onnxruntime } from './import-onnxruntime'

/** Microseconds in which a thread without work looks for some before it sleeps. */
const patience = '10'

/**
 * How the threads of a session wait for work. Asleep, they are late for every operation of a short run; awake, they hold
 * cores that others need, for many milliseconds in onnxruntime's own setting. The gap between two operations of a run is
 * some microseconds, so threads that wait no longer are in time for the next, and asleep when the run is over.
 */
export function spinning({ env }: Partial<Pick<Onnxruntime, 'env'>>): Readonly<Record<string, string>> {
  const [major, minor] = (env?.versions?.node ?? '').split('.').map(Number)
  // Before 1.26 threads could not be told how long.
  return major > 1 || (major === 1 && minor >= 26) ? { allow_spinning: '1', spin_duration_us: patience } : { allow_spinning: '0' }
}
