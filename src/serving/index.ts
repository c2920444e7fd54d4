export { loadModel, saveModel } from './model-file'
export type { LoadModelOptions, LoadedModel, ModelKinds } from './model-file'
