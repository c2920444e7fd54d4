import type { BootstrapDifference } from 'feedrank'
import { whisker } from './chart'
import { range, signed } from './format'
import { html, type Html } from './html'
import { linearScale, type Scale } from './scale'
import { standing, type Direction, type Standing } from './verdict'

const signs: Record<Standing, readonly [sign: string, word: string, meaning: string]> = {
  ahead: ['\u25cf', 'ahead', 'the interval excludes 0'],
  behind: ['\u25bc', 'behind', 'the interval excludes 0'],
  undecided: ['\u25cb', 'undecided', 'the interval includes 0'],
  unmeasured: ['', 'not measured', ''],
}

/** What the signs mean, for a caption. */
export const key = html`<span class="standing ahead">\u25cf ahead</span> and <span class="standing behind">\u25bc behind</span>:
the interval of the difference excludes 0;
<span class="standing undecided">\u25cb undecided</span>: it includes 0.`

/** Stands where a model would be set against itself. */
export const itself = html`<span class="quiet"><span aria-hidden="true">\u2014</span><span class="vh">this is the model itself</span></span>`

const present = (differences: readonly (BootstrapDifference | undefined)[]) =>
  differences.filter((one): one is BootstrapDifference => one !== undefined && standing(one, 'higher is better') !== 'unmeasured')

/** One scale for all the small plots of a column, zero included. */
export function differenceScale(differences: readonly (BootstrapDifference | undefined)[]): Scale {
  const ends = present(differences).flatMap(({ low, high, difference }) => [low, high, difference])
  return linearScale([Math.min(0, ...ends), Math.max(0, ...ends)], [6, 114])
}

/** A difference as a point with its interval beside zero, its numbers, and what they settle. */
export function differenceCell(difference: BootstrapDifference | undefined, direction: Direction, x: Scale): Html {
  const how = standing(difference, direction)
  if (!difference || how === 'unmeasured') return html`<span class="quiet">not measured</span>`
  const [sign, word, meaning] = signs[how]
  const point = html`<circle class="${how === 'undecided' ? 'hollow' : 'solid'}" cx="${x(difference.difference)}" cy="9" r="3.5"/>`
  return html`
<span class="value"><span class="standing ${how}"><span aria-hidden="true">${sign} </span>${word}<span class="vh">, ${meaning};</span></span>
${signed(difference.difference)}</span> <small>${range(difference, signed)}</small>
<svg class="spark" aria-hidden="true" width="120" height="18" viewBox="0 0 120 18"><path class="zero" d="M${x(0)} 0V18"/>${
  whisker(9, x(difference.low), x(difference.high))}${point}</svg>`
}
