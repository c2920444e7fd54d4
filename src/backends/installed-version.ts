import { importByName } from '../optional-package'

/** What the file system says of a package: its version, `undefined` when it is not installed. */
export type InstalledVersion = (name: string) => string | undefined

/** Where this module lies, in either build. */
const here = (): string | undefined => (typeof __filename === 'string' ? __filename : import.meta.url)

/**
 * Looks packages up where an import from this package would find them, without loading them; `undefined` where there is
 * no file system to look in, as in a browser.
 */
export async function installedVersions(): Promise<InstalledVersion | undefined> {
  const from = here()
  if (typeof process === 'undefined' || process.versions?.node === undefined || from === undefined) return undefined
  // By name, as bundlers for browsers do not know these.
  const [{ createRequire }, { readFileSync }, { join }] = (await Promise.all(['node:module', 'node:fs', 'node:path'].map(importByName))) as
    [typeof import('node:module'), typeof import('node:fs'), typeof import('node:path')]
  const require = createRequire(from)
  return (name) => {
    for (const folder of require.resolve.paths(name) ?? []) {
      try {
        const { version }: { readonly version?: unknown } = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8'))
        return String(version ?? 'unknown')
      } catch {
        // Not in this folder, or no manifest there; the next one up may have it.
      }
    }
    return undefined
  }
}
