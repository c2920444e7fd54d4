import { BackendError } from '../../errors'
import { importOptional, namesOf } from '../../optional-package'
import type { Importing } from '../../optional-package'
import { markup } from './html'
import type { Html } from './html'

/** One layer of a plot: dots, lines, bars. */
export type Mark = object
type Marking = (data: Iterable<unknown>, options?: object) => Mark

/** What is used of Observable Plot. */
export interface PlotLibrary {
  readonly plot: (options: object) => { readonly outerHTML: string }
  readonly line: Marking
  readonly dot: Marking
  readonly ruleX: Marking
  readonly link: Marking
  readonly rect: Marking
  readonly barX: Marking
  readonly text: Marking
  readonly axisX: (options?: object) => Mark
  readonly axisY: (options?: object) => Mark
  readonly gridX: (options?: object) => Mark
  readonly gridY: (options?: object) => Mark
}

/** Draws a plot as SVG, in no browser. */
export interface Plotting {
  readonly library: PlotLibrary
  /** The plot's markup, without size of its own beyond its viewBox. */
  readonly draw: (options: object) => { readonly inner: Html; readonly viewBox: string }
}

const draws = (found: object): found is PlotLibrary => typeof (found as { readonly plot?: unknown }).plot === 'function'

/**
 * Observable Plot over linkedom, both optional.
 *
 * @throws BackendError where one of them is not installed or does not load.
 */
export async function loadPlotting(where: string, importing?: Importing): Promise<Plotting> {
  const library = namesOf(await importOptional(where, '@observablehq/plot', importing), 'plot')
  const dom = namesOf(await importOptional(where, 'linkedom', importing), 'parseHTML') as { readonly parseHTML?: (html: string) => { readonly document: object } }
  if (!draws(library) || typeof dom.parseHTML !== 'function') throw new BackendError(`feedrank/${where}: @observablehq/plot or linkedom is installed, but is not what it was`)
  const { document } = dom.parseHTML('<!doctype html><html><body></body></html>')
  return {
    library,
    draw(options) {
      const { outerHTML } = library.plot({ ...options, document })
      return { inner: innerOf(outerHTML), viewBox: /viewBox="([^"]*)"/.exec(outerHTML)?.[1] ?? '0 0 360 240' }
    },
  }
}

/** What stands within the svg element: without the style that each plot repeats, without labels nobody hears, numbers short. */
function innerOf(svg: string): Html {
  const inner = svg.slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>'))
  return markup(inner
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/<[a-z][^<>]*>/gi, (tag) => tag
      .replace(/ aria-[a-z]+="[^"]*"/g, '')
      .replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => String(Math.round(Number(number) * 100) / 100 + 0))))
}
