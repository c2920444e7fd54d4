import { html } from './html'
import type { Html } from './html'
import type { Report } from './report'
import { section } from './table'

/** Links lead to the web and nowhere else: a `javascript:` address becomes its text. */
const isWeb = (href: string) => /^https?:\/\//i.test(href)

export function notesSections({ notes = [] }: Report): (readonly [string, Html])[] {
  return notes.map(({ title, aside = '', figures = [], paragraphs = [], code, links = [] }, i) => [title, section(`note-${i}`, title, aside, html`
${figures.length > 0 && html`<dl class="figures">${figures.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`}
${code !== undefined && html`<pre tabindex="0" role="region" aria-label="${title}: code"><code>${code}</code></pre>`}
${paragraphs.map((text) => html`<p>${text}</p>`)}
${links.length > 0 && html`<ul>${links.map(({ text, href }) => html`<li>${isWeb(href) ? html`<a href="${href}">${text}</a>` : text}</li>`)}</ul>`}`)])
}
