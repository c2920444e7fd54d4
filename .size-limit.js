// Sizes in gzipped bytes of a minified bundle with its dependencies: what a Lambda or an edge worker carries.
const modifyEsbuildConfig = (config) => ({
  ...config,
  platform: 'node',
  format: 'esm',
  // Shared chunks that an entry does not use are imported without names and rightly dropped.
  logOverride: { 'ignored-bare-import': 'silent' },
})

export default [
  { name: 'feedrank/pipeline alone', path: 'dist/pipeline.js', limit: '20 kB', gzip: true, modifyEsbuildConfig },
  {
    name: 'a feed with a model', path: 'dist/index.js', import: '{ MixerPipeline, compileRanker, loadBackend, loadModel, modelScorer }', limit: '120 kB', gzip: true, modifyEsbuildConfig,
  },
  {
    name: 'training', path: 'dist/index.js', import: '{ WideAndDeep, categorical, defineFeatures, fit, loadBackend, saveModel }', limit: '100 kB', gzip: true, modifyEsbuildConfig,
  },
  // A third of it reads compressed Parquet and CSV, and is loaded by whoever does.
  { name: 'all of feedrank', path: 'dist/index.js', limit: '380 kB', gzip: true, modifyEsbuildConfig },
]
