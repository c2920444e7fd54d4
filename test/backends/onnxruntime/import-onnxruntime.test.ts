import { describe, expect, test } from 'vitest'
import { importOnnxruntime } from '../../../src/backends/onnxruntime/import-onnxruntime'
import { BackendError } from '../../../src/errors'

const failing = async (code: string | undefined, message: string) => {
  const cause = Object.assign(new Error(message), code === undefined ? {} : { code })
  const error = await importOnnxruntime(() => Promise.reject(cause)).catch((e: Error) => e)
  if (!BackendError.isInstance(error)) return expect.fail(`expected a BackendError, got ${error}`)
  expect(error.cause).toBe(cause)
  return error.message
}

describe('a package that is not there', () => {
  // The messages of Node 20.20 for `import` and `require`.
  test.each([
    ['ERR_MODULE_NOT_FOUND', "Cannot find package 'onnxruntime-node' imported from /app/node_modules/feedrank/dist/index.js"],
    ['MODULE_NOT_FOUND', "Cannot find module 'onnxruntime-node'\nRequire stack:\n- /app/index.cjs"],
  ])('%s: says how to install it', async (code, message) => {
    expect(await failing(code, message)).toMatch(/not installed.*npm install onnxruntime-node/)
  })
})

describe('a package that is there and broken', () => {
  test.each([
    ['ERR_MODULE_NOT_FOUND', "Cannot find package 'onnxruntime-common' imported from /app/node_modules/onnxruntime-node/dist/index.js"],
    ['MODULE_NOT_FOUND', "Cannot find module '../bin/napi-v6/sunos/x64/onnxruntime_binding.node'\nRequire stack:\n- /app/node_modules/onnxruntime-node/dist/binding.js"],
    ['ERR_DLOPEN_FAILED', 'Error loading shared library ld-linux-x86-64.so.2: No such file or directory'],
    [undefined, "Cannot find package 'onnxruntime-node'"],
  ])('%s: says so, with the reason', async (code, message) => {
    const said = await failing(code, message)
    expect(said).toMatch(/installed but does not load/)
    expect(said).toContain(message.split('\n')[0])
  })
  test.each([{}, { InferenceSession: {} }, { default: { Tensor: Object } }])('%o: has not what is needed', async (found) => {
    const error = await importOnnxruntime(async () => found).catch((e: unknown) => e)
    expect(BackendError.isInstance(error)).toBe(true)
    expect(String(error)).toMatch(/installed but does not load/)
  })
  test('whatever was thrown', async () => {
    const error = await importOnnxruntime(() => Promise.reject('no reason')).catch((e: unknown) => e)
    expect(String(error)).toMatch(/does not load: no reason/)
  })
})

test('names are found with and without the help of the loader', async () => {
  const names = { InferenceSession: { create: () => {} }, Tensor: Object }
  expect(await importOnnxruntime(async () => names)).toBe(names)
  expect(await importOnnxruntime(async () => ({ default: names }))).toBe(names)
})
