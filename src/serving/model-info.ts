import { ArgumentError, DataError, ModelFileError, expected, show } from '../errors'
import { loadCalibrator, type Calibrator } from '../metrics'
import type { Model } from '../models'
import { headEntries, type ByHead } from './by-head'
import type { DataFingerprint } from './data-fingerprint'
import type { HeadEntry, Manifest } from './manifest'

/** What a model file says of its model, numbers and spec apart. */
export interface ModelInfo {
  readonly kind: string
  /** The version of the format it was written in. */
  readonly formatVersion: number
  /** The version of this package that wrote it; absent from files of format version 1. */
  readonly library?: string
  /** The hash of its spec, as the version that wrote it took it. */
  readonly specHash: string
  /** The outputs of its graphs. */
  readonly heads: readonly HeadEntry[]
  /** What turns a head's scores into probabilities that hold, by the head's name. */
  readonly calibrators: ReadonlyMap<string, Calibrator>
  /** What was measured of it, by name. */
  readonly metrics: Readonly<Record<string, number>>
  /** What tells the data it was trained on from any other. */
  readonly trainingData?: DataFingerprint
  /** SHA-256 of its numbers, in hexadecimal: equal for models that score alike. */
  readonly weightsHash: string
}

/** The outputs of a model's graphs as a manifest lists them. */
export function headsOf({ graphs, spec }: Model): HeadEntry[] {
  return Object.entries(graphs).flatMap(([graph, outputs]) => [...outputs].map(([name, { shape }]) => {
    const label = spec.labels.find((one) => one.name === name)
    return { graph, name, shape: [...shape], ...(label !== undefined && { label: label.kind }) }
  }))
}

/** Calibrators as they are written; each belongs to a head. */
export function calibratorEntries(calibrators: ByHead<Calibrator>, heads: readonly HeadEntry[]): Record<string, object> {
  return Object.fromEntries(headEntries(calibrators).map(([name, calibrator]) => {
    if (!heads.some((head) => head.name === name))
      throw new ArgumentError(`feedrank/saveModel: expected \`calibrators\` to name heads of the model (${heads.map((head) => head.name).join(', ')}), got ${show(name)}`)
    if (typeof calibrator?.toJSON !== 'function') throw new ArgumentError(expected('saveModel', `calibrators.${name}`, 'a calibrator, as `fitPlatt` returns it', calibrator))
    const json = JSON.parse(JSON.stringify(calibrator)) as object
    // What cannot be read again is better found now.
    loadCalibrator(json)
    return [name, json]
  }))
}

/** Metrics as they are written: finite numbers, as JSON has no others. */
export function metricEntries(metrics: Readonly<Record<string, number>>): Record<string, number> {
  for (const [name, value] of Object.entries(metrics))
    if (typeof value !== 'number' || !Number.isFinite(value)) throw new DataError(`feedrank/saveModel: expected metric ${show(name)} to be a finite number, got ${show(value)}`)
  return { ...metrics }
}

/** A manifest as callers see it. */
export function infoOf({ kind, version, library, specHash, heads, calibrators, metrics, trainingData, weights }: Manifest): ModelInfo {
  return {
    kind, formatVersion: version, specHash, heads, metrics, weightsHash: weights.sha256,
    calibrators: new Map(Object.entries(calibrators).map(([name, json]) => [name, loadCalibrator(json)])),
    ...(library !== undefined && { library }),
    ...(trainingData !== undefined && { trainingData }),
  }
}

/** Throws unless a model made again has the heads its file lists: a later version of a model may have others. */
export function checkHeads(path: string, listed: readonly HeadEntry[], model: Model, library: string | undefined): void {
  const made = headsOf(model)
  if (JSON.stringify(made) === JSON.stringify(listed)) return
  const names = (heads: readonly HeadEntry[]) => heads.map(({ graph, name, shape }) => `${graph}.${name} [${shape.join(', ')}]`).join('; ')
  throw new ModelFileError(
    `feedrank/loadModel: ${JSON.stringify(path)} holds a model with heads ${names(listed)}; this version makes ${names(made)} of it; load it with feedrank ${library ?? '0.1.0'}`,
  )
}
