import { describe as describePipeline, explain } from 'feedrank/pipeline'
import type { RankResult } from 'feedrank/pipeline'
import { describe, expect, it } from 'vitest'
import { ContractError } from '../../src/errors'
import { ask, byLikes, dropping, posts, sourceOf, start } from './feeds'

const feed = start({ limit: 2, deadlineMs: 200 })
  .hydrateQuery({ name: 'follows', hydrate: () => ({ follows: [1] }) })
  .source(sourceOf('network', posts(1, 2, 3)), sourceOf('popular', posts(3, 4, 5, 6), { timeoutMs: 30 }))
  .hydrate({ name: 'authors', hydrate: (_, cs) => cs.map(() => ({ author: 'x' })) })
  .filter(dropping('seen', 1))
  .score(byLikes, { name: 'half', enable: () => true, score: (_, cs, previous) => Float64Array.from(cs, (c, i) => (c.id === 5 ? previous[i] / 2 : previous[i])) })
  .rerank({ name: 'lift', rerank: (_, cs) => [cs.findIndex((c) => c.id === 2)] .concat([...cs.keys()].filter((i) => cs[i].id !== 2)) })
  .filterSelected(dropping('safety', 6))
  .effect({ name: 'log', run: () => {} })
  .build()

describe('explain', () => {
  it('tells the story of what was selected, left over, removed early, removed late and never there', async () => {
    const result = await feed.run(ask)
    expect(explain(result, 2)).toMatchObject({ fate: 'selected', rank: 4, position: 0, score: 2, moves: [{ by: 'lift', from: 4, to: 0 }] })
    expect(explain(result, 2).text).toBe([
      'network brought it.', 'likes scored it 2.', 'half left the score at 2.', 'It ranked 5th of 5 by score.', 'lift moved it from 5th to 1st.', 'It is 1st on the page.',
    ].join('\n'))
    expect(explain(result, 3).text).toBe([
      'network and popular brought it.', 'likes scored it 3.', 'half left the score at 3.', 'It ranked 3rd of 5 by score.',
      'lift moved it from 3rd to 4th.', 'It found no place on the page of 2 and is 1st behind it.',
    ].join('\n'))
    expect(explain(result, 5).text).toContain('half took the score from 5 to 2.5 (× 0.5).')
    expect(explain(result, '2')).toMatchObject({ fate: 'not retrieved', text: 'No source brought it.\nThere is an item 2, a number: ask for that.' })
    expect(explain(result, 1)).toMatchObject({ fate: 'removed', removedBy: 'seen', parts: [] })
    expect(explain(result, 1).text).toBe('network brought it.\nBefore it was scored, seen held it back.')
    expect(explain(result, 6).text).toContain('It had made the page, but safety held it back.')
    expect(explain(result, 99)).toEqual({ id: 99, fate: 'not retrieved', sources: [], parts: [], moves: [], within: [], text: 'No source brought it.' })
    expect(JSON.parse(JSON.stringify(explain(result, 2)))).toEqual(explain(result, 2))
  })

  it('says when a score is not finite, and refuses what is no result', async () => {
    const odd = await start().source(sourceOf('a', posts(1))).score({ name: 's', score: () => new Float64Array([NaN]) }).build().run(ask)
    expect(explain(odd, 1).text).toContain('Its score is not finite')
    expect(() => explain({} as RankResult<object, object>, 1)).toThrow(ContractError)
    expect(() => explain(undefined as unknown as RankResult<object, object>, 1)).toThrow(ContractError)
  })
})

describe('describe', () => {
  const { wiring, text, mermaid } = describePipeline(feed)

  it('gives the wiring as plain data', () => {
    expect(wiring.stages.map(({ stage, components }) => [stage, ...components.map(({ name }) => name)])).toEqual([
      ['hydrateQuery', 'follows'], ['source', 'network', 'popular'], ['hydrate', 'authors'], ['filter', 'seen'], ['score', 'likes', 'half'],
      ['rerank', 'lift'], ['filterSelected', 'safety'], ['effect', 'log'],
    ])
    expect(wiring.stages[1].components[1]).toEqual({ name: 'popular', onError: 'skip', timeoutMs: 30, conditional: false })
    expect(JSON.parse(JSON.stringify(wiring))).toEqual(wiring)
  })

  it('as text', () => {
    expect(text.split('\n').slice(0, 5)).toEqual([
      'test: a page of 2 within 200 ms', '  hydrate the query', '    follows (on error skip)', '  fetch (at once)', '    network (on error skip)',
    ])
    expect(text).toContain('    half (conditional, on error fail)')
  })

  it('as a Mermaid flowchart whose labels cannot break out', () => {
    expect(mermaid).toContain('flowchart TD')
    expect(mermaid).toContain('  s4c0 --> s4c1')
    expect(mermaid).toContain('  page -.-> s7')
    const sly = describePipeline(start({ name: 'a"] --> b' }).source(sourceOf('x"]; click y', [])).build()).mermaid
    expect(sly).not.toContain('a"]')
    expect(sly).toContain('a#34;#93; --#62; b')
  })

  it('refuses what is no pipeline', () => {
    expect(() => describePipeline({} as typeof feed)).toThrow(ContractError)
  })
})
