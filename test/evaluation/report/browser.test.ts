/** The page in a real browser: at three widths, light and dark, and on paper. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportHtml } from '../../../src'
import { findChromium } from '../../backends/tfjs/browser/chromium'
import { reports } from './fixture'

const executablePath = findChromium()
const missing = executablePath === undefined ? 'there is no Chromium here; CHROME_PATH may name one' : ''
const widths = [390, 820, 1280] as const
const kinds = ['wins', 'loses', 'wild', 'bare'] as const

/** A page shown, with what it asked for and what it said. */
interface Shown {
  readonly page: Page
  readonly requests: readonly string[]
  readonly messages: readonly string[]
}

describe.skipIf(missing !== '')(`the report in Chromium${missing && ` (skipped: ${missing})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'feedrank-page-'))
  let browser: Browser
  beforeAll(async () => {
    const all = await reports()
    for (const kind of kinds) writeFileSync(join(folder, `${kind}.html`), await reportHtml(all[kind], { plots: 'always' }))
    browser = await chromium.launch({ executablePath: executablePath as string, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage'] })
  }, 120_000)
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function show(kind: string, width: number, colorScheme: 'light' | 'dark' = 'light'): Promise<Shown> {
    const page = await browser.newPage({ viewport: { width, height: 844 }, colorScheme })
    const [requests, messages]: [string[], string[]] = [[], []]
    page.on('request', (request) => { if (!/^(file|data):/.test(request.url())) requests.push(request.url()) })
    page.on('console', (message) => messages.push(message.text()))
    page.on('pageerror', (error) => messages.push(error.message))
    await page.goto(pathToFileURL(join(folder, `${kind}.html`)).href)
    return { page, requests, messages }
  }

  describe.each(kinds)('when it is %s', (kind) => {
    it.each(widths)('is never wider than %i pixels, asks for nothing and says nothing', async (width) => {
      const { page, requests, messages } = await show(kind, width)
      const open = () => page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement
        const outside = [...document.querySelectorAll('main *')].filter((one) => !one.closest('.frame, pre, .vh, svg') && one.getBoundingClientRect().right > clientWidth + 1)
        return { wider: scrollWidth - clientWidth, outside: outside.slice(0, 3).map((one) => `${one.tagName}.${one.className} in ${one.closest('section')?.id}`) }
      })
      expect(await open()).toEqual({ wider: 0, outside: [] })
      await page.evaluate(() => { for (const fold of document.querySelectorAll('details')) fold.open = true })
      expect(await open()).toEqual({ wider: 0, outside: [] })
      expect({ requests, messages }).toEqual({ requests: [], messages: [] })
      await page.close()
    })
  })

  it.each(widths)('answers the three questions on the first screen of %i pixels', async (width) => {
    const { page } = await show('loses', width)
    const { bottom, text } = await page.evaluate(() => {
      const lead = document.querySelector('.lead')
      return { bottom: lead?.getBoundingClientRect().bottom ?? Infinity, text: lead?.textContent ?? '' }
    })
    expect(bottom).toBeLessThan(844)
    for (const said of ['does not beat In use', 'not calibrated', 'worse than In use for']) expect(text).toContain(said)
    await page.close()
  })

  it.each(['light', 'dark'] as const)('has text that can be read on its ground when %s', async (scheme) => {
    const { page } = await show('wins', 1280, scheme)
    const low = await page.evaluate(() => {
      const parse = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number)
      const light = ([r, g, b]: number[]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0)
      const groundOf = (one: Element | null): number[] => {
        for (let at = one; at; at = at.parentElement) {
          const ground = parse(getComputedStyle(at).backgroundColor)
          if (ground.length === 3 || ground[3] > 0) return ground
        }
        return [255, 255, 255]
      }
      const bad: string[] = []
      for (const one of document.querySelectorAll('body *')) {
        const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim() !== '')
        if (!own || one.closest('style, .vh, .skip, title, desc') || one.getClientRects().length === 0) continue
        const style = getComputedStyle(one)
        const [text, ground] = [light(parse(one instanceof SVGElement ? style.fill : style.color)), light(groundOf(one))]
        const contrast = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05)
        if (contrast < 4.5) bad.push(`${one.tagName} ${one.textContent?.slice(0, 30)} ${contrast.toFixed(2)}`)
      }
      return bad
    })
    expect(low).toEqual([])
    await page.close()
  })

  it('is reached by keyboard: the skip link first, then contents, folds and frames', async () => {
    const { page } = await show('wins', 820)
    const reached: string[] = []
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab')
      reached.push(await page.evaluate(() => `${document.activeElement?.tagName}${document.activeElement?.className ? `.${document.activeElement.className}` : ''}`))
    }
    expect(reached[0]).toBe('A.skip')
    for (const wanted of ['A', 'SUMMARY']) expect(reached).toContain(wanted)
    await page.locator('summary').first().focus()
    await page.keyboard.press('Enter')
    expect(await page.locator('details').first().evaluate((one) => (one as HTMLDetailsElement).open)).toBe(true)
    await page.close()
  })

  it('tells a screen reader its parts, its drawings and its tables', async () => {
    const { page } = await show('wins', 1280)
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
    expect(await page.getByRole('navigation', { name: 'Contents' }).count()).toBe(1)
    expect(await page.getByRole('img', { name: 'ROC' }).count()).toBe(1)
    expect(await page.getByRole('region', { name: 'In short' }).count()).toBe(1)
    expect(await page.getByRole('rowheader').count()).toBeGreaterThan(20)
    await page.close()
  })

  it('prints on paper without what only a screen has', async () => {
    const { page } = await show('wins', 1280, 'dark')
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    const paper = await page.evaluate(() => ({ ground: getComputedStyle(document.body).backgroundColor, nav: getComputedStyle(document.querySelector('nav') as Element).display }))
    expect(paper).toEqual({ ground: 'rgb(255, 255, 255)', nav: 'none' })
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000)
    await page.close()
  })
})
