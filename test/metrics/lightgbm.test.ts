import { meanNdcg } from 'feedrank/metrics'
import { describe, test } from 'vitest'
import { expectClose, readJson, readNumbers } from './peers'

// LightGBM 4.7.0 on its own lambdarank example: 50 queries, 768 rows, grades 0 to 4.
type Figures = { readonly [metric: string]: number | { readonly [metric: string]: number } }
const { metrics } = readJson<{ metrics: { [model: string]: Figures } }>('lightgbm/results.json')
const labels = readNumbers('lightgbm/rank.test.labels')
const groups = { sizes: readNumbers('lightgbm/rank.test.query') }

describe.each(['lambdarank', 'rank_xendcg', 'regression', 'binary'])('%s', (model) => {
  const scores = readNumbers(`lightgbm/${model}.pred.txt`)
  const figures = metrics[model]
  const reported = (figures['lightgbm_reported'] ?? {}) as { readonly [metric: string]: number }
  const all = [...Object.entries(figures).filter(([, value]) => typeof value === 'number'), ...Object.entries(reported)] as [string, number][]
  test.each(all)('%s', (name, want) => {
    expectClose(meanNdcg(labels, scores, groups, { k: Number(name.split('@')[1]), gain: 'exponential', noRelevant: 1 }), want)
  })
})
