export type { Backend, Executable, Feeds, NumericArray, OutputBuffers, Outputs, TensorValue } from './backend'
export { javascriptBackend } from './javascript'
export { loadBackend } from './load-backend'
export type { BackendName, BackendOptions } from './load-backend'
