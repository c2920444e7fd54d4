import { describe, expect, it } from 'vitest'
import { summarize } from '../../examples/movielens/report/summary'
import { compare, standing } from '../../examples/movielens/report/verdict'
import { difference, empty, extremes, loses, ranking, retrieval, undecided, wins } from './fixture'

const verdicts = (results: Parameters<typeof summarize>[0]) => summarize(results).findings.map(({ verdict }) => verdict)
const said = (results: Parameters<typeof summarize>[0]) => summarize(results).findings.map(({ sentences }) => sentences.join(' '))

describe('the summary', () => {
  it('says that it wins where every interval says so', () => {
    expect(verdicts(wins)).toEqual(['yes', 'yes', 'yes', 'yes'])
    expect(summarize(wins).lead).toEqual([
      'Wide & Deep beats every baseline in AUC and in log loss.',
      'Its probabilities are calibrated (ECE 0.0118).',
      'Two-tower retrieval finds more of what people liked than Popularity and Item-to-item.',
    ])
    const [auc, loss, calibration, recall] = said(wins)
    expect(auc).toBe('AUC 0.7661 (95% interval 0.7570 to 0.7752). It is ahead of all three baselines; the nearest is Logistic regression (0.7540), ' +
      'by 0.0121 (0.0079 to 0.0163). All three intervals exclude 0.')
    expect(loss).toContain('by 0.0103 (0.0061 to 0.0145)')
    expect(calibration).toContain('ECE 0.0118, within the bar of 0.03.')
    expect(recall).toContain('It is ahead of both baselines; the nearest is Item-to-item (0.2891), by 0.0421 (0.0260 to 0.0582). Both intervals exclude 0.')
  })

  it('says that it does not win where one baseline is ahead', () => {
    expect(verdicts(loses)).toEqual(['no', 'no', 'no', 'no'])
    expect(summarize(loses).lead).toEqual([
      'Wide & Deep does not beat every baseline.',
      'Its probabilities are not calibrated (ECE 0.0514, above 0.03).',
      'Two-tower retrieval does not beat its baselines.',
    ])
    const [auc, loss, calibration] = said(loses)
    expect(auc).toContain('It is behind Logistic regression (0.7540) by 0.0138 (0.0096 to 0.0180); the interval excludes 0.')
    expect(auc).toContain('Against Bias model (0.7431) it is undecided: the interval of the difference of \u22120.0029 (\u22120.0071 to +0.0013) includes 0.')
    expect(auc).toContain('It is ahead of Popularity (0.6702), by 0.0700 (0.0658 to 0.0742). The interval excludes 0.')
    expect(auc).toContain('By NDCG@10, where no interval was measured, Bias model (0.8422) and Logistic regression (0.8478) scored above its 0.8401.')
    expect(loss).toContain('It is behind Logistic regression (0.5804) by 0.0157 (0.0115 to 0.0199); the interval excludes 0.')
    expect(calibration).toContain('Lower than its own, with no interval measured: Popularity (0.0312)')
  })

  it('leaves open what the intervals leave open', () => {
    expect(verdicts(undecided)).toEqual(['undecided', 'undecided', 'yes', 'undecided'])
    expect(summarize(undecided).lead).toEqual([
      'Whether Wide & Deep beats every baseline is undecided.',
      'Its probabilities are calibrated (ECE 0.0118).',
      'Two-tower retrieval beats Popularity, but is not shown to beat Item-to-item.',
    ])
    expect(said(undecided)[0]).toContain('Against Logistic regression (0.7540) it is undecided: the interval of the difference of +0.0012 (\u22120.0030 to +0.0054) includes 0.')
  })

  it('tells one measure from the other', () => {
    const aucOnly = { ...wins, ranking: ranking({ auc: 0.7661, logLoss: 0.5961, half: 0.0042 }) }
    expect(summarize(aucOnly).lead[0]).toBe('Wide & Deep beats every baseline in AUC, but not in log loss.')
    const lossOnly = { ...wins, ranking: ranking({ auc: 0.7552, logLoss: 0.5701, half: 0.0042 }) }
    expect(summarize(lossOnly).lead[0]).toBe('Wide & Deep beats every baseline in log loss; in AUC it is undecided.')
  })

  it('claims nothing where nothing was measured', () => {
    expect(verdicts(empty)).toEqual(['undecided', 'undecided', 'undecided', 'undecided'])
    expect(verdicts(extremes)).toEqual(['undecided', 'undecided', 'undecided', 'undecided'])
    const alone = { ...wins, ranking: wins.ranking.slice(0, 1), retrieval: retrieval(0.3, 0.01).slice(0, 1) }
    expect(verdicts(alone)).toEqual(['undecided', 'undecided', 'yes', 'undecided'])
    expect(said(alone)[0]).toContain('There is no baseline to set it beside.')
  })
})

describe('standing', () => {
  it('is settled only where the interval excludes 0, and ends at 0 do not', () => {
    expect(standing(difference(0.6, 0.5, 0.05), 'higher is better')).toBe('ahead')
    expect(standing(difference(0.6, 0.5, 0.05), 'lower is better')).toBe('behind')
    expect(standing(difference(0.5, 0.6, 0.05), 'higher is better')).toBe('behind')
    expect(standing(difference(0.5, 0.6, 0.05), 'lower is better')).toBe('ahead')
    expect(standing({ ...difference(0.6, 0.5, 0), low: 0, high: 0.2 }, 'higher is better')).toBe('undecided')
    expect(standing({ ...difference(0.6, 0.5, 0), low: -0.2, high: 0 }, 'lower is better')).toBe('undecided')
    expect(standing(difference(0.5, 0.5, 0), 'higher is better')).toBe('undecided')
    expect(standing(undefined, 'higher is better')).toBe('unmeasured')
    expect(standing({ ...difference(0.6, 0.5, 0), low: NaN }, 'higher is better')).toBe('unmeasured')
  })

  it('of all together is a win only if each is one', () => {
    const rival = (name: string, theirs: number) => ({ name, value: theirs, difference: difference(0.5, theirs, 0.1) })
    const all = (...theirs: number[]) => compare(theirs.map((value, i) => rival(`b${i}`, value)), 'higher is better').verdict
    expect(all(0.1, 0.2, 0.3)).toBe('yes')
    expect(all(0.1, 0.2, 0.45)).toBe('undecided')
    expect(all(0.1, 0.45, 0.9)).toBe('no')
    expect(all()).toBe('undecided')
  })
})
