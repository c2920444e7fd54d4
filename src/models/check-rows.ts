import { ArgumentError, DataError, ShapeError, SpecError, expected, show } from '../errors'
import type { EncodedRows } from '../features'
import { columnOf } from './feeding'
import type { Model, ModelInput } from './model'

/**
 * Throws unless `rows` are encoded rows that hold what `inputs` take, as many of each as there are rows, with finite
 * numbers. Ids are held against their tables where these are read.
 *
 * @throws ArgumentError for anything but encoded rows; SpecError for rows of another spec, or a feature that is not there; ShapeError for a
 * column of another length or width; DataError for a number that is not finite
 */
export function checkRows(where: string, name: string, rows: EncodedRows, { spec }: Pick<Model, 'spec'>, inputs: readonly ModelInput[]): void {
  checkEncoded(where, name, rows)
  if (rows.specHash !== undefined && rows.specHash !== spec.hash)
    throw new SpecError(`feedrank/${where}: expected \`${name}\` to be encoded by the spec of the model, ${spec.hash}, got rows of another spec, ${rows.specHash}`)
  for (const to of inputs) {
    const wrong = (what: string) => new ShapeError(`feedrank/${where}: expected feature ${show(to.feature)} of \`${name}\` to have ${what}`)
    if (to.kind === 'dense') {
      const { values, width } = columnOf(rows.columns, to.feature, 'dense')
      if (width !== to.width) throw wrong(`${to.width} numbers a row, got ${width}; was it encoded by another spec?`)
      if (values.length !== rows.rows * width) throw wrong(`[${rows.rows}, ${width}] values, got ${values.length}`)
      for (let i = 0; i < values.length; i++)
        if (!Number.isFinite(values[i]))
          throw new DataError(`feedrank/${where}: expected feature ${show(to.feature)} of \`${name}\` to hold finite numbers, got ${values[i]} at row ${Math.floor(i / width)}`)
    } else if (to.combiner === undefined) {
      const { ids } = columnOf(rows.columns, to.feature, 'ids')
      if (ids.length !== rows.rows) throw wrong(`${rows.rows} ids, got ${ids.length}`)
    } else {
      const { ids, offsets, weights } = columnOf(rows.columns, to.feature, 'bags')
      if (offsets.length !== rows.rows + 1) throw wrong(`${rows.rows + 1} offsets, got ${offsets.length}`)
      if (weights !== undefined && weights.length !== ids.length) throw wrong(`${ids.length} weights like its ids, got ${weights.length}`)
      for (let r = 0, last = 0; r < offsets.length; last = offsets[r++])
        if (offsets[r] < last || offsets[r] > ids.length) throw wrong(`offsets that rise within [0, ${ids.length}], got ${offsets[r]} at row ${r}`)
    }
  }
}

/** Throws unless `rows` are what a spec's `encode` returns; rows as they were before are the likely mistake. */
export function checkEncoded(where: string, name: string, rows: EncodedRows): void {
  const { rows: count, columns, labels } = (rows ?? {}) as Partial<EncodedRows>
  const fits = Number.isSafeInteger(count) && typeof columns?.get === 'function' && typeof labels?.get === 'function'
  if (!fits) throw new ArgumentError(expected(where, name, 'rows encoded by a spec, as `encode` returns them', rows))
}
