/** Run by `npm pack` and `npm publish`: a package without its build would be an empty one. */
import { existsSync } from 'node:fs'

if (!existsSync(new URL('../dist/index.js', import.meta.url))) {
  console.error('dist is missing: npm run build')
  process.exitCode = 1
}
