import { html } from './html'
import type { Html } from './html'
import type { Report } from './report'

const marks = { yes: '\u2713', no: '\u2717', undecided: '\u2248' } as const

/** The answers in words first: what a team reads in a minute. */
export function summarySection({ summary: { lead, findings }, facts = [] }: Report): Html {
  return html`
<section id="summary" class="summary" aria-labelledby="summary-h">
  <h2 id="summary-h" class="quiet">In short</h2>
  <div>
    <p class="lead">${lead.join(' ')}</p>
    <dl class="findings">${findings.map(({ question, verdict, answer, sentences }) => html`
      <div><dt>${question}</dt>
      <dd class="verdict ${verdict}"><span aria-hidden="true">${marks[verdict]}</span> ${answer}</dd>
      <dd><span class="key">${sentences[0] ?? ''}</span> ${sentences.slice(1).join(' ')}</dd></div>`)}
    </dl>
    ${facts.length > 0 && html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`}
  </div>
</section>`
}
