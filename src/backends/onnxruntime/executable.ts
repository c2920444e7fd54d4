import type { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node'
import { BackendError, DataError } from '../../errors'
import { resolveShape } from '../../tensor/shape'
import type { Executable, NumericArray, TensorValue } from '../backend'
import { bindFeeds, type FeedPlan } from '../feeds'
import { messageOf } from '../../optional-package'
import { outputArray } from '../outputs'
import { inputName, outputName } from './graph-builder'

type TensorOf = (type: 'float32' | 'int32', data: NumericArray, shape: readonly number[]) => OnnxTensor

/** A program as a session: feeds are read where they lie, and outputs are written straight into their arrays. */
export function onnxruntimeExecutable(plan: FeedPlan, session: InferenceSession, tensorOf: TensorOf): Executable {
  const { program } = plan
  let disposed = false
  let running = 0
  const releaseWhenIdle = () => {
    // Nobody waits for the release, and a failing one leaves nothing to be done.
    if (disposed && running === 0) session.release().catch(() => undefined)
  }

  return {
    async run(feeds, into) {
      if (disposed) throw new BackendError('feedrank/run: this executable was disposed; compile the program again')
      const { values, bindings } = bindFeeds(plan, feeds)
      const given = [...program.inputs].map(([name, t], i) => {
        const data = values.get(name)!
        return [inputName(i), tensorOf(t.dtype, isShared(data) ? data.slice() : data, resolveShape(t.shape, bindings))] as const
      })
      const written: NumericArray[] = []
      const results = [...program.outputs].map(([name, t]) => {
        const shape = resolveShape(t.shape, bindings)
        const data = outputArray(name, t, shape, into)
        // An array that is also read, or written twice, gets its numbers only after the run.
        const target = isShared(data) || [...values.values(), ...written].some((other) => overlap(data, other)) ? data.slice() : data
        written.push(target)
        return { name, value: { data, shape }, tensor: tensorOf(t.dtype, target, shape) }
      })
      const fetched = await execute(Object.fromEntries(given), Object.fromEntries(results.map(({ tensor }, i) => [outputName(i), tensor])))
      return Object.fromEntries(results.map(({ name, value }, i): [string, TensorValue] => {
        const got = fetched[outputName(i)].data
        if (got !== value.data) value.data.set(got as NumericArray)
        return [name, value]
      }))
    },
    dispose() {
      if (disposed) return
      disposed = true
      releaseWhenIdle()
    },
  }

  async function execute(feeds: InferenceSession.OnnxValueMapType, fetches: InferenceSession.OnnxValueMapType) {
    running++
    try {
      return await session.run(feeds, fetches)
    } catch (cause) {
      if (/out of (data )?bounds/.test(messageOf(cause)))
        throw new DataError('feedrank/run: an index computed in the graph lies outside its table', { cause })
      throw new BackendError(`feedrank/run: onnxruntime failed: ${messageOf(cause)}`, { cause })
    } finally {
      running--
      releaseWhenIdle()
    }
  }
}

/** Whether two arrays share memory. */
const overlap = (a: NumericArray, b: NumericArray): boolean =>
  a.buffer === b.buffer && a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength

/** Shared memory, which the native side does not take. */
const isShared = ({ buffer }: NumericArray): boolean => typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer
