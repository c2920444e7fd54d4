/** Offline evaluation: models, pipelines and score functions on rows and lists they have not seen, explained, in a report. */
export type { BaselineName } from './baselines'
export type { RowColumn } from './columns'
export { modelContender } from './contenders'
export type { Contender, ModelContenderOptions } from './contenders'
export { evaluate } from './evaluate'
export type { EvaluateOptions } from './evaluate'
export { evaluateLists } from './evaluate-lists'
export type { EvaluateListsOptions, Interaction } from './evaluate-lists'
export type { ListContender, ListContext } from './list-contenders'
export type { CustomMeasure, MeasureOption } from './measures'
export type { EvaluationProgress, LongRun } from './progress'
export type {
  Better, Compared, ContenderResult, Curve, Curves, Distribution, Evaluation, Funnel, Leak, Measured, MeasureInfo, Role, SegmentResult, SourceShare, Standing,
} from './result'
export type { SegmentOption } from './segments'
export type { ScoreModule } from './workers'
