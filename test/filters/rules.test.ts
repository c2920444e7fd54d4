import {
  ageRatingFilter, blockedAuthorsFilter, conversationFilter, duplicatesFilter, holdoutFilter, languageFilter, loadSheddingFilter, mutedKeywordsFilter, ownItemsFilter, regionFilter, repostFilter,
  seenFilter, servedFilter, stockFilter, visibilityFilter,
} from 'feedrank/filters'
import { qualityFactor } from 'feedrank/pipeline'
import type { Filter } from 'feedrank/pipeline'
import { describe, expect, it } from 'vitest'
import { ArgumentError, ContractError } from '../../src/errors'
import { contextAt } from '../pipeline/context'
import { ask, idsOf, posts, sourceOf, start } from '../pipeline/feeds'

const kept = async <Q, C>(filter: Filter<Q, C>, q: Q, cs: readonly C[]) => Array.from(await filter.keep(q, cs, contextAt()), Boolean)

describe('first of each', () => {
  it('duplicatesFilter keeps the first of each key, and what has none', async () => {
    const cs = ['x', 'y', undefined, 'x', '__proto__', undefined, '__proto__', 1].map((key) => ({ key }))
    expect(await kept(duplicatesFilter({ key: (c: (typeof cs)[number]) => c.key }), {}, cs)).toEqual([true, true, true, false, true, true, false, true])
  })

  it('conversationFilter on the page keeps the best of a conversation, and the page stays full', async () => {
    const result = await start({ limit: 2 }).source(sourceOf('a', posts(1, 2, 3, 4))).score({ name: 's', score: (_, cs) => Float64Array.from(cs, (c) => c.likes) })
      .filterSelected(conversationFilter({ conversationId: (c) => (c.likes > 2 ? 'long' : undefined) })).build().run(ask)
    expect(idsOf(result.selected)).toEqual([4, 2])
  })

  it('repostFilter keeps one of a post and its reposts, whichever comes first', async () => {
    const cs = [{ id: 8, of: 1 }, { id: 1 }, { id: 9, of: 2 }, { id: 10, of: 2 }, { id: 2 }, { id: 3 }]
    expect(await kept(repostFilter({ repostOf: (c: { id: number; of?: number }) => c.of }), {}, cs)).toEqual([true, false, true, false, false, true])
  })
})

describe('ids of another type', () => {
  const posts7 = [{ id: 7, by: 7 }, { id: 8, by: 8 }]
  const texts = [{ id: '7', by: '7' }, { id: '8', by: '8' }]
  const filters = [
    ['seenFilter', (ids: (string | number)[]) => seenFilter<object, { id: string | number }>({ seen: () => ids })],
    ['servedFilter', (ids: (string | number)[]) => servedFilter<object, { id: string | number }>({ served: () => new Set(ids) })],
    ['blockedAuthorsFilter', (ids: (string | number)[]) => blockedAuthorsFilter<object, { by: string | number }>({ blocked: () => ids, authorId: (c) => c.by })],
    ['ownItemsFilter', ([id]: (string | number)[]) => ownItemsFilter<object, { by: string | number }>({ userId: () => id, authorId: (c) => c.by })],
  ] as const
  it.each(filters)('%s refuses text where candidates have numbers, and numbers where they have text, and lets nothing through', async (_, make) => {
    for (const [ids, cs] of [[['7'], posts7], [[7], texts]] as const) {
      const error = await Promise.resolve().then(() => make([...ids]).keep({}, cs as never, contextAt())).catch((e: unknown) => e)
      expect(ContractError.isInstance(error)).toBe(true)
      expect(String(error)).toMatch(/ids of the candidates' type, got .*7.* where a candidate has .*7/)
    }
    // What merely begins alike, or is no number as it is written, is another id.
    for (const id of ['07', '7.0', '', ' 7', '9']) expect(await kept(make([id]) as never, {}, posts7)).toEqual([true, true])
    expect(await kept(make([7]) as never, {}, posts7)).toEqual([false, true])
    expect(await kept(make(['8']) as never, {}, texts)).toEqual([true, false])
  })
})

describe('servedFilter', () => {
  it('leaves out what was served, under a name of its own', async () => {
    const filter = servedFilter<{ served?: number[] }, { id: number }>({ served: (q) => q.served })
    expect(filter.name).toBe('served')
    expect(await kept(filter, { served: [2] }, [{ id: 1 }, { id: 2 }])).toEqual([true, false])
    expect(await kept(filter, {}, [{ id: 1 }])).toEqual([true])
    expect(() => servedFilter({ served: 7 as unknown as () => [] })).toThrow('feedrank/servedFilter')
  })
})

describe('mutedKeywordsFilter', () => {
  const muted = (keywords: Iterable<string>, ...texts: (string | undefined)[]) =>
    kept(mutedKeywordsFilter<object, string | undefined>({ keywords: () => keywords, text: (c) => c }), {}, texts)

  it('finds whole words and phrases, whatever the case, the signs around them and the form of the letters', async () => {
    expect(await muted(['cat', 'New York'], '#Cat!', 'concatenate', 'cats', 'in new   york.', 'newyork', 'ｃａｔ', undefined, ''))
      .toEqual([false, true, true, false, true, false, true, true])
    expect(await muted(new Set(['İstanbul'.toLowerCase(), 'straße']), 'STRASSE', 'Straße 5', 'café'.normalize('NFD'))).toEqual([true, false, true])
    expect(await muted(['café'], 'un CAFÉ'.normalize('NFD'))).toEqual([false])
  })

  it('finds words of scripts without spaces anywhere', async () => {
    expect(await muted(['東京'], '私は東京都にいる', '京都')).toEqual([false, true])
  })

  it('mutes nothing by empty words and fails where the words are not known', async () => {
    expect(await muted(['', '  ', '!!'], 'a', '')).toEqual([true, true])
    for (const wrong of ['cat', undefined, [7], null]) await expect(async () => muted(wrong as unknown as string[], 'a')).rejects.toThrow('`keywords` to be a set or a list of strings')
  })
})

describe('languageFilter', () => {
  const reads = (tags: string[] | undefined, unknown?: 'drop') => kept(
    languageFilter<object, string | undefined>({ reads: () => tags, language: (c) => c, unknown }), {}, ['en', 'en-GB', 'EN-us', 'eng', 'pt', 'pt-BR', undefined],
  )

  it('takes a tag and all that is more exact', async () => {
    expect(await reads(['en'])).toEqual([true, true, true, false, false, false, true])
    expect(await reads(['pt-BR'], 'drop')).toEqual([false, false, false, false, false, true, false])
    expect(await reads(undefined)).toEqual(Array.from({ length: 7 }, () => true))
    await expect(async () => reads('en' as unknown as string[])).rejects.toThrow('a list of language tags')
  })
})

describe('regionFilter', () => {
  it('holds to both rules; where the region is not known, only what has no rule', async () => {
    const filter = regionFilter<{ at?: string }, { only?: string[]; except?: string[] }>({ region: (q) => q.at, only: (c) => c.only, except: (c) => c.except })
    const cs = [{}, { only: ['fr'] }, { only: [] }, { except: ['fr'] }, { except: [] }, { only: ['fr'], except: ['fr'] }]
    expect(await kept(filter, { at: 'fr' }, cs)).toEqual([true, true, false, false, true, false])
    expect(await kept(filter, {}, cs)).toEqual([true, false, false, false, false, false])
  })
})

describe('stockFilter and ageRatingFilter', () => {
  it('hold back what cannot be had', async () => {
    const cs = [0, 1, 5, true, false, undefined, NaN]
    expect(await kept(stockFilter<object, (typeof cs)[number]>({ stock: (c) => c }), {}, cs)).toEqual([false, true, true, true, false, false, false])
    expect(await kept(stockFilter<object, (typeof cs)[number]>({ stock: (c) => c, least: 5, unknown: 'keep' }), {}, cs)).toEqual([false, false, true, true, false, true, true])
    expect(() => stockFilter({ stock: () => 1, least: 0 })).toThrow(ArgumentError)
  })

  it('hold back what is not for the age; one whose age is not known is a child', async () => {
    const cs = [0, 12, 18, undefined]
    const filter = ageRatingFilter<{ age?: number }, number | undefined>({ viewerAge: (q) => q.age, minAge: (c) => c })
    expect(await kept(filter, { age: 12 }, cs)).toEqual([true, true, false, false])
    expect(await kept(filter, {}, cs)).toEqual([true, false, false, false])
    expect(await kept(filter, { age: NaN }, cs)).toEqual([true, false, false, false])
    expect(() => ageRatingFilter({ viewerAge: () => 1, minAge: () => 1, unknown: 'maybe' as 'keep' })).toThrow("'keep' or 'drop'")
  })
})

describe('visibilityFilter', () => {
  interface Labelled { readonly labels?: string[] }
  const options = { labels: (c: Labelled) => c.labels, rules: { gore: 'interstitial', spam: 'drop', art: 'allow', constructor: 'allow' } as const }
  const cs: Labelled[] = [{ labels: [] }, { labels: ['art'] }, { labels: ['gore'] }, { labels: ['art', 'gore', 'spam'] }, { labels: ['new label'] }, {}, { labels: ['toString'] }]

  it('drops by the strictest label, and what nobody labelled or made a rule for', async () => {
    expect(await kept(visibilityFilter(options), {}, cs)).toEqual([true, true, true, false, false, false, false])
    expect(await kept(visibilityFilter({ ...options, otherwise: 'allow', unknown: 'interstitial' }), {}, cs)).toEqual([true, true, true, false, true, true, true])
  })

  it('marks what needs a notice, and everything when marking fails', async () => {
    const { mark } = visibilityFilter(options)
    expect(await mark.hydrate({}, cs.slice(0, 3), contextAt())).toEqual([
      { visibility: 'allow', notice: undefined }, { visibility: 'allow', notice: undefined }, { visibility: 'interstitial', notice: 'gore' },
    ])
    expect(mark.fallback.visibility).toBe('interstitial')
  })

  it('lets the request decide otherwise', async () => {
    const filter = visibilityFilter<{ adult: boolean }, Labelled>({ ...options, override: (verdict, label, q) => (label === 'gore' && !q.adult ? 'drop' : verdict) })
    expect(await kept(filter, { adult: false }, cs.slice(0, 3))).toEqual([true, true, false])
    expect(await kept(filter, { adult: true }, cs.slice(0, 3))).toEqual([true, true, true])
  })

  it('refuses a verdict that is none', () => {
    expect(() => visibilityFilter({ ...options, rules: { x: 'hide' as 'drop' } })).toThrow('`rules.x`')
    expect(() => visibilityFilter({ ...options, override: () => 'no' as 'drop' }).keep({}, cs, contextAt())).toThrow('`override`')
  })
})

describe('holdoutFilter', () => {
  it('holds out its share of the units, the same every time, others for another salt', async () => {
    const held = async (salt: string) => {
      const filter = holdoutFilter<{ user: number }, { ad: boolean }>({ unit: (q) => q.user, share: 0.2, holds: (c) => c.ad, salt })
      const out: boolean[] = []
      for (let user = 0; user < 1000; user++) {
        const [ad, post] = await kept(filter, { user }, [{ ad: true }, { ad: false }])
        expect(post).toBe(true)
        out.push(!ad)
      }
      return out
    }
    const [a, b] = [await held('a'), await held('b')]
    expect(a.filter(Boolean).length).toBeGreaterThan(150)
    expect(a.filter(Boolean).length).toBeLessThan(250)
    expect(await held('a')).toEqual(a)
    expect(a.filter((one, i) => one && b[i]).length).toBeLessThan(80)
    for (const share of [-1, 2, NaN]) expect(() => holdoutFilter({ unit: () => 1, share, holds: () => true })).toThrow('`share`')
  })
})

describe('loadSheddingFilter', () => {
  it('keeps the better part of what can be afforded, never less than the least', async () => {
    const cs = [3, 9, 1, 7, 5, NaN]
    const shed = (q: number, least: number, worth?: (c: number) => number) =>
      kept(loadSheddingFilter<object, number>({ quality: { current: () => q }, least, worth }), {}, cs)
    expect(await shed(1, 0)).toEqual(cs.map(() => true))
    expect(await shed(0.5, 0)).toEqual([true, true, true, false, false, false])
    expect(await shed(0.5, 0, (c) => c)).toEqual([false, true, false, true, true, false])
    expect(await shed(0, 2, (c) => c)).toEqual([false, true, false, true, false, false])
    expect(await shed(0, 100)).toEqual(cs.map(() => true))
  })

  it('follows the latency of its pipeline', async () => {
    const quality = qualityFactor({ targetMs: 5, percentile: 50, delta: 0.125 })
    let slow = true
    const feed = start({ onTrace: quality.onTrace, stopwatch: (() => { let t = 0; return () => (t += slow ? 10 : 0.01) })() }).source(sourceOf('a', posts(1, 2, 3, 4)))
      .filter(loadSheddingFilter({ quality, least: 1 })).build()
    const sizes: number[] = []
    for (let i = 0; i < 16; i++) {
      slow = i < 8
      sizes.push((await feed.run(ask)).selected.length)
    }
    expect(sizes).toEqual([4, 4, 3, 3, 2, 2, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4])
  })
})

describe('qualityFactor', () => {
  it('settles where the percentile of the latency is the target', () => {
    // Latency grows with the work that is let through: the p-th percentile is 100 ms at q = 0.4 here.
    for (const [percentile, settled] of [[50, 0.5], [90, 0.5 / 0.9]] as const) {
      const quality = qualityFactor({ targetMs: 100, percentile, delta: 0.001 })
      let sum = 0
      for (let i = 0; i < 40_000; i++) {
        // Uniform between 0 and 2·target·q/settled·(50/percentile): its percentile is the target exactly at q = settled.
        const u = ((i * 7919) % 10_007) / 10_007
        quality.observe((u * 100 * quality.current()) / (settled * (percentile / 100)))
        if (i >= 20_000) sum += quality.current()
      }
      expect(sum / 20_000).toBeCloseTo(settled, 1)
    }
  })

  it('stays within its bounds, ignores cancelled requests and refuses nonsense', () => {
    const quality = qualityFactor({ targetMs: 10, min: 0.3, delta: 0.5 })
    for (let i = 0; i < 5; i++) quality.observe(1000)
    expect(quality.current()).toBe(0.3)
    quality.onTrace({ outcome: 'aborted', durationMs: 0 } as Parameters<typeof quality.onTrace>[0])
    expect(quality.current()).toBe(0.3)
    for (let i = 0; i < 5; i++) quality.observe(1)
    expect(quality.current()).toBe(1)
    expect(() => quality.observe(NaN)).toThrow('`latencyMs`')
    for (const wrong of [{ targetMs: 0 }, { targetMs: 1, percentile: 100 }, { targetMs: 1, delta: 0 }, { targetMs: 1, min: 2 }, { targetMs: 1, min: 0.5, initial: 0.2 }])
      expect(() => qualityFactor(wrong)).toThrow(ArgumentError)
  })
})
