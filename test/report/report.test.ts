import { describe, expect, it } from 'vitest'
import { renderReport } from '../../examples/movielens/report'
import { empty, extremes, hostile, loses, undecided, wins } from './fixture'
import { readMarkup } from './markup'

const pages = Object.entries({ wins, loses, undecided, extremes, empty }).map(([name, results]) => {
  const page = renderReport(results)
  return { name, results, page, ...readMarkup(page) }
})

const ids = (tags: readonly { readonly attributes: ReadonlyMap<string, string> }[]) => tags.flatMap(({ attributes }) => attributes.get('id') ?? [])

describe.each(pages)('the report when it $name', ({ results, page, tags, text }) => {
  it('is the same page each time', () => expect(renderReport(results)).toBe(page))

  it('has every part, under a heading, in order', () => {
    const parts = tags.filter(({ name }) => name === 'section').map(({ attributes }) => attributes.get('id'))
    expect(parts).toEqual(['summary', 'data', 'ranking', 'calibration', 'learning', 'retrieval', 'feed', 'trace', 'latency', 'reproduce'])
    const levels = tags.filter(({ name }) => /^h[1-6]$/.test(name)).map(({ name }) => Number(name[1]))
    expect(levels[0]).toBe(1)
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    levels.slice(1).forEach((level, i) => expect(level - levels[i]).toBeLessThanOrEqual(1))
    for (const landmark of ['header', 'nav', 'main']) expect(tags.some(({ name }) => name === landmark)).toBe(true)
  })

  it('refers only to what it holds, and names nothing twice', () => {
    const all = ids(tags)
    expect(new Set(all).size).toBe(all.length)
    for (const { attributes } of tags) {
      const href = attributes.get('href') ?? ''
      const wanted = [...(attributes.get('aria-labelledby')?.split(' ') ?? []), ...(href.startsWith('#') ? [href.slice(1)] : [])]
      for (const id of wanted) expect(all).toContain(id)
    }
  })

  it('asks for nothing from outside', () => {
    const links = [...page.matchAll(/https?:\/\/[^\s"<]+/g)].map(([link]) => link)
    expect(new Set(links)).toEqual(new Set(['https://grouplens.org/datasets/movielens/', 'https://doi.org/10.1145/2827872']))
    expect(tags.some(({ name }) => ['script', 'img', 'iframe', 'object'].includes(name))).toBe(false)
    expect(page).not.toMatch(/@import|url\(/)
    for (const { attributes } of tags) {
      for (const name of attributes.keys()) expect(name).not.toMatch(/^on|^src|^style$/)
      expect(attributes.get('href') ?? '#').toMatch(/^(#|data:,$|https:\/\/(doi|grouplens)\.org\/)/)
    }
  })

  it('shows no number that is none', () => {
    expect(text).not.toMatch(/undefined|NaN|Infinity|\[object|\bnull\b/)
    for (const { name, attributes } of tags) for (const value of attributes.values()) expect(`${name} ${value}`).not.toMatch(/undefined|NaN|Infinity|\[object/)
  })

  it('tells each drawing to those who do not see it, or hides it where the numbers stand beside', () => {
    for (const { attributes, name } of tags.filter((tag) => tag.name === 'svg')) {
      expect(`${name} ${attributes.get('role') === 'img' && attributes.has('aria-labelledby') ? 'told' : attributes.get('aria-hidden')}`).toMatch(/told|true/)
    }
    const told = tags.filter(({ attributes, name }) => name === 'svg' && attributes.get('role') === 'img').length
    expect(tags.filter(({ name, within }) => within.at(-1) === 'svg' && (name === 'title' || name === 'desc'))).toHaveLength(2 * told)
  })

  it('has tables with a caption, and headers that say of what', () => {
    expect(tags.filter(({ name }) => name === 'caption')).toHaveLength(tags.filter(({ name }) => name === 'table').length)
    for (const { attributes } of tags.filter(({ name }) => name === 'th')) expect(attributes.get('scope')).toMatch(/^(row|col)$/)
    for (const { attributes } of tags.filter(({ attributes }) => /frame/.test(attributes.get('class') ?? ''))) expect(attributes.get('tabindex')).toBe('0')
  })
})

describe('the report', () => {
  it('shows titles as they are', () => {
    const { text } = pages[0]
    for (const { title } of wins.feed.items) expect(text).toContain(title)
    const { page, text: wild } = pages.find(({ name }) => name === 'extremes')!
    expect(page).not.toContain('<script')
    expect(wild.split(hostile).length).toBeGreaterThan(20)
    for (const sign of ['\u0000', '\u0007']) expect(wild).not.toContain(sign)
  })

  it('acknowledges the data', () => {
    expect(pages[0].text).toContain('F. Maxwell Harper and Joseph A. Konstan. 2015. The MovieLens Datasets: History and Context.')
    expect(pages[0].text).toContain('Neither the University of Minnesota nor GroupLens endorses this work.')
  })

  it('names in the trace what went wrong', () => {
    const { text } = pages.find(({ name }) => name === 'extremes')!
    expect(text).toContain('Timed out: feedrank/slow: gave up after 50 ms')
    expect(text).toContain(`Failed: ${hostile}`)
    expect(text).toContain('switched off for this request')
    expect(text).toContain('2 without a finite score')
    expect(text).toContain('2 already brought; 1 not usable')
    expect(pages[0].text).not.toMatch(/Timed out|Failed/)
  })

  it('says what the filters removed', () => {
    expect(pages[0].text).toContain('Filters removed 98 before the page was filled.')
    expect(pages[0].text).toMatch(/Removed by seen\s*98\s*31\.4%/)
    expect(pages[0].text).toMatch(/Ranked, but behind the page\s*208/)
  })

  it('counts the ratings of each bin, and leaves out bins without one', () => {
    expect(pages[0].text).toContain('1,304')
    expect(pages.find(({ name }) => name === 'extremes')!.text).toContain('2 of 3 bins hold no rating and are not drawn.')
  })
})

describe('the colours', () => {
  const { page } = pages[0]
  const palettes = [...page.matchAll(/:root \{([^}]*)\}/g)].map(([, body]) =>
    new Map([...body.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value])))
  const light = (colour: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (a: string, b: string) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05)

  it.each(['light', 'dark'] as const)('can be read when it is %s', (mode) => {
    const palette = palettes[mode === 'light' ? 0 : 1]
    const colour = (name: string) => palette.get(name) ?? ''
    for (const text of ['ink', 'soft', 'ours', 'yes', 'no', 'open', 'second', 'third', 'fourth'])
      for (const ground of ['paper', 'raised']) expect(`${text} on ${ground} ${contrast(colour(text), colour(ground)) >= 4.5}`).toBe(`${text} on ${ground} true`)
    for (const verdict of ['yes', 'no', 'open']) expect(contrast(colour(verdict), colour(`${verdict}-soft`))).toBeGreaterThanOrEqual(4.5)
    for (const drawn of ['bar', 'strong']) expect(contrast(colour(drawn), colour('paper'))).toBeGreaterThanOrEqual(3)
  })
})
