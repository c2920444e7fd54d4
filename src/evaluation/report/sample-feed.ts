import { ArgumentError, checkObject, expected } from '../../errors'
import { explain } from '../../pipeline'
import type { RankedItem, RankResult } from '../../pipeline'
import type { SampleFeed } from './report'

/** How {@link sampleFeed} shows a pipeline's answer. */
export interface SampleFeedOptions<C> {
  readonly title: string
  /** What an item is, for people. */
  readonly item: (item: RankedItem<C>) => { readonly title: string; readonly subtitle?: string; readonly reason?: string }
  readonly known?: SampleFeed['known']
  /** What the score is the probability of, such as `Chance of a like`. @defaultValue scores are shown as numbers */
  readonly probability?: string | undefined
  /** The pipeline's wiring as text: `describe(pipeline).text`. */
  readonly wiring?: string | undefined
}

/**
 * One answer of a pipeline for a report: its items, each with its whole story, what filters removed, and the trace.
 *
 * @throws ArgumentError where it is given no answer of a pipeline.
 */
export function sampleFeed<Q extends object, C extends object>(result: RankResult<Q, C>, options: SampleFeedOptions<C>): SampleFeed {
  if (!Array.isArray(result?.selected)) throw new ArgumentError(expected('sampleFeed', 'result', 'the answer of a pipeline', result))
  const { title, item, known, probability, wiring } = checkObject('sampleFeed', 'options', options)
  const removed = new Map<string, number>()
  for (const { by } of result.removed) removed.set(by, (removed.get(by) ?? 0) + 1)
  return {
    title, known, probability, wiring, retrieved: result.retrieved, trace: result.trace,
    items: result.selected.map((one) => ({ ...item(one), score: one.score, sources: one.sources, story: explain(result, one.id).text })),
    removed: [...removed].map(([by, count]) => ({ by, count })),
  }
}
