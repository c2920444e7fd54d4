import { MixerPipeline } from 'feedrank'
import type { Filter, Hydrator, RunContext, Scorer } from 'feedrank'
import { adds, ask, filters, hydrators, keeps, lists, scorers, scores, sources } from './workload'
import type { Ask, Feed, Hydrated, Post } from './workload'

const limit = 20

/**
 * A hydrated candidate, field by field: what one writes who knows the fields, and the fastest. Spreading four objects into
 * one takes V8 fifteen times as long and makes the peers look worse than they need be.
 */
function hydrated(post: Post): Hydrated {
  const { likes, replies } = adds[0](post)
  const { followers, verified } = adds[1](post)
  const { label } = adds[2](post)
  const { id, author, createdAt, language } = post
  return { id, author, createdAt, language, likes, replies, followers, verified, label }
}

/** Ours. `groups` is 1 where the hydrators run at once, 3 where each runs after the one before. */
export function feedrank(candidates: number, groups: 1 | 3): Feed {
  // The workload's hydrators add what Hydrated has; their list is typed as adding nothing in particular.
  const [a, b, c] = hydrators as unknown as readonly (Hydrator<Ask, Post, Hydrated> & { readonly fallback: Hydrated })[]
  const start = MixerPipeline.for<Ask, Post>({ name: 'benchmark', limit, deadlineMs: 1000 }).source(...sources(candidates))
  const hydrated = groups === 1 ? start.hydrate(a, b, c) : start.hydrate(a).hydrate(b).hydrate(c)
  const feed = hydrated.filter(...filters).score(...scorers).build()
  return async () => {
    const { selected } = await feed.run(ask)
    return { ids: selected.map((item) => Number(item.id)), scores: selected.map((item) => item.score) }
  }
}

/** What a team writes without a library: one loop, early exits, one object a candidate. No trace, no deadline, no story. */
export function handWritten(candidates: number): Feed {
  const all = lists(candidates)
  return () => {
    const seen = new Set<number>()
    const kept: { c: Hydrated; score: number }[] = []
    for (const list of all) {
      for (const post of list) {
        if (seen.has(post.id)) continue
        seen.add(post.id)
        const c = hydrated(post)
        if (!keeps.every((keep) => keep(c, ask))) continue
        let score = 0
        for (const by of scores) score = by(c, score)
        kept.push({ c, score })
      }
    }
    kept.sort((a, b) => b.score - a.score)
    const page = kept.slice(0, limit)
    return { ids: page.map(({ c }) => c.id), scores: page.map(({ score }) => score) }
  }
}

type Row = { -readonly [K in keyof Hydrated]: Hydrated[K] } & { score: number; readonly source: string }

const clone = ({ id, author, createdAt, language, likes, replies, followers, verified, label, score, source }: Row): Row =>
  ({ id, author, createdAt, language, likes, replies, followers, verified, label, score, source })
const bare = ({ id, author, createdAt, language }: Post, source: string): Row =>
  ({ id, author, createdAt, language, likes: 0, replies: 0, followers: 0, verified: false, label: 0, score: 0, source })

/**
 * The design of X's published candidate pipeline, in TypeScript: each hydrator and scorer answers with new candidates, of
 * which the fields it owns are then moved into the old ones; each filter is handed the candidates while a clone of them
 * all is kept for the case that it fails.
 */
export function clonePerStage(candidates: number): Feed {
  const all = lists(candidates)
  return async () => {
    const fetched = await Promise.all(all.map(async (list, s) => list.map((post) => bare(post, `source ${s}`))))
    const met = new Set<number>()
    let rows = fetched.flat().filter((row) => !met.has(row.id) && met.add(row.id))
    const answers = await Promise.all(adds.map(async (add) => rows.map((row) => {
      const answer = clone(row)
      Object.assign(answer, add(row))
      return answer
    })))
    rows.forEach((row, i) => {
      row.likes = answers[0][i].likes
      row.replies = answers[0][i].replies
      row.followers = answers[1][i].followers
      row.verified = answers[1][i].verified
      row.label = answers[2][i].label
    })
    const removed: Row[] = []
    for (const keep of keeps) {
      const backup = rows.map(clone)
      const kept: Row[] = []
      for (const row of rows) (keep(row, ask) ? kept : removed).push(row)
      rows = await Promise.resolve(kept).catch(() => backup)
    }
    for (const score of scores) {
      const answer = await Promise.resolve(rows.map((row) => {
        const scored = clone(row)
        scored.score = score(row, row.score)
        return scored
      }))
      rows.forEach((row, i) => { row.score = answer[i].score })
    }
    const page = [...rows].sort((a, b) => b.score - a.score).slice(0, limit)
    return { ids: page.map((row) => row.id), scores: page.map((row) => row.score) }
  }
}

/** The components' own time and memory: their verbs, called with what the engine would hand them, and nothing else. */
export function componentsAlone(candidates: number): Feed {
  const met = new Set<number>()
  const posts = lists(candidates).flat().filter((post) => !met.has(post.id) && met.add(post.id))
  const context: RunContext = {
    now: 0, signal: new AbortController().signal, random: () => 0, left: () => Infinity, sources: () => [], score: () => NaN, parameters: new Map(), note: () => {}, attach: () => {},
  }
  const steps: { readonly run: () => unknown }[] = sources(candidates).map((one) => ({ run: () => one.fetch(ask, context) }))
  for (const one of hydrators) steps.push({ run: () => one.hydrate(ask, posts, context) })
  let cs: readonly Hydrated[] = posts.map(hydrated)
  for (const one of filters as readonly Filter<Ask, Hydrated>[]) {
    const given = cs
    steps.push({ run: () => one.keep(ask, given, context) })
    const mask = one.keep(ask, given, context) as boolean[]
    cs = given.filter((_, i) => mask[i])
  }
  let previous = new Float64Array(cs.length)
  for (const one of scorers as readonly Scorer<Ask, Hydrated>[]) {
    const before = previous
    steps.push({ run: () => one.score(ask, cs, before, context) })
    previous = one.score(ask, cs, before, context) as Float64Array<ArrayBuffer>
  }
  const order = [...previous.keys()].sort((a, b) => previous[b] - previous[a]).slice(0, limit)
  const shown = { ids: order.map((i) => cs[i].id), scores: order.map((i) => previous[i]) }
  return () => {
    for (const { run } of steps) run()
    return shown
  }
}
