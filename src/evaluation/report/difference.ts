import type { Compared, Measured, Standing } from '../result'
import { measure, range, signed } from './format'
import { html } from './html'
import type { Html } from './html'
import { linearScale } from './scale'
import type { Scale } from './scale'

const signs: Record<Standing, readonly [sign: string, word: string]> = {
  ahead: ['\u25cf', 'ahead'], behind: ['\u25bc', 'behind'], undecided: ['\u25cb', 'undecided'], unmeasured: ['', 'not compared'],
}

/** What the signs mean, for a caption. */
export const key = html`<span class="standing ahead">\u25cf ahead</span> and <span class="standing behind">\u25bc behind</span>:
the interval of the difference leaves out 0, and so does chance after correction for many comparisons (Holm);
<span class="standing undecided">\u25cb undecided</span>: not so.`

/** Stands where a contender would be set against itself. */
export const itself = html`<span class="quiet"><span aria-hidden="true">\u2014</span><span class="vh">this is the one that is judged</span></span>`

const drawn = (one: Compared | undefined): one is Compared & { readonly low: number; readonly high: number; readonly difference: number } =>
  one !== undefined && one.low !== null && one.high !== null && one.difference !== null

/** One scale for all the small plots of a column, zero included. */
export function differenceScale(differences: readonly (Compared | undefined)[]): Scale {
  const ends = differences.filter(drawn).flatMap(({ low, high, difference }) => [low, high, difference])
  return linearScale([Math.min(0, ...ends), Math.max(0, ...ends)], [6, 114])
}

/** A difference as a point with its interval beside zero, its numbers, and what they settle. */
export function differenceCell(one: Compared | undefined, x: Scale): Html {
  if (!drawn(one)) {
    const value = one?.difference ?? null
    return html`${value !== null && html`<span class="value">${signed(value)}</span> `}<small>${one?.note ?? 'not compared'}</small>`
  }
  const [sign, word] = signs[one.standing]
  const point = html`<circle class="${one.standing === 'undecided' ? 'hollow' : 'solid'}" cx="${x(one.difference)}" cy="9" r="3.5"/>`
  const [low, high] = [x(one.low), x(one.high)]
  return html`
<span class="value"><span class="standing ${one.standing}"><span aria-hidden="true">${sign} </span>${word}<span class="vh">;</span></span>
${signed(one.difference)}</span> <small>${range(one, signed)}</small>
<svg class="spark" aria-hidden="true" width="120" height="18" viewBox="0 0 120 18"><path class="zero" d="M${x(0)} 0V18"/><path class="error" d="M${low} 9H${high}M${low} 6v6M${high} 6v6"/>${point}</svg>`
}

/** A value with its interval below it, or why there is none. */
export function measuredCell(one: Measured | undefined): Html {
  if (one === undefined) return html`<span class="quiet">not measured</span>`
  if (one.value === null) return html`<span class="quiet">no value</span> <small>${one.note ?? ''}</small>`
  const below = one.low !== null && one.high !== null ? range({ low: one.low, high: one.high }) : one.note
  return html`<span class="value">${measure(one.value)}</span>${below !== undefined && html` <small>${below}</small>`}`
}
