import type { InputRate, Tensor } from '../../tensor'
import { showShape } from '../../tensor/shape'
import { topologicalOrder } from '../../tensor/topological-order'
import type { ItemColumn } from './partition'
import type { Outputs, Rates } from './rows'

/** What is worked out at one rate. */
export interface PlanStage {
  /** Multiplications: for one request, one item or one candidate. */
  readonly multiplications: number
  /** The operations, one a line, as in `matmul [items, 200] x [200, 512]`. */
  readonly operations: readonly string[]
}

/** What a compiled ranker computes when. */
export interface ServingPlan {
  /** Multiplications for each candidate by the model as it was trained. */
  readonly plainMultiplications: number
  /** Once a request. */
  readonly request: PlanStage
  /** Once an item, kept in its cache. */
  readonly item: PlanStage
  /** For each candidate of each request. */
  readonly pair: PlanStage
  /** What the cache keeps for each item, in numbers. */
  readonly columns: readonly ItemColumn[]
  /** Whether anything but look-ups is worked out ahead. */
  readonly hoisted: boolean
  /** The share of the plain model's multiplications that candidates with known items are spared, in [0, 1]. */
  readonly saved: number
  /** Whether scores depend on the other candidates of the request, which rules out sharing a run with other requests. */
  readonly mixesCandidates: boolean
  /** The same, to be read. */
  readonly text: string
}

/** The plan of a compiled graph beside the graph it was made from. */
export function planOf(plain: Outputs, compiled: Outputs, rates: Rates, columns: readonly ItemColumn[]): ServingPlan {
  const plainMultiplications = [...topologicalOrder(plain.values())].reduce((sum, t) => sum + multiplicationsOf(t), 0)
  const stage = (rate: InputRate): PlanStage => {
    const nodes = topologicalOrder(compiled.values()).filter((t) => rates.of(t) === rate && t.op !== 'input' && t.op !== 'constant')
    return { multiplications: nodes.reduce((sum, t) => sum + multiplicationsOf(t), 0), operations: nodes.map(describe) }
  }
  const [request, item, pair] = [stage('request'), stage('item'), stage('pair')]
  const hoisted = request.operations.length + item.operations.length > 0
  const saved = plainMultiplications === 0 ? 0 : Math.max(0, 1 - pair.multiplications / plainMultiplications)
  const plan = { plainMultiplications, request, item, pair, columns, hoisted, saved, mixesCandidates: rates.mixesRows }
  return { ...plan, text: textOf(plan) }
}

function textOf({ plainMultiplications, request, item, pair, columns, hoisted, saved, mixesCandidates }: Omit<ServingPlan, 'text'>): string {
  const count = (n: number) => n.toLocaleString('en')
  const lines = (title: string, { multiplications, operations }: PlanStage) =>
    [`${title}: ${count(multiplications)} multiplications`, ...(operations.length > 0 ? operations.map((line) => `  ${line}`) : ['  nothing'])]
  const width = columns.reduce((sum, column) => sum + column.width, 0)
  return [
    `the model as trained: ${count(plainMultiplications)} multiplications a candidate`,
    ...lines('once a request', request),
    ...lines(`once an item, kept as ${count(width)} numbers`, item),
    ...lines('for each candidate', pair),
    hoisted
      ? `saved: ${(saved * 100).toFixed(1)} % of the multiplications a candidate, where its item is in the cache`
      : 'nothing can be worked out ahead: every operation depends on request and item together',
    ...(mixesCandidates ? ['scores depend on the other candidates: each request is run by itself, and whole'] : []),
  ].join('\n')
}

const describe = (t: Tensor): string =>
  t.op === 'quantizedMatmul' ? `matmul in bytes ${t.inputs.slice(0, 2).map(({ shape }) => showShape(shape)).join(' x ')} -> ${showShape(t.shape)}`
  : t.op === 'matmul' ? `matmul ${t.inputs.map(({ shape }) => showShape(shape)).join(' x ')} -> ${showShape(t.shape)}` : `${t.op} -> ${showShape(t.shape)}`

/** Multiplications and divisions for one row. */
function multiplicationsOf(t: Tensor): number {
  const elements = ({ shape }: Tensor) => shape.reduce<number>((n, d) => (typeof d === 'number' ? n * d : n), 1)
  switch (t.op) {
    case 'matmul': {
      const inner = t.inputs[0].shape.at(t.attributes.transposeA ? -2 : -1)
      return elements(t) * (typeof inner === 'number' ? inner : 1)
    }
    case 'quantizedMatmul':
      return elements(t) * elements({ ...t.inputs[0], shape: t.inputs[0].shape.slice(1) })
    case 'multiply':
    case 'divide':
    case 'standardize':
    case 'reduceMean':
    case 'softmax':
      return elements(t)
    default:
      return 0
  }
}
