import { ArgumentError, expected } from '../errors'
import type { ComponentOptions, Filter } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'

/** What {@link mutedKeywordsFilter} takes. */
export interface MutedKeywordsFilterOptions<Q, C> extends ComponentOptions<Q> {
  /** The words and phrases the user does not want to read. */
  readonly keywords: (q: Q) => Iterable<string>
  /** All that can be read of a candidate; one without text is kept. */
  readonly text: (c: C) => string | undefined
}

/** Lower-case words between single spaces, with a space at both ends, so that ` a b ` is looked for and not `ab`. */
const words = (text: string) => ` ${text.normalize('NFKC').toLowerCase().split(/[^\p{L}\p{M}\p{N}]+/u).filter(Boolean).join(' ')} `
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u

/**
 * Holds back what contains a muted word or phrase, as whole words and whatever the case: `cat` mutes `#Cat!` and not
 * `concatenate`.
 *
 * A keyword in a script that is written without spaces is found anywhere in the text. A safety filter: where the
 * keywords are not known it fails the request.
 *
 * @throws ArgumentError when `keywords` or `text` is no function; in a request, when `keywords` gives no list of strings.
 * @example
 * ```ts
 * import { fromList, MixerPipeline, mutedKeywordsFilter } from 'feedrank'
 *
 * const feed = MixerPipeline.for<{ muted: string[] }, { id: number; text: string }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 1, text: 'The season FINALE!' }, { id: 2, text: 'Finalists' }]))
 *   .filter(mutedKeywordsFilter({ keywords: (q) => q.muted, text: (post) => post.text }))
 *   .build()
 * console.log((await feed.run({ muted: ['finale'] })).selected.map((item) => item.id)) // [ 2 ]
 * ```
 */
export function mutedKeywordsFilter<Q, C>(options: MutedKeywordsFilterOptions<Q, C>): Filter<Q, C> {
  const where = 'mutedKeywordsFilter'
  const settings = componentOptions(where, 'muted keywords', options)
  const keywords = checkFunction(where, 'keywords', options.keywords)
  const text = checkFunction(where, 'text', options.text)
  return {
    ...settings,
    keep(q, cs) {
      const muted: unknown = keywords(q)
      const list = typeof muted === 'object' && muted !== null && Symbol.iterator in muted ? [...(muted as Iterable<unknown>)] : undefined
      if (!list?.every((one) => typeof one === 'string')) throw new ArgumentError(expected(where, 'keywords', 'a set or a list of strings', muted))
      const needles = list.map(words).filter((one) => one.trim() !== '').map((one) => (unspaced.test(one) ? one.trim() : one))
      if (needles.length === 0) return cs.map(() => true)
      return cs.map((c) => {
        const read = text(c)
        if (read === undefined || read === null) return true
        const haystack = words(read)
        return !needles.some((needle) => haystack.includes(needle))
      })
    },
  }
}
