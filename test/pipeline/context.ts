import type { RunContext } from 'feedrank/pipeline'
import { seededRandom } from '../../src/random'

/** A context to call a component with, outside any pipeline. */
export const contextAt = (now = 0, signal: AbortSignal = new AbortController().signal): RunContext => ({ now, signal, random: seededRandom(1).next })
