import type { CandidateId, ComponentOptions, Filter } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { firstOfEach } from './first-of-each'

/** What {@link conversationFilter} takes. */
export interface ConversationFilterOptions<Q, C> extends ComponentOptions<Q> {
  /** The conversation a candidate belongs to, such as the id of its first post; one without stands for itself. */
  readonly conversationId: (c: C) => CandidateId | undefined
}

/**
 * Keeps one candidate of each conversation: the first.
 *
 * Its place is after the selector (`filterSelected`), where the first is the best; the pipeline fills the page again.
 *
 * @throws ArgumentError when `conversationId` is no function.
 * @example
 * ```ts
 * import { conversationFilter, fromList, MixerPipeline } from 'feedrank'
 *
 * type Post = { id: string; thread: string }
 * const feed = MixerPipeline.for<object, Post>({ name: 'feed', limit: 2 })
 *   .source(fromList<Post>('all', [{ id: 'a1', thread: 'a' }, { id: 'a2', thread: 'a' }, { id: 'b1', thread: 'b' }]))
 *   .filterSelected(conversationFilter({ conversationId: (post) => post.thread }))
 *   .build()
 * console.log((await feed.run({})).selected.map((item) => item.id)) // [ 'a1', 'b1' ]
 * ```
 */
export function conversationFilter<Q, C>(options: ConversationFilterOptions<Q, C>): Filter<Q, C> {
  const settings = componentOptions('conversationFilter', 'conversation', options)
  const conversationId = checkFunction('conversationFilter', 'conversationId', options.conversationId)
  return { ...settings, keep: (_, cs) => firstOfEach(cs, conversationId) }
}
