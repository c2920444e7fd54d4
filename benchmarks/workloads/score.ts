/**
 * The seed model as it serves: one user on one device, and posts that are the same for all users.
 *
 * Post `p` has author `ids('item.author', p)` and type `ids('item.postType', p)`; request `r` is of user
 * `ids('request.user', r)` on device `ids('request.device', r)` with posts `ids('request.post', …)` and seven numbers of each
 * pair, stream `request.numericals`. Crosses are hashed as in training. Batch norm has means `norm0.mean` and
 * variances `1 + norm0.variance`. `benchmarks/peers/score.py` makes the same.
 */
import type { EncodedColumn, EncodedRows, FittedSpec, WideAndDeep } from 'feedrank'
import { crossed, ids, signedNumbers } from './synthetic'
import { crossRows, crosses, embeddings, hidden, numericals } from './wide-and-deep'
import { numericalNames, seedModel, seedSpec } from './wide-and-deep-model'

/** Distinct requests that a run goes round in. */
export const distinctRequests = 16

const scopes = new Map([['user', 'user'], ['device', 'context'], ['post', 'item'], ['author', 'item'], ['postType', 'item']] as const)

interface Serving {
  readonly model: WideAndDeep
  readonly spec: FittedSpec
}

let made: Serving | undefined

/** The model, made once: variants only read it. */
export const servingModel = (): Serving => (made ??= makeModel())

function makeModel(): Serving {
  const spec = seedSpec((name) => scopes.get(name as never) ?? 'pair')
  const model = seedModel(spec)
  hidden.slice(0, -1).forEach((units, i) => {
    statistic(model, `deep/${i}/norm/mean`).set(signedNumbers(`norm${i}.mean`, 0, units, 0.1))
    statistic(model, `deep/${i}/norm/variance`).set(signedNumbers(`norm${i}.variance`, 0, units, 0.5).map((v) => 1 + v))
  })
  return { model, spec }
}

function statistic(model: WideAndDeep, name: string): Float32Array {
  const found = model.weights.statistics.get(name)
  if (found === undefined) throw new Error(`the model has no ${name}`)
  return found.values
}

const rowsOf = (name: string) => embeddings.find((table) => table.name === name)!.rows
const labels: EncodedRows['labels'] = new Map()
const idColumn = (values: Int32Array): EncodedColumn => ({ kind: 'ids', ids: values })

/** Features of posts `0 … count − 1`. */
export function posts(count: number): EncodedRows {
  return { rows: count, labels, columns: new Map([
    ['post', idColumn(Int32Array.from({ length: count }, (_, p) => p))],
    ['author', idColumn(ids('item.author', 0, count, rowsOf('author')))],
    ['postType', idColumn(ids('item.postType', 0, count, rowsOf('postType')))],
  ]) }
}

/** One request, with its candidates by the numbers of their posts. */
export interface ServedRequest {
  readonly request: EncodedRows
  readonly ids: readonly number[]
  /** Numbers and crosses of each pair. */
  readonly pairs: EncodedRows
  /** All features of each pair, as a model without a cache needs them. */
  readonly all: EncodedRows
}

export function servedRequest(r: number, candidates: number, items: EncodedRows): ServedRequest {
  const column = (name: string) => (items.columns.get(name) as { readonly ids: Int32Array }).ids
  const [user] = ids('request.user', r, 1, rowsOf('user'))
  const [device] = ids('request.device', r, 1, rowsOf('device'))
  const chosen = ids('request.post', r * candidates, candidates, items.rows)
  const of = new Map<string, Int32Array>([
    ['user', new Int32Array(candidates).fill(user)], ['device', new Int32Array(candidates).fill(device)],
    ...['post', 'author', 'postType'].map((name) => [name, chosen.map((p) => column(name)[p])] as const),
  ])
  const numbers = signedNumbers('request.numericals', r * candidates * numericals, candidates * numericals)
  const pairColumns = new Map<string, EncodedColumn>([
    ...numericalNames.map((name, i) => [name, { kind: 'dense', width: 1, values: numbers.filter((_, at) => at % numericals === i) }] as const),
    ...crosses.map(({ name, of: [a, b] }) => [name, idColumn(crossed(`cross.${name}`, of.get(a)!, of.get(b)!, crossRows))] as const),
  ])
  return {
    request: { rows: 1, labels, columns: new Map([['user', idColumn(Int32Array.of(user))], ['device', idColumn(Int32Array.of(device))]]) },
    ids: [...chosen],
    pairs: { rows: candidates, labels, columns: pairColumns },
    all: { rows: candidates, labels, columns: new Map([...[...of].map(([name, values]) => [name, idColumn(values)] as const), ...pairColumns]) },
  }
}

/** The same shapes as an app has them: objects, to be encoded. */
export function rawRequest(r: number, candidates: number, items: number) {
  const numbers = signedNumbers('request.numericals', r * candidates * numericals, candidates * numericals)
  return {
    request: { user: `user ${ids('request.user', r, 1, rowsOf('user'))[0]}`, device: `device ${ids('request.device', r, 1, rowsOf('device'))[0]}` },
    ids: [...ids('request.post', r * candidates, candidates, items)],
    pairs: Array.from({ length: candidates }, (_, i) => Object.fromEntries(numericalNames.map((name, k) => [name, numbers[i * numericals + k]]))),
  }
}

export const rawPost = (p: number, author: number, type: number) => ({ post: p, author, postType: `type ${type}` })
