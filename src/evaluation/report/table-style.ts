import { html } from './html'

const tables = html`
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; line-height: 1.45; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.75rem; max-width: 46rem; }
th, td { text-align: left; vertical-align: top; padding: 0.6rem 0; font-weight: 400; border-top: 1px solid var(--rule); }
th + th, th + td, td + td { padding-left: 1.25rem; }
thead th { border-top: 0; padding-top: 0; padding-bottom: 0.5rem; vertical-align: bottom; font-size: 0.8125rem; line-height: 1.3; color: var(--soft); }
tbody th { font-weight: 600; }
tbody th small, td small { display: block; font-weight: 400; }
.stage th small { display: inline; }
td > svg { display: block; max-width: 100%; }
time { white-space: nowrap; }
.when { margin-top: 0.3rem; }
.cards th[scope='row'] { min-width: 11rem; }
.n { text-align: right; }
td.n { white-space: nowrap; }
.cards td.n, .cards thead th { min-width: 5.75rem; }
.cards th, .stack th, .cards td:not(.n) { overflow-wrap: anywhere; }
.cards td.n small { white-space: normal; }
tr.ours > * { background: var(--raised); }
tr.ours th { box-shadow: inset 3px 0 var(--ours); padding-left: 0.85rem; }
tr.ours > :last-child { padding-right: 0.5rem; }
.tag { font-size: 0.75rem; font-weight: 600; color: var(--ours); margin-left: 0.3em; }
.tag.quiet { font-weight: 400; color: var(--soft); }
.standing.ahead { color: var(--yes); }
.standing.behind { color: var(--no); }
.standing.undecided { color: var(--open); }
td .spark { margin-top: 0.2rem; }
td.n .spark { margin-left: auto; }
.frame, .hold { overflow-x: auto; }
.cards :is(th, td) + :is(th, td) { padding-left: 1rem; }
.frame caption { max-width: min(46rem, calc(100vw - 2.5rem)); }
.tight > * { padding-top: 0.3rem; padding-bottom: 0.3rem; white-space: nowrap; }
.tight > * + * { padding-left: 0.9rem; }
.frame table { min-width: 26rem; }
tr.component > * { border-top: 0; padding-top: 0.1rem; }
tr.component th { font-weight: 400; }
tr.component, .component, .indent { font-weight: 400; color: var(--soft); }
.indent { padding-left: 1rem; }
.fault { color: var(--no); }
table.trace { min-width: 47rem; }
.trace td:last-child { min-width: 9rem; }`

/** Rows laid out as cards: what both narrow forms of a table share. */
const stacked = (table: string) => html`
  ${table}, ${table} :is(caption, tbody, tr, th, td) { display: block; }
  ${table} thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  ${table} tr { padding: 0.85rem 0; border-top: 1px solid var(--rule); }
  ${table} :is(th, td), ${table} :is(th, td) + :is(th, td) { border: 0; padding: 0; text-align: left; }
  ${table} th[scope='row'] { padding-bottom: 0.4rem; font-size: 1rem; }
  ${table} td .spark { margin-left: 0; }
  ${table} td::before { content: attr(data-label); color: var(--soft); }
  ${table} tr.ours { box-shadow: inset 3px 0 var(--ours); background: var(--raised); padding-left: 0.85rem; padding-right: 0.5rem; }
  ${table} tr.ours > * { background: none; box-shadow: none; padding-left: 0; }`

const narrow = html`
@media (max-width: 65rem) {
  ${stacked('.cards')}
  .cards tbody tr { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 0.6rem 1rem; }
  .cards th[scope='row'] { grid-column: 1 / -1; padding-bottom: 0; }
  .cards td::before { display: block; font-size: 0.8125rem; }
  .cards.compared td:nth-last-child(-n + 2) { grid-column: span 2; }
}
@media (max-width: 40rem) {
  ${stacked('.stack')}
  table.cards tbody tr { display: block; }
  table.stack td { display: grid; grid-template-columns: minmax(5.5rem, 2fr) 3fr; gap: 0 1rem; padding: 0.2rem 0; }
  table.stack td::before { grid-row: span 4; font-size: inherit; white-space: normal; }
  table.stack td > * { grid-column: 2; }
}`

/** How tables look, wide and narrow. */
export const tableStyle = html`${tables}${narrow}`
