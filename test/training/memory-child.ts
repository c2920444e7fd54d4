/**
 * Trains a tiny model for 10,000 steps and prints, as JSON, the bytes held after steps 2,000 and 10,000; run with
 * --expose-gc. With the argument `leak` it keeps one small array a step, as a leak would; with `dispose` it trains and
 * predicts over and over instead and measures after runs 20 and 70, and with `keep` it does the same disposing nothing.
 */
import { loadBackend, type Backend, type BackendName, type Executable } from '../../src/backends'
import { WideAndDeep, createPredictor } from '../../src/models'
import { fit } from '../../src/training'
import { encode, fitted } from '../models/samples'

const [, , name, mode] = process.argv
const kept: Float32Array[] = []
const loaded = await loadBackend(name as BackendName)
const undisposed: Executable[] = []
const backend: Backend = {
  ...loaded,
  async compile(program) {
    const executable = await loaded.compile(program)
    if (mode === 'keep') undisposed.push(executable)
    return {
      dispose: mode === 'keep' ? () => {} : executable.dispose,
      run: (feeds, into) => {
        if (mode === 'leak') kept.push(new Float32Array(128))
        return executable.run(feeds, into)
      },
    }
  },
}

async function held() {
  // What onnxruntime hands out is freed by finalizers, which run in turns of the loop after a collection.
  for (let i = 0; i < 4; i++) {
    globalThis.gc!()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage()
  return { managed: heapUsed + external + arrayBuffers, resident: rss }
}

const rows = encode('memory', 400)
const model = () => new WideAndDeep(fitted, { hidden: [4, 3], dropout: 0.1 })
const measured: Awaited<ReturnType<typeof held>>[] = []
if (mode === 'dispose' || mode === 'keep') {
  const few = encode('few', 4)
  for (let i = 1; i <= 70; i++) {
    const trained = model()
    await fit(trained, { rows: few, validation: few }, { backend, epochs: 1 })
    const predictor = await createPredictor(trained, 'score', backend)
    await predictor.predict(few)
    predictor.dispose()
    if (i === 20 || i === 70) measured.push(await held())
  }
} else {
  // 100 steps an epoch.
  const onEpoch = async ({ epoch }: { readonly epoch: number }) => {
    if (epoch === 20 || epoch === 100) measured.push(await held())
  }
  await fit(model(), { rows, validation: encode('few', 4) }, { backend, epochs: 100, batchSize: 4, clipNorm: 1, onEpoch })
}
console.log(JSON.stringify(measured))
