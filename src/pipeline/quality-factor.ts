import { checkNumber } from '../errors'
import type { PipelineTrace } from './trace'

/** What {@link qualityFactor} takes. */
export interface QualityFactorOptions {
  /** The latency to stay within, in ms. */
  readonly targetMs: number
  /** Which percentile of the requests is to stay within it, above 0 and below 100. @defaultValue 95 */
  readonly percentile?: number | undefined
  /** What one request within the target raises the factor by. @defaultValue 0.005 */
  readonly delta?: number | undefined
  /** The least it may fall to, in [0, 1]. @defaultValue 0.1 */
  readonly min?: number | undefined
  /** The most it may rise to, in [0, 1]. @defaultValue 1 */
  readonly max?: number | undefined
  /** Where it starts. @defaultValue `max` */
  readonly initial?: number | undefined
}

/** How much work can be afforded, between 0 (none) and 1 (all): it falls when requests are slow and recovers when they are not. */
export interface QualityFactor {
  readonly current: () => number
  /** Reports the latency of a request, in ms; one that failed for want of time reports what it took. */
  readonly observe: (latencyMs: number) => void
  /** The same from a trace: the `onTrace` of the pipeline it is to follow. */
  readonly onTrace: (trace: PipelineTrace) => void
}

/**
 * A quality factor that follows the latency: q += δ for a request within the target, else q −= δ·p/(100 − p).
 *
 * The steps balance when p percent of the requests are within the target, so the factor settles where the p-th
 * percentile of the latency is the target. It is the linear quality factor of Twitter's product-mixer. Requests that
 * the caller cancelled do not count.
 *
 * @throws ArgumentError when an option lies outside its range, or a latency is no finite number of at least 0.
 * @example
 * ```ts
 * import { qualityFactor } from 'feedrank'
 *
 * const quality = qualityFactor({ targetMs: 100, percentile: 90, delta: 0.01 })
 * quality.observe(250)
 * console.log(quality.current()) // 0.91
 * ```
 */
export function qualityFactor(options: QualityFactorOptions): QualityFactor {
  const where = 'qualityFactor'
  const targetMs = checkNumber(where, 'targetMs', options.targetMs, { above: 0 })
  const percentile = checkNumber(where, 'percentile', options.percentile ?? 95, { above: 0, below: 100 })
  const delta = checkNumber(where, 'delta', options.delta ?? 0.005, { above: 0, max: 1 })
  const max = checkNumber(where, 'max', options.max ?? 1, { min: 0, max: 1 })
  const min = checkNumber(where, 'min', options.min ?? Math.min(0.1, max), { min: 0, max })
  const loss = (delta * percentile) / (100 - percentile)
  let q = checkNumber(where, 'initial', options.initial ?? max, { min, max })
  const observe = (latencyMs: number) => {
    checkNumber(`${where}.observe`, 'latencyMs', latencyMs, { min: 0 })
    q = latencyMs <= targetMs ? Math.min(max, q + delta) : Math.max(min, q - loss)
  }
  return {
    current: () => q,
    observe,
    onTrace: (trace) => {
      if (trace.outcome !== 'aborted') observe(trace.durationMs)
    },
  }
}
