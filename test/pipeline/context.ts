import type { RunContext } from 'feedrank/pipeline'
import { seededRandom } from '../../src/random'

/** A context to call a component with, outside any pipeline. */
export const contextAt = (now = 0, signal: AbortSignal = new AbortController().signal, more: Partial<RunContext> = {}): RunContext => ({
  now, signal, random: seededRandom(1).next, left: () => Infinity, sources: () => [], score: () => NaN, parameters: new Map(), note: () => {}, attach: () => {}, ...more,
})
