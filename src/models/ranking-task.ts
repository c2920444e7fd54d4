import type { Backend } from '../backends'
import { ArgumentError, DataError, ShapeError, SpecError, show } from '../errors'
import { takeRows, type EncodedLabel, type EncodedRows, type LabelInfo } from '../features'
import { auc, logLoss, rootMeanSquaredError } from '../metrics'
import { checkRows } from './check-rows'
import type { Model, TrainingBatch, TrainingGraph, TrainingTask, Validator } from './model'
import { createPredictor } from './predictor'

/** What a ranker learns from: rows encoded with their labels. */
export interface RankingData {
  readonly rows: EncodedRows
  /** Rows of a later time, to stop by. */
  readonly validation?: EncodedRows
}

/** The training task of a model whose examples are rows with labels. */
export function rankingTask(model: Model, labels: readonly LabelInfo[], data: RankingData, graph: TrainingGraph): TrainingTask {
  if (typeof data?.rows === 'number')
    throw new ArgumentError('feedrank/fit: expected `data` to be { rows, validation }, got encoded rows themselves; give { rows: encoded }')
  const rows = withLabels('rows', data?.rows, model, labels)
  const validation = data.validation && withLabels('validation', data.validation, model, labels)
  const batchOf = (batch: EncodedRows): TrainingBatch => {
    if (batch.rows === 1 && graph.observed.size > 0)
      throw new DataError('feedrank/fit: expected batches of at least two rows, got one row, of which batch normalisation leaves nothing; raise `batchSize` or set `batchNorm: false`')
    const feeds = Object.fromEntries(labels.flatMap(({ name }) => {
      const { values, mask } = batch.labels.get(name) as Required<EncodedLabel>
      return [[`label:${name}`, values], [`mask:${name}`, mask]]
    }))
    return { rows: new Map([['batch', batch]]), feeds }
  }
  return {
    examples: rows.rows,
    graph,
    batch: (examples) => batchOf(takeRows(rows, examples)),
    stream: { accept: (part) => withLabels('rows', part, model, labels), batch: batchOf },
    ...(validation !== undefined && { validation: (backend: Backend) => validator(model, labels, validation, backend) }),
  }
}

/** AUC and log loss of each binary head, RMSE of each regression head, named `auc:clicked` and so on. */
async function validator(model: Model, labels: readonly LabelInfo[], rows: LabelledRows, backend: Backend): Promise<Validator> {
  const predictor = await createPredictor(model, 'score', backend)
  return {
    async measure() {
      const scores = await predictor.predict(rows)
      return new Map(labels.flatMap(({ name, kind }): readonly (readonly [string, number])[] => {
        const { values, counted } = countedOnly(rows.labels.get(name)!, scores.get(name)!)
        if (values.length === 0) return []
        if (kind === 'regression') return [[`rmse:${name}`, rootMeanSquaredError(values, counted)]]
        const both = values.includes(0) && values.includes(1)
        return [[`logLoss:${name}`, logLoss(values, counted)], ...(both ? [[`auc:${name}`, auc(values, counted)] as const] : [])]
      }))
    },
    dispose: predictor.dispose,
  }
}

/** Labels and scores of the rows in which the label counts. */
function countedOnly({ values, mask }: Required<EncodedLabel>, scores: Float32Array): { readonly values: Float32Array; readonly counted: Float32Array } {
  return { values: values.filter((_, i) => mask[i] !== 0), counted: scores.filter((_, i) => mask[i] !== 0) }
}

/** Encoded rows of which every label says where it counts. */
interface LabelledRows extends EncodedRows {
  readonly labels: ReadonlyMap<string, Required<EncodedLabel>>
}

/** The rows with the labels to learn, checked: each has a mask, and is 0 where it does not count, whatever stood there. */
function withLabels(what: 'rows' | 'validation', rows: EncodedRows, model: Model, labels: readonly LabelInfo[]): LabelledRows {
  checkRows('fit', what, rows, model, model.inputs)
  if (rows.rows === 0) throw new DataError(`feedrank/fit: expected at least one row to ${what === 'rows' ? 'train' : 'validate'} on, got none`)
  return { ...rows, labels: new Map(labels.map((label) => [label.name, countedLabel(what, label, labelOf(rows, label.name), rows.rows)])) }
}

function countedLabel(what: string, { name, kind }: LabelInfo, { values, mask }: EncodedLabel, rows: number): Required<EncodedLabel> {
  const wrong = (expectation: string, got: number, row: number) =>
    new DataError(`feedrank/fit: expected ${expectation} of label ${show(name)} (\`${what}\`), got ${got} at row ${row}`)
  if (values.length !== rows || (mask !== undefined && mask.length !== rows))
    throw new ShapeError(`feedrank/fit: expected ${rows} values of label ${show(name)} (\`${what}\`), got ${values.length}${mask ? ` with a mask of ${mask.length}` : ''}`)
  const counts = mask ?? new Float32Array(rows).fill(1)
  const kept = values.map((value, row) => {
    if (counts[row] === 0) return 0
    if (counts[row] !== 1) throw wrong('a mask of 0 and 1', counts[row], row)
    if (kind === 'binary' ? value === 0 || value === 1 : Number.isFinite(value)) return value
    throw wrong(kind === 'binary' ? '0 or 1' : 'finite numbers', value, row)
  })
  return { values: kept, mask: counts }
}

function labelOf(rows: EncodedRows, name: string): EncodedLabel {
  const label = rows.labels.get(name)
  if (label === undefined)
    throw new SpecError(`feedrank/fit: expected rows encoded with label ${show(name)}, got ${[...rows.labels.keys()].map(show).join(', ') || 'no labels'}; encode with { labels: true }`)
  return label
}
