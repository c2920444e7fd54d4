import { BackendError } from './errors'

/** Imports a package by name; tests put a stand-in here. */
export type Importing = (name: string) => Promise<object>

// The name is a variable, so that a bundler leaves what is optional to be found, or not, at run time.
export const importByName: Importing = (name) => import(/* webpackIgnore: true */ /* @vite-ignore */ name)

/**
 * The names of an optional package.
 *
 * @throws BackendError, with the cause, that says whether it is not installed or is installed and does not load
 */
export async function importOptional(where: string, name: string, importing: Importing = importByName): Promise<object> {
  let found: object
  try {
    found = await importing(name)
  } catch (cause) {
    throw isNotInstalled(cause, name)
      ? new BackendError(`feedrank/${where}: the package ${name} is not installed; run: npm install ${name}`, { cause })
      : new BackendError(`feedrank/${where}: the package ${name} is installed but does not load: ${messageOf(cause)}`, { cause })
  }
  return found
}

/** The names of a CommonJS package, which a loader may or may not have found: `known` is one of them. */
export const namesOf = (found: object, known: string): object =>
  known in found ? found : (found as { readonly default?: object }).default ?? found

/** True when the package itself was not found; not when a file or a package it needs was not. */
export function isNotInstalled(error: unknown, name: string): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  const missing = ['package', 'module'].some((kind) => messageOf(error).includes(`Cannot find ${kind} '${name}'`))
  return (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && missing
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0].trim()
