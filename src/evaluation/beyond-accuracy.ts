import { catalogueCoverage, cooccurrenceSimilarity, gini, intraListDiversity, novelty, personalization } from '../metrics'
import type { Similarity } from '../metrics'
import type { Measured, MeasureInfo } from './result'

/** What lists are besides right, at the depth of a page. */
export interface BeyondInput {
  /** The page each query got. */
  readonly pages: readonly (readonly string[])[]
  readonly catalogue: readonly string[]
  /** How often each item was interacted with in training; empty where nothing is known. */
  readonly interactions: ReadonlyMap<string, number>
  readonly similarity: Similarity | undefined
}

const none = 'it takes training interactions'

/** The measures, by name, with what each is at depth `page`. */
export const beyondInfos = (page: number): readonly MeasureInfo[] => [
  { name: `coverage@${page}`, label: `Catalogue coverage@${page}`, better: 'higher' },
  { name: `gini@${page}`, label: `Gini of exposure@${page}`, better: 'lower' },
  { name: `novelty@${page}`, label: `Novelty@${page}, bits`, better: 'higher' },
  { name: `diversity@${page}`, label: `Diversity@${page}`, better: 'higher' },
  { name: `personalization@${page}`, label: `Personalization@${page}`, better: 'higher' },
]

/** Measures all lists of one contender at once; there are no intervals, since a list alone has no coverage. */
export function beyondAccuracy({ pages, catalogue, interactions, similarity }: BeyondInput, page: number): Measured[] {
  const exposures = new Map(catalogue.map((id) => [id, 0]))
  for (const list of pages) for (const id of list) exposures.set(id, (exposures.get(id) ?? 0) + 1)
  const rule = { whenUndefined: NaN }
  const shown = pages.some((list) => list.length > 0)
  const values: readonly (readonly [value: number, because: string])[] = [
    [catalogue.length > 0 ? catalogueCoverage(pages, catalogue, rule) : NaN, 'it takes a catalogue'],
    [catalogue.length > 0 ? gini([...exposures.values()], rule) : NaN, catalogue.length > 0 ? 'nothing was shown' : 'it takes a catalogue'],
    [interactions.size > 0 && shown ? novelty(pages, interactions, rule) : NaN, none],
    [similarity ? intraListDiversity(pages, similarity, rule) : NaN, `${none} or a similarity`],
    [personalization(pages, rule), 'it takes two lists'],
  ]
  return beyondInfos(page).map(({ name: measure }, i): Measured => {
    const [value, because] = values[i]
    return Number.isFinite(value) ? { measure, value, low: null, high: null } : { measure, value: null, low: null, high: null, note: because }
  })
}

/** Items are alike where the same users had both, in training. */
export function similarityOf(users: readonly string[], items: readonly string[]): Similarity {
  const histories = new Map<string, string[]>()
  users.forEach((user, i) => {
    const history = histories.get(user)
    if (history) history.push(items[i])
    else histories.set(user, [items[i]])
  })
  const alike = cooccurrenceSimilarity([...histories.values()])
  const known = new Map<string, Map<string, number>>()
  return (a, b) => {
    const [first, second] = String(a) < String(b) ? [String(a), String(b)] : [String(b), String(a)]
    let row = known.get(first)
    if (!row) known.set(first, (row = new Map()))
    let value = row.get(second)
    if (value === undefined) row.set(second, (value = alike(first, second)))
    return value
  }
}
