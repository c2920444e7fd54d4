import { ContractError, expected, show } from '../errors'
import type { CandidateId } from './component'
import type { Move, RankResult, ScorePart } from './rank-result'

/** The story of one item in one request. Plain data but for `text`, which tells the same in words. */
export interface Explanation {
  readonly id: CandidateId
  readonly fate: 'selected' | 'rest' | 'removed' | 'not retrieved'
  readonly sources: readonly string[]
  readonly parts: readonly ScorePart[]
  /** The final score, of an item that was ranked. */
  readonly score?: number
  /** 0-based rank by score alone. */
  readonly rank?: number
  readonly moves: readonly Move[]
  /** 0-based place on the page, or behind it. */
  readonly position?: number
  /** The filter that held it back. */
  readonly removedBy?: string
  /** Its story within the pipelines that ran inside this one's components. */
  readonly within: readonly { readonly component: string; readonly story: Explanation }[]
  /** The whole story, one sentence a line. */
  readonly text: string
}

const ordinal = (rank: number) => {
  const n = rank + 1
  const suffix = n % 100 >= 11 && n % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')
  return `${n}${suffix}`
}

const number = (score: number) => (Number.isFinite(score) ? String(Number(score.toPrecision(6))) : String(score))

const list = (names: readonly string[]) =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`

function scoring(parts: readonly ScorePart[]): string[] {
  return parts.map(({ scorer, score }, i) => {
    const before = i === 0 ? 0 : parts[i - 1].score
    if (i === 0) return `${scorer} scored it ${number(score)}.`
    if (Object.is(score, before)) return `${scorer} left the score at ${number(score)}.`
    const factor = before > 0 && score > 0 ? ` (× ${number(score / before)})` : ''
    return `${scorer} took the score from ${number(before)} to ${number(score)}${factor}.`
  })
}

/**
 * Why one item is where it is: which sources brought it, what every scorer made of it, which component moved it, which
 * filter held it back.
 *
 * @throws ContractError when `result` is no result of a pipeline.
 * @example
 * ```ts
 * import { explain, MixerPipeline } from 'feedrank'
 *
 * const feed = MixerPipeline.for<object, { id: string; likes: number }>({ name: 'feed', limit: 1 })
 *   .source({ name: 'recent', fetch: () => [{ id: 'a', likes: 3 }, { id: 'b', likes: 7 }] })
 *   .score({ name: 'likes', score: (_, posts) => Float64Array.from(posts, (post) => post.likes) })
 *   .build()
 *
 * console.log(explain(await feed.run({}), 'b').text)
 * // recent brought it.
 * // likes scored it 7.
 * // It ranked 1st of 2 by score.
 * // It is 1st on the page.
 * ```
 */
export function explain<Q, C>(result: RankResult<Q, C>, id: CandidateId): Explanation {
  if (![result?.selected, result?.rest, result?.removed].every((items: unknown) => Array.isArray(items)))
    throw new ContractError(expected('explain', 'result', 'what a pipeline answered', result))
  const within = (result.nested ?? [])
    .map(({ component, result: inner }) => ({ component, story: explain(inner, id) }))
    .filter(({ story }) => story.fate !== 'not retrieved')
  const told = (lines: readonly string[]) =>
    [...within.flatMap(({ component, story }) => [`Within ${component}:`, ...story.text.split('\n').map((line) => `  ${line}`)]), ...lines].join('\n')
  const selected = result.selected.find((item) => item.id === id)
  const item = selected ?? result.rest.find((one) => one.id === id)
  if (item) {
    const { sources, parts, score, rank, moves, position } = item
    const ranked = result.selected.length + result.rest.length
    const removedLate = result.removed.filter((one) => one.stage === 'filterSelected').length
    const lines = [
      `${list(sources)} brought it.`,
      ...scoring(parts),
      `It ranked ${ordinal(rank)} of ${ranked + removedLate} ${parts.length > 0 ? 'by score' : 'in the order it was brought'}.`,
      ...(Number.isFinite(score) ? [] : ['Its score is not finite, and such scores rank last.']),
      ...moves.map(({ by, from, to }) => `${by} moved it from ${ordinal(from)} to ${ordinal(to)}.`),
      selected
        ? `It is ${ordinal(position)} on the page.`
        : `It found no place on the page of ${result.selected.length} and is ${ordinal(position - result.selected.length)} behind it.`,
    ]
    return { id, fate: selected ? 'selected' : 'rest', sources, parts, score, rank, moves, position, within, text: told(lines) }
  }
  const gone = result.removed.find((one) => one.id === id)
  if (gone) {
    const { sources, parts, by, stage } = gone
    const when = stage === 'filterSelected' ? 'It had made the page, but' : parts.length > 0 ? 'Then' : 'Before it was scored,'
    const lines = [`${list(sources)} brought it.`, ...scoring(parts), `${when} ${by} held it back.`]
    return { id, fate: 'removed', sources, parts, moves: [], removedBy: by, within, text: told(lines) }
  }
  // An id from a URL is text, where the item's may be a number.
  const twin = [...result.selected, ...result.rest, ...result.removed].find((one) => String(one.id) === String(id))
  const lines = ['No source brought it.', ...(twin ? [`There is an item ${show(twin.id)}, a ${typeof twin.id}: ask for that.`] : [])]
  return { id, fate: 'not retrieved', sources: [], parts: [], moves: [], within, text: told(lines) }
}
