import { ArgumentError, expected } from '../errors'
import type { ComponentOptions, Filter } from '../pipeline'
import { checkFunction, componentOptions } from '../pipeline/component-options'
import { keepsUnknown } from './unknown'
import type { KeepOrDrop } from './unknown'

/** What {@link languageFilter} takes. */
export interface LanguageFilterOptions<Q, C> extends ComponentOptions<Q> {
  /** The languages the user reads, as BCP 47 tags; `undefined` or none at all takes every language. */
  readonly reads: (q: Q) => Iterable<string> | undefined
  /** The language of a candidate, as a BCP 47 tag. */
  readonly language: (c: C) => string | undefined
  /** What to do with a candidate whose language is not known. @defaultValue 'keep' */
  readonly unknown?: KeepOrDrop | undefined
}

/**
 * Keeps what the user can read: `en` takes `en`, `en-GB` and `EN-us`; `pt-BR` takes `pt-BR` alone.
 *
 * @throws ArgumentError when `reads` or `language` is no function or `unknown` neither word; in a request, when `reads` gives one string.
 * @example
 * ```ts
 * import { fromList, languageFilter, MixerPipeline } from 'feedrank'
 *
 * const feed = MixerPipeline.for<{ reads: string[] }, { id: number; lang?: string }>({ name: 'feed' })
 *   .source(fromList('all', [{ id: 1, lang: 'pl' }, { id: 2, lang: 'en-GB' }, { id: 3 }]))
 *   .filter(languageFilter({ reads: (q) => q.reads, language: (post) => post.lang }))
 *   .build()
 * console.log((await feed.run({ reads: ['en'] })).selected.map((item) => item.id)) // [ 2, 3 ]
 * ```
 */
export function languageFilter<Q, C>(options: LanguageFilterOptions<Q, C>): Filter<Q, C> {
  const where = 'languageFilter'
  const settings = componentOptions(where, 'language', options)
  const reads = checkFunction(where, 'reads', options.reads)
  const language = checkFunction(where, 'language', options.language)
  const unknown = keepsUnknown(where, options.unknown ?? 'keep')
  return {
    ...settings,
    keep(q, cs) {
      const read = reads(q)
      if (typeof read === 'string') throw new ArgumentError(expected(where, 'reads', 'a list of language tags', read))
      const ranges = [...(read ?? [])].map((tag) => tag.toLowerCase())
      if (ranges.length === 0) return cs.map(() => true)
      return cs.map((c) => {
        const tag = language(c)?.toLowerCase()
        return tag === undefined ? unknown : ranges.some((range) => tag === range || tag.startsWith(`${range}-`))
      })
    },
  }
}
