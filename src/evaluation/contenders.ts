import type { Backend } from '../backends'
import { ArgumentError, ContractError, DataError, checkObject, expected, show } from '../errors'
import type { EncodedRows } from '../features'
import { createPredictor } from '../models'
import { loadBackend } from '../backends'
import type { Model } from '../models'
import type { Numbers } from '../metrics'
import type { Step } from './progress'
import { scoreInWorkers } from './workers'
import type { ScoreModule } from './workers'

interface Named {
  /** Names it in tables; no two contenders have one name. */
  readonly name: string
  /** What it is, in one phrase. */
  readonly what?: string | undefined
}

/** Who scores rows: a function of one row, a function of all, scores made before, or a module for worker threads. */
export type Contender<Row> = Named & (
  | { /** The score of one row; higher is better. */ readonly score: (row: Row) => number }
  | { /** The scores of all rows, in their order. */ readonly scoreAll: (rows: readonly Row[]) => Numbers | PromiseLike<Numbers> }
  | { /** Scores made before, one a row. */ readonly scores: Numbers }
  | { /** A module that worker threads can load; see `workers`. */ readonly module: ScoreModule }
)

/** Throws unless `contenders` are named once each and can score. */
export function checkContenders(where: string, contenders: unknown, kinds: readonly string[]): void {
  if (!Array.isArray(contenders) || contenders.length === 0)
    throw new ArgumentError(expected(where, 'contenders', 'an array with at least one contender', contenders))
  const names = new Set<unknown>()
  contenders.forEach((contender: unknown, i) => {
    const { name } = checkObject(where, `contenders[${i}]`, contender as Named, 'a contender with a name')
    if (typeof name !== 'string' || name === '') throw new ArgumentError(expected(where, `contenders[${i}].name`, 'a name', name))
    if (names.has(name)) throw new ArgumentError(expected(where, `contenders[${i}].name`, 'a name no other contender has', name))
    names.add(name)
    const given = kinds.filter((kind) => Object.hasOwn(contender as object, kind) && (contender as Record<string, unknown>)[kind] !== undefined)
    if (given.length !== 1)
      throw new ArgumentError(`feedrank/${where}: expected contender ${show(name)} to have one of ${kinds.map((k) => `\`${k}\``).join(', ')}, got ${given.length === 0 ? 'none' : given.join(' and ')}`)
    const value = (contender as Record<string, unknown>)[given[0]]
    if (given[0] !== 'scores' && given[0] !== 'module' && typeof value !== 'function')
      throw new ArgumentError(expected(where, `${given[0]} of ${show(name)}`, 'a function', value))
  })
}

/** All scores of one contender, checked: one a row, none NaN. */
export async function scoresOf<Row extends object>(
  where: string, contender: Contender<Row>, rows: readonly Row[], workers: number, step: Step, signal?: AbortSignal,
): Promise<Float64Array> {
  const { name } = contender
  let scores: Numbers
  if ('scores' in contender && contender.scores !== undefined) scores = contender.scores
  else if ('scoreAll' in contender && contender.scoreAll !== undefined) scores = await contender.scoreAll(rows)
  else if ('module' in contender && contender.module !== undefined) scores = await scoreInWorkers(where, name, contender.module, rows, workers, signal)
  else {
    const { score } = contender as Extract<Contender<Row>, { readonly score: unknown }>
    const all = new Float64Array(rows.length)
    for (let r = 0; r < rows.length; r++) {
      if (r % 5000 === 0 && r > 0) await step('scoring', name, r, rows.length)
      all[r] = numberOf(where, name, score(rows[r]), r)
    }
    return all
  }
  if (typeof scores !== 'object' || scores === null || scores.length !== rows.length)
    throw new ContractError(`feedrank/${where}: expected one score of ${show(name)} for each of ${rows.length} rows, got ${show(scores)}`)
  return Float64Array.from(scores, (score, r) => numberOf(where, name, score, r))
}

function numberOf(where: string, name: string, score: unknown, r: number): number {
  if (typeof score === 'number' && !Number.isNaN(score)) return score
  throw new DataError(`feedrank/${where}: expected ${show(name)} to score rows[${r}] with a number, got ${show(score)}`)
}

/** What {@link modelContender} takes. */
export interface ModelContenderOptions<Row> extends Named {
  readonly model: Model
  /** Encodes rows by the spec the model was trained with: `(rows) => spec.encode(rows)`. */
  readonly encode: (rows: readonly Row[]) => EncodedRows
  /** The head whose prediction is the score. @defaultValue the model's only output */
  readonly head?: string | undefined
  /** @defaultValue `loadBackend('auto')` */
  readonly backend?: Backend | undefined
  /** Made of each prediction before it is measured, such as `platt.apply`. */
  readonly calibrate?: ((scores: Numbers) => Numbers) | undefined
}

/**
 * A ranker as a contender of `evaluate`: rows encoded by its spec, the prediction of one head as score.
 *
 * @throws ArgumentError, when it scores, where the model has no such head.
 * @example
 * ```ts
 * import { WideAndDeep, binary, defineFeatures, evaluate, loadBackend, modelContender, numeric } from 'feedrank'
 *
 * const rows = Array.from({ length: 40 }, (_, i) => ({ likes: i, clicked: i % 3 === 0 }))
 * const spec = defineFeatures({ features: { likes: numeric({ scope: 'item' }) }, labels: { clicked: binary() } }).fit(rows)
 * const ranker = modelContender<(typeof rows)[number]>({
 *   name: 'Ranker', model: new WideAndDeep(spec, { hidden: [] }), encode: (some) => spec.encode(some), backend: await loadBackend('javascript'),
 * })
 * const { contenders } = await evaluate({ rows, label: 'clicked', contenders: [ranker], measures: ['logLoss'], resamples: 100 })
 * console.log(contenders[0].name, contenders[0].measures[0].value! > 0) // Ranker true
 * ```
 */
export function modelContender<Row extends object>(options: ModelContenderOptions<Row>): Contender<Row> {
  const { name, what = '', model, encode, head, backend, calibrate } = checkObject('modelContender', 'options', options)
  if (typeof encode !== 'function') throw new ArgumentError(expected('modelContender', 'encode', 'a function from rows to encoded rows', encode))
  if (calibrate !== undefined && typeof calibrate !== 'function')
    throw new ArgumentError(expected('modelContender', 'calibrate', 'a function of scores, such as `platt.apply`', calibrate))
  return {
    name, what,
    async scoreAll(rows) {
      const predictor = await createPredictor(model, 'score', backend ?? (await loadBackend('auto')))
      try {
        const outputs = await predictor.predict(encode(rows))
        const wanted = head ?? (outputs.size === 1 ? [...outputs.keys()][0] : undefined)
        const scores = wanted === undefined ? undefined : outputs.get(wanted)
        if (!scores) throw new ArgumentError(expected('modelContender', 'head', `one of ${[...outputs.keys()].map((key) => show(key)).join(', ')}`, head))
        return calibrate ? calibrate(scores) : scores
      } finally {
        predictor.dispose()
      }
    },
  }
}
