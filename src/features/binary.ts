import type { LabelBase, LabelOptions, MissingLabel, When } from './label'
import { checkLabel } from './label'

/** A yes or no to be predicted. Made by {@link binary}. */
export interface BinaryLabel<Column extends string = string, W extends When = When, M extends MissingLabel = MissingLabel>
  extends LabelBase<Column, W, M, boolean | number> {
  readonly kind: 'binary'
}

/**
 * A yes or no to be predicted: `true` or 1, `false` or 0.
 *
 * @throws ArgumentError when an option is not what it should be.
 * @example
 * ```ts
 * import { binary, categorical, defineFeatures } from 'feedrank'
 *
 * const spec = defineFeatures({
 *   features: { topic: categorical({ scope: 'item' }) },
 *   labels: { clicked: binary(), shared: binary({ when: 'clicked' }) },
 * })
 * const fitted = spec.fit([{ topic: 'surf', clicked: true, shared: false }, { topic: 'chess', clicked: 0 }])
 * console.log(fitted.labels.map((label) => label.mean)) // [0.5, 0]
 * ```
 */
export function binary<const Column extends string = never, const W extends When = never, const M extends MissingLabel = 'error'>(
  options: LabelOptions<Column, W, M> = {},
): BinaryLabel<NoInfer<Column>, NoInfer<W>, NoInfer<M>> {
  return Object.freeze({ kind: 'binary', ...checkLabel('binary', options) })
}
