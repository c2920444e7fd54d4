import { html } from './html'
import { tableStyle } from './table-style'

// Ink on paper; one accent for what is ours. All pairs of text and ground have a contrast of 4.5 or more.
const colours = html`
:root {
  color-scheme: light dark;
  --paper: #fdfdfc; --raised: #f6f5f2; --ink: #1d1d1b; --soft: #5d5b56; --rule: #e3e1db; --strong: #8d8a83;
  --ours: #1f5fa6; --ours-soft: #d5e3f3; --bar: #918d86; --second: #a8480f; --third: #1d7052; --fourth: #7a3f98;
  --yes: #1b6b46; --yes-soft: #e4f2ea; --no: #a3292b; --no-soft: #fbe9e7; --open: #7a5200; --open-soft: #faf0d9;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #141517; --raised: #1c1e21; --ink: #e9e7e3; --soft: #a9a69f; --rule: #2d3034; --strong: #7c7a75;
    --ours: #86b9f2; --ours-soft: #20344b; --bar: #70737a; --second: #eda26b; --third: #77c9a3; --fourth: #cba0e3;
    --yes: #7fd0a4; --yes-soft: #17302a; --no: #f59a92; --no-soft: #3a1f1f; --open: #e3bd6a; --open-soft: #332a16;
  }
}`

const type = html`
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1.5rem; }
body {
  margin: 0 auto; padding: 0 clamp(1rem, 4vw, 3rem) 5rem; max-width: 84rem; background: var(--paper); color: var(--ink);
  font: 400 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
h1, h2, h3, h4, p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
h1 { font-size: clamp(1.75rem, 1.2rem + 2.4vw, 2.75rem); line-height: 1.12; letter-spacing: -0.022em; font-weight: 650; text-wrap: balance; }
h2 { font-size: 1.25rem; line-height: 1.25; letter-spacing: -0.012em; font-weight: 650; }
h3 { font-size: 1rem; line-height: 1.35; font-weight: 650; margin: 2.25rem 0 0.75rem; }
h3 small { margin-left: 0.4em; font-weight: 400; }
.content > :first-child { margin-top: 0; }
h4 { font-size: 1rem; line-height: 1.35; font-weight: 600; }
h1, h2, h3, h4, p, dt, dd, li, caption, figcaption { overflow-wrap: anywhere; }
p { max-width: 42rem; }
p + p { margin-top: 0.75rem; }
small, .small { font-size: 0.8125rem; line-height: 1.45; color: var(--soft); }
code, pre { font: 0.875em/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; }
code { overflow-wrap: anywhere; }
a { color: var(--ours); text-underline-offset: 0.18em; text-decoration-thickness: 0.06em; }
:focus-visible { outline: 2px solid var(--ours); outline-offset: 3px; border-radius: 2px; }
ul, ol { list-style: none; }
.quiet { color: var(--soft); }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -4rem; padding: 0.5rem 0.75rem; background: var(--paper); }
.skip:focus { top: 0.5rem; }`

const layout = html`
.top { padding: clamp(2rem, 6vw, 4.5rem) 0 1.25rem; }
.eyebrow { color: var(--soft); font-size: 0.875rem; margin-bottom: 0.6rem; }
nav { border-top: 1px solid var(--rule); padding: 1rem 0; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.1rem 1.25rem; font-size: 0.875rem; }
nav a { display: inline-block; padding: 0.3rem 0; color: var(--soft); text-decoration: none; }
nav a:hover { color: var(--ink); text-decoration: underline; }
section { border-top: 1px solid var(--rule); padding: 2rem 0 3.25rem; }
section > header, .summary > h2 { margin-bottom: 1.25rem; }
.note { margin-top: 0.5rem; font-size: 0.875rem; line-height: 1.5; color: var(--soft); max-width: 36rem; }
.summary { padding-bottom: 2.5rem; }
.summary > h2 { font-size: 0.875rem; letter-spacing: 0; }
.lead { font-size: clamp(1.125rem, 1rem + 0.7vw, 1.4375rem); line-height: 1.42; letter-spacing: -0.008em; max-width: 52rem; text-wrap: pretty; }
.findings { margin-top: 1.75rem; }
.findings > div { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.4rem; padding: 0.9rem 0; border-top: 1px solid var(--rule); }
.findings dt { font-weight: 600; }
.findings .key { color: var(--ink); }
.findings dt { line-height: 1.4; }
.findings dd { font-size: 0.9375rem; color: var(--soft); max-width: 44rem; }
.findings .verdict, .standing { font-size: 0.8125rem; font-weight: 600; white-space: nowrap; }
.findings .verdict { justify-self: start; padding: 0.1rem 0.6rem; border-radius: 1rem; }
.verdict.yes { color: var(--yes); background: var(--yes-soft); }
.verdict.no { color: var(--no); background: var(--no-soft); }
.verdict.undecided { color: var(--open); background: var(--open-soft); }
.facts, .figures { display: flex; flex-wrap: wrap; gap: 0.9rem 2.5rem; }
.facts { border-top: 1px solid var(--rule); padding-top: 1rem; }
.facts dt, .figures dt { font-size: 0.8125rem; color: var(--soft); }
.facts dd { font-weight: 600; }
.figures dd.under { font-size: 0.8125rem; font-weight: 400; color: var(--soft); letter-spacing: 0; }
.figures dd:not(.under) { font-size: 1.375rem; font-weight: 600; letter-spacing: -0.01em; line-height: 1.3; }
.figures + p { margin-top: 1rem; }
.text .frame { margin-top: 1.5rem; }
.content > p + .hold, .note + .panels, .note + .frame { margin-top: 1.25rem; }
.content > .hold + .note { margin-top: 1.25rem; }
@media (min-width: 48rem) {
  .findings > div { grid-template-columns: 13rem 7.75rem minmax(0, 1fr); column-gap: 1.25rem; align-items: start; }
}
@media (min-width: 80rem) {
  section { display: grid; grid-template-columns: 12.5rem minmax(0, 1fr); column-gap: 2.25rem; }
  section > header { position: sticky; top: 1.5rem; align-self: start; }
}
@media print {
  @page { margin: 16mm 14mm; }
  :root { --paper: #fff; }
  html { font-size: 76%; }
  body { padding: 0; max-width: none; }
  .frame, .hold { overflow: visible; }
  table.trace { min-width: 0; }
  figure > svg { max-width: 24rem; }
  nav, .skip, details:not([open]) { display: none; }
  .top { padding-top: 0; }
  section { padding: 1.25rem 0 1.5rem; }
  figure, table, tr, .feed > li, .findings > div { break-inside: avoid; }
  h2, h3, caption, thead, section > header { break-after: avoid; }
  .facts { break-before: avoid; }
}`

const drawings = html`
figure { margin-top: 2rem; }
figcaption { font-size: 0.875rem; line-height: 1.45; color: var(--soft); margin-bottom: 0.75rem; }
figcaption strong { color: var(--ink); font-weight: 600; }
figure > svg { display: block; width: 100%; max-width: 28rem; height: auto; }
figure .note { margin-top: 0.6rem; }
svg { overflow: visible; }
svg text { font-size: 12px; fill: var(--soft); }
svg text.small { font-size: 10.5px; }
svg text.label { fill: var(--ink); }
.grid { stroke: var(--rule); fill: none; }
.axis { stroke: var(--strong); fill: none; }
.zero { stroke: var(--strong); stroke-dasharray: 2 2; }
.diagonal { stroke: var(--strong); stroke-dasharray: 5 4; fill: none; }
.error { stroke: var(--ink); stroke-width: 1.25; fill: none; }
.line { fill: none; stroke-width: 1.75; stroke-linejoin: round; }
.s0 { stroke: var(--ours); } .s1 { stroke: var(--second); stroke-dasharray: 6 4; }
.s2 { stroke: var(--third); stroke-dasharray: 2 3; } .s3 { stroke: var(--fourth); stroke-dasharray: 8 3 2 3; }
.mark { fill: currentColor; stroke: var(--paper); stroke-width: 1; stroke-dasharray: none; }
.mark.s0 { color: var(--ours); } .mark.s1 { color: var(--second); } .mark.s2 { color: var(--third); } .mark.s3 { color: var(--fourth); }
.bar { fill: var(--bar); } .bar.ours, .solid { fill: var(--ours); }
.hollow { fill: var(--paper); stroke: var(--ink); stroke-width: 1.25; }
.track { fill: var(--rule); } .fill { fill: var(--ours); }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; font-size: 0.8125rem; margin-top: 0.5rem; }
.legend svg { vertical-align: -1px; margin-right: 0.3rem; }
.beside, .panels { display: grid; gap: 2rem 2.5rem; grid-template-columns: minmax(0, 1fr); }
.beside figure, .panels figure { margin-top: 0; }
@media (min-width: 44rem) {
  .panels { grid-template-columns: repeat(2, minmax(0, 1fr)); }
}
@media (min-width: 66rem) {
  .beside { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .beside.wide { grid-template-columns: minmax(0, 11fr) minmax(0, 9fr); }
}`

const feed = html`
.liked { display: flex; flex-wrap: wrap; gap: 0.4rem; font-size: 0.875rem; }
.liked li { padding: 0.15rem 0.65rem; border: 1px solid var(--rule); border-radius: 1rem; max-width: 100%; }
.feed > li {
  display: grid; grid-template-columns: 1.75rem minmax(0, 1fr) auto; gap: 0 0.75rem;
  padding: 0.9rem 0; border-top: 1px solid var(--rule);
}
.place { color: var(--soft); text-align: right; }
.genres { font-size: 0.875rem; color: var(--soft); }
.reason { margin-top: 0.3rem; font-size: 0.9375rem; }
.what p + p { margin-top: 0.15rem; }
.origin { display: flex; flex-wrap: wrap; align-items: center; gap: 0.15rem 0.9rem; margin-top: 0.35rem; }
.origin details[open] { flex-basis: 100%; }
.sources { display: flex; flex-wrap: wrap; gap: 0.3rem; min-width: 0; }
.sources li { font: 0.75rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace; }
.sources li { padding: 0 0.4rem; background: var(--raised); border-radius: 0.2rem; color: var(--soft); overflow-wrap: anywhere; }
.score { text-align: right; font-weight: 600; line-height: 1.35; }
.score svg { display: block; margin-top: 0.25rem; }
details { margin-top: 0.75rem; font-size: 0.875rem; }
summary { cursor: pointer; color: var(--soft); padding: 0.15rem 0; width: fit-content; }
summary:hover { color: var(--ink); }
details[open] > summary { margin-bottom: 0.5rem; }
.feed details { margin-top: 0; }
.slim { max-width: 32rem; }
.feed details ol { border-left: 2px solid var(--rule); padding-left: 0.85rem; color: var(--soft); }
pre { overflow-x: auto; padding: 0.85rem 1rem; background: var(--raised); border-radius: 0.3rem; margin: 0.75rem 0; }
pre code { font-size: inherit; overflow-wrap: normal; }`

/** The whole look of the page: fonts of the system, light or dark as the reader's, and quiet on paper. */
export const style = html`${colours}${type}${tableStyle}${drawings}${feed}${layout}
`
