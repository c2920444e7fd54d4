import { describe, expect, test } from 'vitest'
import { importOptional } from '../src/optional-package'
import { BackendError } from '../src/errors'

const failing = async (name: string, code: string | undefined, message: string): Promise<string> => {
  const cause = Object.assign(new Error(message), code === undefined ? {} : { code })
  const error = await importOptional('here', name, () => Promise.reject(cause)).catch((e: Error) => e)
  if (!BackendError.isInstance(error)) return expect.fail(`expected a BackendError, got ${String(error)}`)
  expect(error.cause).toBe(cause)
  return error.message
}

test('a scoped package that is not there', async () => {
  const name = '@tensorflow/tfjs-node'
  expect(await failing(name, 'ERR_MODULE_NOT_FOUND', `Cannot find package '${name}' imported from /app/index.js`)).toBe(
    'feedrank/here: the package @tensorflow/tfjs-node is not installed; run: npm install @tensorflow/tfjs-node',
  )
})

describe('a package that is there', () => {
  test('and needs one that is not, even of a name that begins the same', async () => {
    const said = await failing('@tensorflow/tfjs', 'ERR_MODULE_NOT_FOUND', "Cannot find package '@tensorflow/tfjs-core' imported from /app/node_modules/@tensorflow/tfjs/dist/index.js")
    expect(said).toMatch(/@tensorflow\/tfjs is installed but does not load: Cannot find package '@tensorflow\/tfjs-core'/)
  })
  test('with a dot in its name, which is no wildcard', async () => {
    expect(await failing('a.b', 'MODULE_NOT_FOUND', "Cannot find module 'aXb'")).toMatch(/does not load/)
  })
})
