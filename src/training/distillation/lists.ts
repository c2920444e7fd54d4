import { ArgumentError, expected, show } from '../../errors'
import { add, divide, gather, input, logSoftmax, maximum, multiply, negate, reduceSum, reshape, sigmoid, subtract, type Tensor } from '../../tensor'
import { sigmoidCrossEntropy } from '../../losses'
import type { Feeds } from '../../backends'

/** How a student learns the order in which its teacher puts the candidates of a request. */
export interface RankingDistillation {
  /** Which request each row belongs to, `[rows]`; rows of one request are learnt together. */
  readonly groups: ArrayLike<number | string | bigint>
  /**
   * `'listwise'`: the share each candidate has of the request, `−Σ softmax(t/T)·log softmax(z/T)` (ListNet, Cao et al. 2007, on
   * the teacher's scores). `'pairwise'`: how likely the teacher puts one before the other, RankNet's cost with
   * `P = σ((tᵢ − tⱼ)/T)` (Burges et al. 2005).
   *
   * @defaultValue 'listwise'
   */
  readonly kind?: 'listwise' | 'pairwise'
  /** The head whose order counts. @defaultValue the first binary head that both have */
  readonly head?: string
  /** Only the teacher's first so many of each request are learnt, as in Ranking Distillation (Tang and Wang 2018). @defaultValue all */
  readonly top?: number
  /** λ: its factor in the loss. @defaultValue 1 */
  readonly weight?: number
}

/** The rows of each list, in the order in which lists first appear. */
export function listsOf(groups: RankingDistillation['groups'], rows: number): readonly Int32Array[] {
  if (typeof groups !== 'object' || (groups as unknown) === null || groups.length !== rows)
    throw new ArgumentError(expected('distill', 'ranking.groups', `one group for each of ${rows} rows`, groups))
  const lists = new Map<number | string | bigint, number[]>()
  for (let row = 0; row < rows; row++) {
    const group = groups[row]
    if (!['number', 'string', 'bigint'].includes(typeof group) || Number.isNaN(group)) throw new ArgumentError(expected('distill', `ranking.groups[${row}]`, 'a number or text', group))
    const list = lists.get(group)
    if (list === undefined) lists.set(group, [row])
    else list.push(row)
  }
  if (lists.size === rows) throw new ArgumentError(`feedrank/distill: expected \`ranking.groups\` to put rows into lists, got ${show(rows)} lists of one`)
  return [...lists.values()].map((list) => Int32Array.from(list))
}

const shape = ['lists', 'places'] as const

/** The loss over lists; `[lists, places]` inputs are fed by {@link listFeeds}. */
export function listLoss(z: Tensor, kind: 'listwise' | 'pairwise', temperature: number): Tensor {
  const column = reshape(z, [z.shape[0], 1])
  const student = divide(reshape(gather(column, input('list:rows', shape, { dtype: 'int32' })), shape), temperature)
  const [there, teacher] = [input('list:there', shape), input('list:teacher', shape)]
  const scale = temperature ** 2
  if (kind === 'listwise') {
    // What only fills a list up has no share in it.
    const logits = add(multiply(student, there), multiply(subtract(there, 1), 1e9))
    return divide(multiply(negate(reduceSum(multiply(teacher, logSoftmax(logits)))), scale), maximum(reduceSum(teacher), 1))
  }
  const pairs = (t: Tensor) => subtract(reshape(t, ['lists', 'places', 1]), reshape(t, ['lists', 1, 'places']))
  const counted = multiply(reshape(multiply(there, input('list:top', shape)), ['lists', 'places', 1]), reshape(there, ['lists', 1, 'places']))
  const cost = sigmoidCrossEntropy(pairs(student), sigmoid(divide(pairs(teacher), temperature)))
  return divide(multiply(reduceSum(multiply(cost, counted)), scale), maximum(reduceSum(counted), 1))
}

/**
 * Feeds of {@link listLoss} for lists that lie one after the other in a batch.
 *
 * @param logits the teacher's, `[rows of the batch]`
 */
export function listFeeds(sizes: readonly number[], logits: Float32Array, kind: 'listwise' | 'pairwise', temperature: number, top: number): Feeds {
  const places = Math.max(...sizes)
  const size = [sizes.length, places]
  const feeds = { rows: new Int32Array(sizes.length * places), there: new Float32Array(sizes.length * places), teacher: new Float32Array(sizes.length * places), top: new Float32Array(sizes.length * places) }
  let first = 0
  for (const [list, length] of sizes.entries()) {
    const own = logits.subarray(first, first + length)
    const best = new Set([...own.keys()].toSorted((a, b) => own[b] - own[a]).slice(0, top))
    const largest = own.reduce((a, b) => Math.max(a, b), -Infinity)
    const share = Array.from(own, (t, i) => (best.has(i) ? Math.exp((t - largest) / temperature) : 0))
    const total = share.reduce((a, b) => a + b, 0)
    for (let i = 0, at = list * places; i < length; i++, at++) {
      feeds.rows[at] = first + i
      feeds.there[at] = 1
      feeds.top[at] = best.has(i) ? 1 : 0
      feeds.teacher[at] = kind === 'listwise' ? share[i] / total : own[i]
    }
    first += length
  }
  const names = kind === 'listwise' ? (['rows', 'there', 'teacher'] as const) : (['rows', 'there', 'teacher', 'top'] as const)
  return Object.fromEntries(names.map((name) => [`list:${name}`, { data: feeds[name], shape: size }]))
}
