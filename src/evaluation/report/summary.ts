import type { Evaluation, SegmentResult } from '../result'
import { capital, list, measure, plural, range, signed, words } from './format'
import type { ReportInput } from './report'
import { judge, rivalsOf, stated } from './verdict'
import type { Verdict } from './verdict'

/** A question a team asks first, and what the numbers answer. */
export interface Finding {
  readonly question: string
  readonly verdict: 'yes' | 'no' | 'undecided'
  /** The answer in a word or two. */
  readonly answer: string
  readonly sentences: readonly string[]
}

/** The whole answer in a few sentences, and the findings behind it. */
export interface Summary {
  readonly lead: readonly string[]
  readonly findings: readonly Finding[]
}

const answers = { yes: 'Yes', no: 'No', undecided: 'Undecided' } as const

const finding = (question: string, verdict: Finding['verdict'], sentences: readonly string[], answer: string = answers[verdict]): Finding => ({ question, verdict, answer, sentences })

const labelOf = ({ measures }: Evaluation, name: string) => measures.find((one) => one.name === name)?.label ?? name

const oursBy = ({ contenders }: Evaluation, name: string) => contenders[0].measures.find((one) => one.measure === name)

/** Whom ours is asked to beat, in words. */
function others({ contenders, reference, referenceInUse }: Evaluation): string {
  if (referenceInUse && reference !== null) return reference
  const names = contenders.slice(1).map(({ name }) => name)
  return names.length === 1 ? names[0] : names.every((_, i) => contenders[i + 1].role === 'baseline') ? 'every baseline' : 'everything beside it'
}

/** `Wide & Deep beats every baseline in AUC.` */
function betterLead(evaluation: Evaluation, by: readonly { readonly label: string; readonly verdict: Verdict }[]): string {
  const { ours } = evaluation
  const whom = others(evaluation)
  if (evaluation.contenders.length === 1) return `${ours} has nothing beside it to be better than.`
  const of = (wanted: string) => by.filter(({ verdict }) => verdict.verdict === wanted).map(({ label }) => label)
  const [wins, losses, open] = [of('yes'), of('no'), of('undecided')]
  if (wins.length === 0 && losses.length === 0) {
    const { ahead, notAhead } = by[0].verdict
    return ahead.length > 0 ? `${ours} beats ${list(ahead)} in ${by[0].label}, but is not shown to beat ${list(notAhead)}.` : `Whether ${ours} beats ${whom} is undecided.`
  }
  if (wins.length === 0) return losses.length === by.length ? `${ours} does not beat ${whom}.` : `${ours} does not beat ${whom} in ${list(losses)}; in ${list(open)} it is undecided.`
  const but = [losses.length > 0 && `, but not in ${list(losses)}`, open.length > 0 && `; in ${list(open)} it is undecided`].filter((one) => one !== false).join('')
  return `${ours} beats ${whom} in ${list(wins)}${but}.`
}

function betterFindings(name: string, evaluation: Evaluation, first: boolean): { readonly lead: string; readonly findings: Finding[] } {
  const { primary, measures, level, referenceInUse, reference, kind } = evaluation
  const deciding = [primary, ...(primary !== 'logLoss' && measures.some((one) => one.name === 'logLoss') ? ['logLoss'] : [])]
  const by = deciding.map((key) => {
    const better = measures.find((one) => one.name === key)?.better ?? 'higher'
    return { key, label: spoken(evaluation, key), verdict: judge(rivalsOf(evaluation, key, true), better) }
  })
  const findings = by.map(({ key, label, verdict }) => {
    const rest = referenceInUse ? judge(rivalsOf(evaluation, key).filter(({ name: other }) => other !== reference), measures.find((one) => one.name === key)?.better ?? 'higher') : undefined
    const question = key === 'logLoss' && by.length > 1 ? 'Do its probabilities fit better?'
      : first ? 'Is it better than what we have?' : kind === 'lists' ? `${name}: does it find more?` : `${name}: is it better?`
    return finding(question, verdict.verdict, [
      stated(key === 'logLoss' ? 'Log loss' : label, oursBy(evaluation, key), level), ...verdict.sentences,
      ...(rest && rest.ahead.length + rest.notAhead.length > 0 ? rest.sentences : []),
    ])
  })
  return { lead: betterLead(evaluation, by), findings }
}

function calibration(evaluation: Evaluation, tolerable: number): { readonly lead: string[]; readonly findings: Finding[] } {
  if (!evaluation.measures.some(({ name }) => name === 'ece')) return { lead: [], findings: [] }
  const question = 'Is it calibrated?'
  const one = oursBy(evaluation, 'ece')
  if (one === undefined || one.value === null)
    return { lead: [`Whether it is calibrated cannot be told: ${one?.note ?? 'it was not measured'}.`], findings: [finding(question, 'undecided', [stated('ECE', one, evaluation.level)])] }
  if (one.low === null && one.note !== undefined)
    return { lead: [`Whether it is calibrated cannot be told: ${one.note}.`], findings: [finding(question, 'undecided', [stated('ECE', one, evaluation.level)])] }
  const within = one.value <= tolerable
  const bins = evaluation.contenders[0].curves?.reliability ?? []
  const held = bins.filter(({ meanPredicted, interval }) => meanPredicted >= interval.low && meanPredicted <= interval.high).length
  const ratio = oursBy(evaluation, 'calibrationRatio')
  const ratioText = ratio?.value === null || ratio === undefined ? []
    : [`In all it predicts ${measure(ratio.value, 3)} times what came to pass${ratio.low === null || ratio.high === null ? '' : ` (${range({ low: ratio.low, high: ratio.high }, (value) => measure(value, 3))})`}.`]
  // Few rows alone raise the ECE of a perfect model: where nearly all bins hold what was predicted, it is not settled.
  const chance = !within && bins.length > 0 && held >= Math.floor(evaluation.level * bins.length)
  const lead = within ? `Its probabilities are calibrated (ECE ${measure(one.value)}).`
    : chance ? `Whether it is calibrated is undecided: the ECE of ${measure(one.value)} may be the noise of ${plural(evaluation.size, 'row')}.`
      : `Its probabilities are not calibrated (ECE ${measure(one.value)}, above ${measure(tolerable, 2)}).`
  return {
    lead: [lead],
    findings: [finding(question, within ? 'yes' : chance ? 'undecided' : 'no', [
      stated('ECE', one, evaluation.level), `That is ${within ? 'within' : 'above'} the bar of ${measure(tolerable, 2)}${within && (one.high ?? 0) > tolerable ? ', though the interval reaches beyond it' : ''}.`, ...ratioText,
      ...(bins.length > 0 ? [`In ${held} of ${plural(bins.length, 'bin')} the mean prediction lies within the interval of the observed share.`] : []),
    ])],
  }
}

/** A measure within a sentence. */
const spoken = (evaluation: Evaluation, key: string) => (key === 'logLoss' ? 'log loss' : labelOf(evaluation, key))

const named = ({ group, name }: SegmentResult) => (group === name || ['Users', 'Items'].includes(group) ? name : `${group} ${name}`)

/** Segments where ours is behind the reference by any measure that was compared. */
function worse(evaluation: Evaluation): { readonly lead: string[]; readonly findings: Finding[] } {
  const { segments, reference, ours, measures } = evaluation
  if (segments.length === 0 || reference === null) return { lead: [], findings: [] }
  const compared = segments.filter(({ against }) => against.some(({ standing }) => standing !== 'unmeasured'))
  const behind = compared.flatMap((segment) => segment.against.filter(({ standing, measure: key }) => standing === 'behind' && key !== 'calibrationRatio').map((one) => ({ segment, one })))
  const names = [...new Set(behind.map(({ segment }) => named(segment)))]
  const question = `For whom is it worse than ${reference}?`
  if (compared.length === 0)
    return { lead: [`For whom it is worse than ${reference} cannot be told: the segments are too small.`], findings: [finding(question, 'undecided', ['No segment is large enough to be compared.'])] }
  const open = compared.filter(({ against }) => against[0].standing === 'undecided').map(named)
  const primary = measures[0].label
  const sentences = [
    ...behind.map(({ segment, one }) =>
      `For ${named(segment)} it is behind in ${spoken(evaluation, one.measure)}: ${signed(one.difference ?? NaN)} (${range({ low: one.low ?? NaN, high: one.high ?? NaN }, signed)}).`),
    ...(behind.length === 0 ? [`In none of ${words(compared.length)} segments is it behind, p-values corrected for all of them.`] : []),
    ...(open.length === 0 ? [`In ${primary} every one is settled.`]
      : [`In ${primary} it is undecided ${open.length > 4 ? `in ${words(open.length)} of ${words(compared.length)}` : `for ${list(open)}`}.`]),
    ...offSegments(evaluation),
  ]
  if (names.length > 0) {
    const by = [...new Set(behind.map(({ one }) => spoken(evaluation, one.measure)))]
    return {
      lead: [`It is worse than ${reference} for ${list(names)} (${list(by)}).`], findings: [finding(question, 'no', sentences, names.length === 1 ? '1 segment' : `${names.length} segments`)],
    }
  }
  // Where segments are undecided, nobody is not proved: none is shown.
  return {
    lead: [`For none of ${words(compared.length)} segments is ${ours} shown to be worse than ${reference}.`],
    findings: [open.length === 0 ? finding(question, 'yes', sentences, 'Nobody') : finding(question, 'undecided', sentences, 'None shown')],
  }
}

/** Segments that are promised too much or too little, the furthest first. */
function offSegments({ segments }: Evaluation): string[] {
  const off = segments.flatMap((segment) => {
    const ratio = segment.ours.find((one) => one.measure === 'calibrationRatio')
    if (!ratio || ratio.value === null || ratio.low === null || ratio.high === null || (ratio.low <= 1 && ratio.high >= 1)) return []
    return [{ segment, value: ratio.value, distance: Math.abs(Math.log(ratio.value)) }]
  }).sort((a, b) => b.distance - a.distance).slice(0, 3)
  if (off.length === 0) return []
  const texts = off.map(({ segment, value }) => `${named(segment)} (${measure(value, 2)})`)
  return [`Predicted over observed leaves 1 out of its interval for ${list(texts)}.`]
}

function belief(evaluations: ReportInput['evaluations']): { readonly lead: string[]; readonly findings: Finding[] } {
  const leaks = evaluations.flatMap(({ evaluation }) => evaluation.leaks)
  if (leaks.length === 0) return { lead: [], findings: [] }
  return { lead: ['The figures may be too good: the test part is not apart from the training part.'], findings: [finding('Can the figures be believed?', 'no', leaks.map(({ message }) => `${capital(message)}${message.endsWith('?') ? '' : '.'}`))] }
}

/** What the numbers say, in words; never more than their intervals carry. */
export function summarize({ evaluations }: ReportInput, tolerable: number): Summary {
  const parts = evaluations.map(({ name, evaluation }, i) => {
    const better = betterFindings(name, evaluation, i === 0)
    const calibrated = evaluation.kind === 'rows' ? calibration(evaluation, tolerable) : { lead: [], findings: [] }
    const segments = worse(evaluation)
    // The first evaluation answers all three questions at the top; of the others the lead says one thing.
    return {
      lead: i === 0 ? [better.lead, ...calibrated.lead, ...segments.lead] : [better.lead],
      findings: i === 0 ? [better.findings[0], ...calibrated.findings, ...segments.findings, ...better.findings.slice(1)]
        : [...better.findings, ...segments.findings.map((one) => ({ ...one, question: `${name}: f${one.question.slice(1)}` }))],
    }
  })
  const believed = belief(evaluations)
  return { lead: [...believed.lead, ...parts.flatMap(({ lead }) => lead)], findings: [...believed.findings, ...parts.flatMap(({ findings }) => findings)] }
}
