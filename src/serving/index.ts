export { loadModel, saveModel } from './model-file'
export type { LoadModelOptions, ModelKinds } from './model-file'
