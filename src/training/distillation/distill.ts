import { loadBackend } from '../../backends'
import { ArgumentError, checkInteger, checkNumber, checkObject, expected, show } from '../../errors'
import type { EncodedRows } from '../../features'
import { maskedMean, sigmoidCrossEntropy } from '../../losses'
import type { RankingData, Trainable, TrainingGraph, TrainingTask } from '../../models'
import { add, divide, input, multiply, sigmoid, type Tensor } from '../../tensor'
import { fit, type FitOptions } from '../fit'
import type { History } from '../history'
import { logitsAgainst, withInputs } from './graph'
import { listFeeds, listLoss, listsOf, type RankingDistillation } from './lists'
import { taughtHeads, type TaughtHead, type Teacher } from './teacher'

/** What a student learns from: labelled rows, as `fit` takes them, and what the teacher is asked about. */
export interface DistillData extends RankingData {
  /** The same rows as the teacher's spec encodes them. @defaultValue `rows`, of the spec both have */
  readonly teacherRows?: EncodedRows
}

/** What {@link distill} takes beside what `fit` does; with `ranking`, `batchSize` counts lists. */
export interface DistillOptions extends FitOptions {
  /** α: the teacher's share of the loss, in [0, 1]; the labels have the rest. @defaultValue 0.5 */
  readonly alpha?: number
  /** T > 0: logits of both are divided by it, which softens what the teacher says. @defaultValue 1 */
  readonly temperature?: number
  /** Learn from the teacher also where a label says nothing. @defaultValue false */
  readonly unlabelled?: boolean
  /** The weight of each head in the teacher's part of the loss. @defaultValue those of the student's own heads */
  readonly headWeights?: Readonly<Record<string, number>>
  /** Learn also the order in which the teacher puts the candidates of a request. @defaultValue no */
  readonly ranking?: RankingDistillation
}

/**
 * Trains a small ranker on what a large one says as well as on the labels, so that it can be had for less.
 *
 * `L = (1 − α)·L_labels + α·Σ_h w_h·L_h + λ·L_ranking`. A binary head's `L_h = T²·CE(σ(z_h/T), σ(t_h/T))` over its rows, where `t` are
 * the teacher's logits (Hinton, Vinyals and Dean 2015, "Distilling the Knowledge in a Neural Network", section 2; T² keeps its
 * gradients' size whatever T is); another head's is its own loss with the teacher's prediction for a label. `L_ranking`
 * compares the orders within requests: {@link RankingDistillation}.
 *
 * The teacher is asked once, before training. All else is `fit`: validation, early stopping and the state of the student
 * after a failure are the same, and validation is against the labels.
 *
 * @param teacher a trained model with a graph `score`, or what it said of each row, by head: probabilities of binary heads
 * @returns what `fit` returns
 * @throws ArgumentError when an option is out of range, there is no head in common, or a loss is of a form whose logits cannot be
 * found; ShapeError or DataError when what the teacher says does not fit the rows; and what `fit` throws
 * @example
 * ```ts
 * import { WideAndDeep, binary, defineFeatures, distill, fit, loadBackend, numeric } from 'feedrank'
 *
 * const log = Array.from({ length: 200 }, (_, i) => ({ hour: i % 24, clicked: (i * 7) % 24 < i % 24 }))
 * const spec = defineFeatures({ features: { hour: numeric({ scope: 'context' }) }, labels: { clicked: binary() } }).fit(log)
 * const rows = spec.encode(log, { labels: true })
 * const options = { backend: await loadBackend('javascript'), epochs: 5, learningRate: 0.02 }
 * const teacher = new WideAndDeep(spec, { hidden: [32, 16] })
 * await fit(teacher, { rows }, options)
 * const student = new WideAndDeep(spec, { hidden: [4] })
 * const { epochs } = await distill(teacher, student, { rows }, { ...options, alpha: 0.7, temperature: 2 })
 * console.log(Object.keys(epochs[0].parts)) // [ 'clicked', 'teacher:clicked' ]
 * ```
 */
export async function distill(teacher: Teacher, student: Trainable<RankingData>, data: DistillData, options: DistillOptions = {}): Promise<History> {
  const { alpha = 0.5, temperature = 1, unlabelled = false, headWeights, ranking, ...fitting } = checkObject('distill', 'options', options)
  if (typeof student?.trainingTask !== 'function') throw new ArgumentError(expected('distill', 'student', 'a model that can be trained, such as a WideAndDeep', student))
  checkNumber('distill', 'alpha', alpha, { min: 0, max: 1 })
  checkNumber('distill', 'temperature', temperature, { above: 0 })
  if (typeof unlabelled !== 'boolean') throw new ArgumentError(expected('distill', 'unlabelled', 'true or false', unlabelled))
  const task = student.trainingTask(data)
  const backend = options.backend ?? (await loadBackend('auto'))
  const asked = data.teacherRows ?? data.rows
  if (asked.rows !== data.rows.rows) throw new ArgumentError(`feedrank/distill: expected \`teacherRows\` to be the ${data.rows.rows} rows the student learns from, got ${asked.rows}`)
  const heads = await taughtHeads(teacher, asked, student.spec.labels.filter(({ name }) => task.graph.parts.has(name)), backend)
  const weights = weightsOf(student, heads, headWeights)
  const soft = heads.map((head) => [`teacher:${head.name}`, softLoss(task.graph, head, temperature, unlabelled)] as const)
  const taught = soft.map(([, loss], i) => multiply(loss, weights[i])).reduce((a, b) => add(a, b))
  const lists = ranking && rankingOf(checkObject('distill', 'ranking', ranking), task.graph, heads, data.rows.rows, temperature)
  const mixed = add(multiply(task.graph.loss, 1 - alpha), multiply(taught, alpha))
  const graph: TrainingGraph = {
    ...task.graph,
    loss: lists ? add(mixed, multiply(lists.loss, lists.weight)) : mixed,
    parts: new Map([...task.graph.parts, ...soft, ...(lists ? [['ranking', lists.loss] as const] : [])]),
  }
  // The teacher was asked about the rows at hand, so there is no stream of others.
  const wrapped: TrainingTask = {
    ...(task.validation && { validation: task.validation }),
    graph,
    examples: lists ? lists.lists.length : task.examples,
    batch(examples, random) {
      const rows = lists ? joined(lists.lists, examples) : examples
      const batch = task.batch(rows, random)
      const feeds = Object.fromEntries(heads.flatMap(({ name, values }) => [
        [`teacher:${name}`, Float32Array.from(rows, (row) => values[row])],
        ...(unlabelled ? [[`taught:${name}`, new Float32Array(rows.length).fill(1)]] : []),
      ]))
      return { ...batch, feeds: { ...batch.feeds, ...feeds, ...lists?.feeds(examples) } }
    },
  }
  // The student as it is, but for what it learns: its weights are its own.
  const learner = Object.create(student, { trainingTask: { value: () => wrapped } }) as Trainable<RankingData>
  return fit(learner, data, { ...fitting, backend })
}

/** How far the student is from what the teacher says of one head. */
function softLoss({ parts }: TrainingGraph, { name, kind }: TaughtHead, temperature: number, unlabelled: boolean): Tensor {
  const own = parts.get(name)!
  const teacher = input(`teacher:${name}`, ['batch'])
  const mask = input(unlabelled ? `taught:${name}` : `mask:${name}`, ['batch'])
  if (kind === 'regression') return withInputs(own, new Map([[`label:${name}`, teacher], [`mask:${name}`, mask]]))
  const z = logits(own, name)
  const cost = sigmoidCrossEntropy(divide(z, temperature), sigmoid(divide(teacher, temperature)))
  return multiply(maskedMean(cost, mask), temperature ** 2)
}

function logits(part: Tensor, head: string): Tensor {
  const z = logitsAgainst(part, `label:${head}`)
  if (z === undefined) throw new ArgumentError(`feedrank/distill: expected the student to learn head ${show(head)} by sigmoidCrossEntropy of its logits and \`label:${head}\`; they cannot be found in its loss`)
  return z
}

function weightsOf(student: Trainable<RankingData>, heads: readonly TaughtHead[], given: DistillOptions['headWeights']): number[] {
  const own = (student.config as { readonly heads?: Readonly<Record<string, { readonly weight?: unknown }>> }).heads
  for (const name of Object.keys(checkObject('distill', 'headWeights', given ?? {})))
    if (!heads.some((head) => head.name === name)) throw new ArgumentError(expected('distill', 'headWeights', `weights of ${heads.map((head) => head.name).join(', ')}`, name))
  return heads.map(({ name }) => {
    const inherited = own !== undefined && Object.hasOwn(own, name) ? own[name]?.weight : undefined
    return given !== undefined && Object.hasOwn(given, name) ? checkNumber('distill', `headWeights.${name}`, given[name], { min: 0 }) : typeof inherited === 'number' ? inherited : 1
  })
}

function rankingOf({ groups, kind = 'listwise', head, top, weight = 1 }: RankingDistillation, graph: TrainingGraph, heads: readonly TaughtHead[], rows: number, temperature: number) {
  if (kind !== 'listwise' && kind !== 'pairwise') throw new ArgumentError(expected('distill', 'ranking.kind', "'listwise' or 'pairwise'", kind))
  const able = heads.filter((one) => one.kind === 'binary')
  const taught = head === undefined ? able[0] : able.find(({ name }) => name === head)
  if (taught === undefined) throw new ArgumentError(expected('distill', 'ranking.head', `a binary head that both have (${able.map(({ name }) => name).join(', ') || 'there is none'})`, head))
  const most = top === undefined ? Infinity : checkInteger('distill', 'ranking.top', top)
  const lists = listsOf(groups, rows)
  return {
    lists,
    weight: checkNumber('distill', 'ranking.weight', weight, { min: 0 }),
    loss: listLoss(logits(graph.parts.get(taught.name)!, taught.name), kind, temperature),
    feeds(examples: Int32Array) {
      const order = joined(lists, examples)
      return listFeeds(Array.from(examples, (list) => lists[list].length), Float32Array.from(order, (row) => taught.values[row]), kind, temperature, most)
    },
  }
}

/** The rows of some lists, one list after the other. */
function joined(lists: readonly Int32Array[], examples: Int32Array): Int32Array {
  const rows = new Int32Array(Array.from(examples, (list) => lists[list].length).reduce((a, b) => a + b, 0))
  let at = 0
  for (const list of examples) {
    rows.set(lists[list], at)
    at += lists[list].length
  }
  return rows
}
