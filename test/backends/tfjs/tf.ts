import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'

export { tf }

/** Everything `@tensorflow/tfjs-core` exports, some of it replaced: a stand-in for packages that cannot be installed here. */
export const standIn = (changes: Readonly<Record<string, unknown>>): object => ({ ...tf, ...changes })

/** What Node says of a package that is not installed. */
const notFound = (name: string): Error =>
  Object.assign(new Error(`Cannot find package '${name}' imported from /app/index.js`), { code: 'ERR_MODULE_NOT_FOUND' })

/** An import that knows only `packages`, and a list of the names it was asked for. */
export function importing(packages: Readonly<Record<string, object | Error>>): { readonly asked: string[]; readonly from: (name: string) => Promise<object> } {
  const asked: string[] = []
  return {
    asked,
    from: async (name) => {
      asked.push(name)
      const found = Object.hasOwn(packages, name) ? packages[name] : notFound(name)
      if (found instanceof Error) throw found
      return found
    },
  }
}
