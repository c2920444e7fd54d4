import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { evaluate, evaluationReport, reportHtml, reportMarkdown, reportText, writeReport } from '../../../src'
import type { Report, ReportInput } from '../../../src'
import { hostile, reports } from './fixture'
import { readMarkup } from './markup'
import type { Tag } from './markup'

const names = ['wins', 'loses', 'undecided', 'wild', 'bare'] as const
type Name = (typeof names)[number]
interface Page { readonly report: Report; readonly page: string; readonly tags: readonly Tag[]; readonly text: string }

let all: Readonly<Record<Name, Report>>
const pages = new Map<Name, Page>()
beforeAll(async () => {
  all = await reports()
  for (const name of names) {
    const page = await reportHtml(all[name], { plots: 'always' })
    pages.set(name, { report: all[name], page, ...readMarkup(page) })
  }
}, 120_000)
const pageOf = (name: Name): Page => pages.get(name)!

describe.each(names)('the report when it is %s', (name) => {
  it('is the same page each time, from JSON read back as well, and small', async () => {
    const { report, page } = pageOf(name)
    expect(await reportHtml(report)).toBe(page)
    expect(await reportHtml(evaluationReport(JSON.parse(JSON.stringify(report)) as ReportInput))).toBe(page)
    expect(page.length).toBeLessThan(1e6)
  })

  it('has its headings in order, under one title', () => {
    const levels = pageOf(name).tags.filter((tag) => /^h[1-6]$/.test(tag.name)).map((tag) => Number(tag.name[1]))
    expect(levels[0]).toBe(1)
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    levels.slice(1).forEach((level, i) => expect(level - levels[i]).toBeLessThanOrEqual(1))
    for (const landmark of ['header', 'nav', 'main']) expect(pageOf(name).tags.some((tag) => tag.name === landmark)).toBe(true)
  })

  it('refers only to what it holds, and names nothing twice', () => {
    const { tags } = pageOf(name)
    const ids = tags.flatMap(({ attributes }) => attributes.get('id') ?? [])
    expect(new Set(ids).size).toBe(ids.length)
    for (const { attributes } of tags) {
      const href = attributes.get('href') ?? ''
      const wanted = [...(attributes.get('aria-labelledby')?.split(' ') ?? []), ...(href.startsWith('#') ? [href.slice(1)] : [])]
      for (const id of wanted) expect(ids).toContain(id)
    }
  })

  it('asks for nothing from outside and runs nothing', () => {
    const { page, tags } = pageOf(name)
    expect(tags.some((tag) => ['script', 'img', 'iframe', 'object', 'image', 'use', 'foreignObject'].includes(tag.name))).toBe(false)
    expect(page).not.toMatch(/@import|url\(/)
    for (const { attributes } of tags) {
      for (const key of attributes.keys()) expect(key).not.toMatch(/^on|^src|^style$/)
      expect(attributes.get('href') ?? '#').toMatch(/^(#|data:,$|https:\/\/example\.org\/)/)
    }
  })

  it('shows no number that is none', () => {
    const { text, tags } = pageOf(name)
    expect(text).not.toMatch(/undefined|NaN|Infinity|\[object|\bnull\b/)
    for (const { name: of, attributes } of tags) for (const value of attributes.values()) expect(`${of} ${value}`).not.toMatch(/undefined|NaN|Infinity|\[object/)
    for (const other of [reportMarkdown(all[name]), reportText(all[name])]) expect(other).not.toMatch(/undefined|NaN|Infinity|\[object|\bnull\b/)
  })

  it('tells each drawing to those who do not see it, or hides it where the numbers stand beside', () => {
    const drawn = pageOf(name).tags.filter((tag) => tag.name === 'svg')
    for (const { attributes } of drawn) expect(`${attributes.get('role') === 'img' && attributes.has('aria-labelledby') ? 'told' : attributes.get('aria-hidden')}`).toMatch(/told|true/)
    const told = drawn.filter(({ attributes }) => attributes.get('role') === 'img').length
    expect(pageOf(name).tags.filter((tag) => tag.within.at(-1) === 'svg' && (tag.name === 'title' || tag.name === 'desc'))).toHaveLength(2 * told)
  })

  it('has tables with a caption, and headers that say of what', () => {
    const { tags } = pageOf(name)
    expect(tags.filter((tag) => tag.name === 'caption')).toHaveLength(tags.filter((tag) => tag.name === 'table').length)
    for (const { attributes } of tags.filter((tag) => tag.name === 'th')) expect(attributes.get('scope')).toMatch(/^(row|col)$/)
    for (const { attributes } of tags.filter((tag) => /frame/.test(tag.attributes.get('class') ?? ''))) expect(attributes.get('tabindex')).toBe('0')
  })
})

describe('the summary', () => {
  const of = (name: Name) => all[name].summary
  const verdicts = (name: Name) => of(name).findings.map(({ question, verdict }) => `${question} ${verdict}`)

  it('answers first whether it is better, whether it is calibrated, and for whom it is worse', () => {
    expect(verdicts('wins').slice(0, 4)).toEqual([
      'Is it better than what we have? yes', 'Is it calibrated? yes', expect.stringMatching(/^For whom is it worse than In use\? (yes|undecided)$/), 'Do its probabilities fit better? yes',
    ])
    expect(of('wins').lead[0]).toBe('Ours beats In use in AUC and log loss.')
    expect(of('wins').lead[2]).toMatch(/For none of \w+ segments is Ours shown to be worse than In use\./)
  })

  it('says that it loses, and for whom', () => {
    expect(verdicts('loses').slice(0, 3)).toEqual(['Is it better than what we have? no', 'Is it calibrated? no', 'For whom is it worse than In use? no'])
    expect(of('loses').lead[0]).toBe('Ours does not beat In use.')
    expect(of('loses').lead[2]).toMatch(/^It is worse than In use for .* \(AUC and log loss\)\.$/)
    expect(of('loses').findings[0].sentences[1]).toMatch(/^It is behind In use \(0\.\d+\) by 0\.\d+ \(0\.\d+ to 0\.\d+\)\.$/)
  })

  it('leaves open what is open', () => {
    expect(verdicts('undecided')[0]).toBe('Is it better than what we have? undecided')
    expect(of('undecided').lead[0]).toBe('Whether Ours beats In use is undecided.')
    expect(of('undecided').findings[1].verdict).not.toBe('yes')
    expect(of('undecided').findings[2]).toMatchObject({ verdict: 'undecided', answer: 'None shown' })
  })

  it('puts leaks first, and claims nothing where nothing was measured', () => {
    expect(of('wild').findings[0]).toMatchObject({ question: 'Can the figures be believed?', verdict: 'no' })
    expect(of('bare').findings.map(({ verdict }) => verdict)).not.toContain('no')
    expect(of('bare').lead[0]).toBe('Ours has nothing beside it to be better than.')
  })

  it('ends a question about a leak with its own mark', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => ({ liked: i % 2 }))
    const evaluation = await evaluate({ rows, label: 'liked', contenders: [{ name: 'Knows', score: (row) => row.liked }], resamples: 0 })
    const [finding] = evaluationReport({ title: 'x', evaluations: [{ name: 'Ranking', evaluation }] }).summary.findings
    expect(finding.sentences).toEqual([expect.stringMatching(/does a feature know the label\?$/)])
  })
})

describe('the page', () => {
  it('has all its parts, the summary first', () => {
    const parts = pageOf('wins').tags.filter((tag) => tag.name === 'section').flatMap((tag) => tag.attributes.get('id') ?? [])
    expect(parts).toEqual([
      'summary', 'data', 'evaluation-0', 'evaluation-0-calibration', 'evaluation-0-segments', 'evaluation-0-curves', 'evaluation-1', 'evaluation-1-sources',
      'importance', 'errors', 'learning', 'feed-0', 'note-0',
    ])
    const drawings = pageOf('wins').tags.filter((tag) => tag.attributes.get('role') === 'img')
    expect(drawings.length).toBeGreaterThanOrEqual(14)
  })

  it('shows hostile names as they are, without what moves a cursor', () => {
    const { page, text } = pageOf('wild')
    expect(page).not.toContain('<script')
    expect(text.split('</title><script>alert("1")</script> & \'it\' <b>|`').length).toBeGreaterThan(20)
    // oxlint-disable-next-line no-control-regex
    expect(`${text}${reportText(all.wild)}`).not.toMatch(/[\u0000-\u0008\u001b]/)
    const markdown = reportMarkdown(all.wild)
    expect(markdown).not.toContain('<script')
    for (const line of markdown.split('\n').filter((one) => one.startsWith('|'))) expect(line).toMatch(/^\|(?:[^|\\]|\\.)*(?:\|(?:[^|\\]|\\.)*)*\|$/)
    const rows = markdown.split('\n').filter((one) => one.startsWith('|')).map((one) => one.replace(/\\./g, '').split('|').length)
    expect(rows.every((count) => count > 3)).toBe(true)
    expect(hostile.length).toBeGreaterThan(10)
  })

  it('links to the web and to nothing else', () => {
    const links = pageOf('wild').tags.filter((tag) => tag.name === 'a').map((tag) => tag.attributes.get('href') ?? '')
    expect(links.filter((href) => !href.startsWith('#'))).toEqual(['https://example.org/'])
  })

  it('shows the numbers where nothing can draw', async () => {
    const { tags, text } = readMarkup(await reportHtml(all.wins, { plots: 'never' }))
    expect(tags.some((tag) => tag.attributes.get('role') === 'img')).toBe(false)
    expect(text).toContain('Reliability of Ours: the numbers')
  })

  it('names in the trace what went wrong', () => expect(pageOf('wins').text).toContain('Failed: Error: plain'))
})

describe('the other forms', () => {
  it('say the same in Markdown and on a terminal', () => {
    for (const text of [reportMarkdown(all.wins), reportText(all.wins)]) {
      expect(text).toContain('Is it better than what we have?')
      expect(text).toContain('Random (baseline)'.replace('(', '('))
      expect(text).toMatch(/Ours beats In use in AUC and log\s+loss\./)
    }
    for (const line of reportText(all.wins, { width: 60 }).split('\n').slice(0, 12)) expect(line.length).toBeLessThanOrEqual(60)
  })

  it('are written whole, and nothing is left beside them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'feedrank-report-'))
    afterAll(() => rmSync(folder, { recursive: true, force: true }))
    const files = await writeReport(join(folder, 'new'), all.loses)
    expect(readdirSync(join(folder, 'new')).sort()).toEqual(['report.html', 'report.json', 'report.md'])
    expect(readFileSync(files[0], 'utf8')).toBe(pageOf('loses').page)
    expect((JSON.parse(readFileSync(files[1], 'utf8')) as Report).format).toBe('feedrank/report')
    await writeReport(join(folder, 'new'), all.wins, { files: ['report.md'] })
    expect(readFileSync(files[2], 'utf8')).toBe(reportMarkdown(all.wins))
  })

  it('refuse what is no report', async () => {
    await expect(reportHtml({} as Report)).rejects.toMatchObject({ code: 'argument' })
    expect(() => reportMarkdown(null as unknown as Report)).toThrow('what `evaluationReport` makes')
    await expect(writeReport('', all.wins)).rejects.toMatchObject({ code: 'argument' })
    await expect(writeReport('/tmp', all.wins, { files: ['x.pdf' as 'report.md'] })).rejects.toThrow('files')
    expect(() => evaluationReport({ title: 'x', evaluations: [] })).toThrow('evaluations')
    expect(() => evaluationReport({ title: '', evaluations: [] })).toThrow('title')
    for (const part of ['learning', 'importance', 'dependence', 'feeds', 'facts', 'notes'])
      expect(() => evaluationReport({ title: 'x', evaluations: [{ name: 'x', evaluation: { contenders: [] } }], [part]: 5 } as never)).toThrow(`\`${part}\` to be an array, got 5`)
  })
})

describe('the colours', () => {
  const light = (colour: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (a: string, b: string) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05)

  it.each(['light', 'dark'] as const)('can be read when it is %s', (mode) => {
    const palettes = [...pageOf('loses').page.matchAll(/:root \{([^}]*)\}/g)].map(([, body]) =>
      new Map([...body.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value])))
    const colour = (name: string) => palettes[mode === 'light' ? 0 : 1].get(name) ?? ''
    for (const text of ['ink', 'soft', 'ours', 'yes', 'no', 'open', 'second', 'third', 'fourth'])
      for (const ground of ['paper', 'raised']) expect(`${text} on ${ground} ${contrast(colour(text), colour(ground)) >= 4.5}`).toBe(`${text} on ${ground} true`)
    for (const verdict of ['yes', 'no', 'open']) expect(contrast(colour(verdict), colour(`${verdict}-soft`))).toBeGreaterThanOrEqual(4.5)
    for (const drawn of ['bar', 'strong']) expect(contrast(colour(drawn), colour('paper'))).toBeGreaterThanOrEqual(3)
  })
})
