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
  { name: 'all of feedrank', path: 'dist/index.js', limit: '150 kB', gzip: true, modifyEsbuildConfig },
]
