import type { Filter, Hydrator, Scorer, Source } from 'feedrank'

/** A candidate as the sources bring it. */
export interface Post {
  readonly id: number
  readonly author: number
  readonly createdAt: number
  readonly language: number
}

export interface Counts { readonly likes: number; readonly replies: number }
export interface Author { readonly followers: number; readonly verified: boolean }
export interface Safety { readonly label: number }
export type Hydrated = Post & Counts & Author & Safety

export interface Ask {
  readonly user: number
  readonly muted: ReadonlySet<number>
  readonly seen: ReadonlySet<number>
}

/** An integer below `n` from a formula: the same data for every variant, and integers as V8 keeps those of JSON. */
const below = (n: number, i: number, salt: number) => (((Math.imul(i + 1, 2_654_435_761) ^ Math.imul(salt, 40_503)) >>> 8) % n) | 0
/** The time of the request, in ms since 1970; posts are up to a thousand minutes old. */
const now = 1_760_000_000_000

/** Sources that together bring `candidates` distinct posts, and a tenth of them twice. */
export function lists(candidates: number): readonly (readonly Post[])[] {
  const posts = Array.from({ length: candidates }, (_, id): Post => ({ id, author: below(300, id, 1), createdAt: now - 60_000 * below(1000, id, 2), language: below(8, id, 3) }))
  const part = Math.ceil(candidates / 4)
  return [0, 1, 2, 3].map((s) => [...posts.slice(s * part, (s + 1) * part), ...posts.slice(((s + 1) % 4) * part, ((s + 1) % 4) * part + Math.floor(part / 10))])
}

export const ask: Ask = { user: 7, muted: new Set([3, 30, 130]), seen: new Set(Array.from({ length: 100 }, (_, i) => i * 11)) }

/** What the hydrators know, made once: looking it up is a component's own time and is kept small. */
const counts: Counts[] = Array.from({ length: 97 }, (_, i) => ({ likes: below(500, i, 4), replies: below(50, i, 5) }))
const authors: Author[] = Array.from({ length: 300 }, (_, i) => ({ followers: below(10_000, i, 6), verified: i % 5 === 0 }))
const safety: Safety[] = Array.from({ length: 40 }, (_, i) => ({ label: i }))

/** Three hydrators, ten filters and five scorers, each as a function of one candidate. */
export const adds = [(c: Post) => counts[c.id % 97], (c: Post) => authors[c.author], (c: Post) => safety[c.id % 40]] as const
export const keeps: readonly ((c: Hydrated, q: Ask) => boolean)[] = [
  (c) => now - c.createdAt < 59_000_000, (c, q) => !q.muted.has(c.author), (c, q) => !q.seen.has(c.id), (c, q) => c.author !== q.user, (c) => c.language < 7,
  (c) => c.label !== 13, (c) => c.followers > 20, (c) => c.likes + c.replies > 2, (c) => c.label < 39 || c.verified, (c) => c.id % 53 !== 5,
]
export const scores: readonly ((c: Hydrated, previous: number) => number)[] = [
  (c) => c.likes + 5 * c.replies, (c, previous) => previous * (1 + Math.exp(-(now - c.createdAt) / 12_000_000)), (c, previous) => (c.verified ? previous * 1.1 : previous),
  (c, previous) => (c.language === 0 ? previous : previous * 0.75), (c, previous) => previous + c.followers / 1000,
]

export const sources = (candidates: number): Source<Ask, Post>[] => lists(candidates).map((list, s) => ({ name: `source ${s}`, fetch: () => list }))
export const hydrators = (adds as readonly ((c: Post) => object)[]).map((add, h): Hydrator<Ask, Post, object> => ({ name: `hydrator ${h}`, fallback: {}, hydrate: (_, cs) => cs.map(add) }))
export const filters = keeps.map((keep, f): Filter<Ask, Hydrated> => ({ name: `filter ${f}`, keep: (q, cs) => cs.map((c) => keep(c, q)) }))
export const scorers = scores.map((score, s): Scorer<Ask, Hydrated> => ({
  name: `scorer ${s}`,
  score(_, cs, previous) {
    const out = new Float64Array(cs.length)
    for (let i = 0; i < out.length; i++) out[i] = score(cs[i], previous[i])
    return out
  },
}))

/** A page: ids and scores, best first. */
export interface Shown { readonly ids: readonly number[]; readonly scores: readonly number[] }
/** One request, answered. */
export type Feed = () => Shown | Promise<Shown>
