import type { Backend } from '../backends'
import { DataError, SpecError, show } from '../errors'
import { takeRows, type EncodedLabel, type EncodedRows, type LabelInfo } from '../features'
import { auc, logLoss, rootMeanSquaredError } from '../metrics'
import type { Model, TrainingGraph, TrainingTask, Validator } from './model'
import { createPredictor } from './predictor'

/** What a ranker learns from: rows encoded with their labels. */
export interface RankingData {
  readonly rows: EncodedRows
  /** Rows of a later time, to stop by. */
  readonly validation?: EncodedRows
}

/** The training task of a model whose examples are rows with labels. */
export function rankingTask(model: Model, labels: readonly LabelInfo[], { rows, validation }: RankingData, graph: TrainingGraph): TrainingTask {
  if (rows.rows === 0) throw new DataError('feedrank/fit: expected at least one row to train on, got none')
  for (const { name } of labels) labelOf(rows, name)
  return {
    examples: rows.rows,
    graph,
    batch(examples) {
      const batch = takeRows(rows, examples)
      const feeds = Object.fromEntries(labels.flatMap(({ name }) => {
        const { values, mask } = labelOf(batch, name)
        return [[`label:${name}`, values], [`mask:${name}`, mask ?? new Float32Array(batch.rows).fill(1)]]
      }))
      return { rows: new Map([['batch', batch]]), feeds }
    },
    ...(validation !== undefined && { validation: (backend: Backend) => validator(model, labels, validation, backend) }),
  }
}

/** AUC and log loss of each binary head, RMSE of each regression head, named `auc:clicked` and so on. */
async function validator(model: Model, labels: readonly LabelInfo[], rows: EncodedRows, backend: Backend): Promise<Validator> {
  if (rows.rows === 0) throw new DataError('feedrank/fit: expected at least one row to validate on, got none')
  const predictor = await createPredictor(model, 'score', backend)
  return {
    async measure() {
      const scores = await predictor.predict(rows)
      return new Map(labels.flatMap(({ name, kind }): readonly (readonly [string, number])[] => {
        const { values, counted } = countedOnly(labelOf(rows, name), scores.get(name)!)
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
function countedOnly({ values, mask }: EncodedLabel, scores: Float32Array): { readonly values: Float32Array; readonly counted: Float32Array } {
  if (mask === undefined) return { values, counted: scores }
  return { values: values.filter((_, i) => mask[i] !== 0), counted: scores.filter((_, i) => mask[i] !== 0) }
}

function labelOf(rows: EncodedRows, name: string): EncodedLabel {
  const label = rows.labels.get(name)
  if (label === undefined)
    throw new SpecError(`feedrank/fit: expected rows encoded with label ${show(name)}, got ${[...rows.labels.keys()].map(show).join(', ') || 'no labels'}; encode with { labels: true }`)
  return label
}
