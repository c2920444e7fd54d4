import { withBlankTables } from '../embeddings/table'
import { ArgumentError, expected } from '../errors'
import type { FeatureSchema, FittedSpec } from '../features'
import { TwoTower, WideAndDeep, type Model } from '../models'

/** The models of this package that files can hold, by kind. */
export interface ModelKinds {
  readonly WideAndDeep: WideAndDeep
  readonly TwoTower: TwoTower
}

/** Makes a model of one kind again from its spec and the `config` it wrote of itself; what it is given is checked by it, as a file is no friend. */
export type ModelMaker<M extends Model = Model> = (spec: FittedSpec, config: object) => M

// A config is what the model wrote of itself; its constructor checks it again. Its tables are read from the file, every number.
const makers: { readonly [Kind in keyof ModelKinds]: (spec: FeatureSchema, config: object) => ModelKinds[Kind] } = {
  WideAndDeep: (spec, config) => withBlankTables(() => new WideAndDeep(spec, config)),
  TwoTower: (spec, config) => withBlankTables(() => new TwoTower(spec, config)),
}

/** The makers by kind: those of this package, and the caller's own, which may not stand in for them. */
export function makersOf(where: string, own: Readonly<Record<string, ModelMaker>> | undefined): ReadonlyMap<string, ModelMaker> {
  if (own !== undefined && (typeof own !== 'object' || (own as unknown) === null)) throw new ArgumentError(expected(where, 'kinds', 'makers of models by kind', own))
  const all = new Map<string, ModelMaker>(Object.entries(makers))
  for (const [kind, maker] of Object.entries(own ?? {})) {
    if (typeof maker !== 'function') throw new ArgumentError(expected(where, `kinds.${kind}`, 'a function from spec and config to a model', maker))
    if (all.has(kind)) throw new ArgumentError(expected(where, 'kinds', `kinds other than those of this package (${Object.keys(makers).join(', ')})`, kind))
    all.set(kind, maker)
  }
  return all
}
