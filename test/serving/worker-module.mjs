// What a worker imports while the package is not built: its sources, compiled as they load.
import { register } from 'tsx/esm/api'

register()
const { runScoreWorker } = await import('../../src/serving/score-worker.ts')
export { runScoreWorker }
