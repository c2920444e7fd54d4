import type { Results } from '../report-data'
import { capital, duration, list, measure, milliseconds, percent, plural, range } from './format'
import { html, type Html } from './html'
import { apart, compare, twoTower, wideAndDeep, type Comparison } from './verdict'

/** From this expected calibration error on, probabilities are not taken at their word. */
const calibrationBar = 0.03

/** A question a team asks first, and what the numbers answer. */
interface Finding {
  readonly question: string
  readonly verdict: 'yes' | 'no' | 'undecided'
  readonly sentences: readonly string[]
}

/** The whole answer in a few sentences, and the findings behind it. */
interface Summary {
  readonly lead: readonly string[]
  readonly findings: readonly Finding[]
}

const level = (interval: { readonly level: number }) => percent(interval.level, Number.isInteger(Math.round(interval.level * 1e6) / 1e4) ? 0 : 1)

/** A measure and its interval in one sentence. */
const stated = (name: string, of: { readonly value: number; readonly low: number; readonly high: number; readonly level: number }, aside = '') =>
  (Number.isFinite(of.value) ? `${name} ${measure(of.value)} (${level(of)} interval ${range(of)})${aside}.` : `${name} has no value.`)

const missing = (question: string, name: string): Finding => ({ question, verdict: 'undecided', sentences: [`There is no result of ${name}.`] })

function rankingFindings({ ranking }: Results): Summary {
  const { ours, baselines } = apart(ranking, wideAndDeep)
  const questions = ['Does Wide & Deep rank better than every baseline?', 'Do its probabilities fit better than every baseline\u2019s?'] as const
  const calibrated = 'Is it calibrated?'
  if (!ours) {
    const findings = [...questions, calibrated].map((question) => missing(question, 'Wide & Deep'))
    return { lead: ['There is no result of Wide & Deep.'], findings }
  }
  const auc = compare(baselines.map((one) => ({ name: one.name, value: one.auc.value, difference: one.against?.auc })), 'higher is better')
  const loss = compare(baselines.map((one) => ({ name: one.name, value: one.logLoss.value, difference: one.against?.logLoss })), 'lower is better')
  const bestNdcg = baselines.filter(({ ndcg10 }) => ndcg10 > ours.ndcg10).map(({ name, ndcg10 }) => `${name} (${measure(ndcg10)})`)
  return {
    lead: [rankingLead(ours.name, auc, loss), calibrationLead(ours.name, ours.ece)],
    findings: [
      {
        question: questions[0], verdict: auc.verdict,
        sentences: [
          stated('AUC', ours.auc), ...auc.sentences,
          ...(bestNdcg.length > 0 ? [`By NDCG@10, where no interval was measured, ${list(bestNdcg)} scored above its ${measure(ours.ndcg10)}.`] : []),
        ],
      },
      {
        question: questions[1], verdict: loss.verdict,
        sentences: [stated('Log loss', ours.logLoss, '; lower is better'), ...loss.sentences],
      },
      { question: calibrated, ...calibration(ours, baselines) },
    ],
  }
}

function rankingLead(name: string, auc: Comparison, loss: Comparison): string {
  if (auc.verdict === 'yes' && loss.verdict === 'yes') return `${name} beats every baseline in AUC and in log loss.`
  if (auc.verdict === 'yes' || loss.verdict === 'yes') {
    const [won, other, rest] = auc.verdict === 'yes' ? ['AUC', 'log loss', loss] as const : ['log loss', 'AUC', auc] as const
    return `${name} beats every baseline in ${won}${rest.verdict === 'no' ? `, but not in ${other}` : `; in ${other} it is undecided`}.`
  }
  if (auc.verdict === 'no' || loss.verdict === 'no') return `${name} does not beat every baseline.`
  return `Whether ${name} beats every baseline is undecided.`
}

const calibrationLead = (name: string, ece: number) =>
  !Number.isFinite(ece) ? `Whether ${name} is calibrated was not measured.`
    : ece <= calibrationBar ? `Its probabilities are calibrated (ECE ${measure(ece)}).`
      : `Its probabilities are not calibrated (ECE ${measure(ece)}, above ${measure(calibrationBar, 2)}).`

function calibration(ours: Results['ranking'][number], baselines: Results['ranking']): Omit<Finding, 'question'> {
  const { ece } = ours
  if (!Number.isFinite(ece)) return { verdict: 'undecided', sentences: ['The expected calibration error has no value.'] }
  const bins = ours.reliability.filter(({ count }) => count > 0)
  const held = bins.filter(({ meanPredicted, interval }) => meanPredicted >= interval.low && meanPredicted <= interval.high).length
  const better = baselines.filter((one) => one.ece < ece).map((one) => `${one.name} (${measure(one.ece)})`)
  return {
    verdict: ece <= calibrationBar ? 'yes' : 'no',
    sentences: [
      `ECE ${measure(ece)}, ${ece <= calibrationBar ? 'within' : 'above'} the bar of ${measure(calibrationBar, 2)}.`,
      `Over the bins, what it promises and what came to pass are ${measure(ece * 100, 1)} percentage points apart on average.`,
      ...(bins.length > 0 ? [`In ${held} of ${plural(bins.length, 'bin')} the mean prediction lies within the interval of the observed share.`] : []),
      ...(better.length > 0 ? [`Lower than its own, with no interval measured: ${list(better)}.`] : []),
    ],
  }
}

function retrievalFindings({ retrieval }: Results): Summary {
  const question = 'Does two-tower retrieval find more than counting does?'
  const { ours, baselines } = apart(retrieval, twoTower)
  if (!ours) return { lead: ['There is no result of two-tower retrieval.'], findings: [missing(question, 'two-tower retrieval')] }
  const recall = compare(baselines.map((one) => ({ name: one.name, value: one.recall100.value, difference: one.against })), 'higher is better')
  const names = list(baselines.map(({ name }) => name))
  const lead = baselines.length === 0 ? `${ours.name} retrieval has no baseline beside it.`
    : recall.verdict === 'yes' ? `${ours.name} retrieval finds more of what people liked than ${names}.`
      : recall.ahead.length > 0 ? `${ours.name} retrieval beats ${list(recall.ahead)}, but is not shown to beat ${list(recall.notAhead)}.`
        : recall.verdict === 'no' ? `${ours.name} retrieval does not beat ${baselines.length > 1 ? 'its baselines' : names}.`
          : `Whether ${ours.name} retrieval beats ${names} is undecided.`
  return {
    lead: [lead],
    findings: [{
      question, verdict: recall.verdict,
      sentences: [stated('Recall@100', ours.recall100), ...recall.sentences],
    }],
  }
}

/** What the numbers say, in words; never more than their intervals carry. */
export function summarize(results: Results): Summary {
  const [ranking, retrieval] = [rankingFindings(results), retrievalFindings(results)]
  return { lead: [...ranking.lead, ...retrieval.lead].map(capital), findings: [...ranking.findings, ...retrieval.findings] }
}

const verdicts = { yes: ['Yes', '\u2713'], no: ['No', '\u2717'], undecided: ['Undecided', '\u2248'] } as const

export function summarySection(results: Results): Html {
  const { lead, findings } = summarize(results)
  const { feed } = results
  const facts: readonly (readonly [string, string])[] = [
    ['Scoring 1,000 candidates', `${milliseconds(results.latencyPer1000.p50Ms)} at the median`],
    ['A feed, end to end', milliseconds(feed.trace.durationMs)],
    ['The whole run', duration(results.seconds)],
    ['Backend, seed', `${results.backend}, ${results.seed}`],
  ]
  return html`
<section id="summary" class="summary" aria-labelledby="summary-h">
  <h2 id="summary-h" class="quiet">In short</h2>
  <div>
    <p class="lead">${lead.join(' ')}</p>
    <dl class="findings">${findings.map(({ question, verdict, sentences }) => html`
      <div><dt>${question}</dt>
      <dd class="verdict ${verdict}"><span aria-hidden="true">${verdicts[verdict][1]}</span> ${verdicts[verdict][0]}</dd>
      <dd><span class="key">${sentences[0]}</span> ${sentences.slice(1).join(' ')}</dd></div>`)}
    </dl>
    <dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
  </div>
</section>`
}
