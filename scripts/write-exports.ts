/** Writes the `exports` of package.json from the folders of `src`: `npm run exports` after an area was added. */
import { readFileSync, writeFileSync } from 'node:fs'
import { packageExports } from './areas'

const file = new URL('../package.json', import.meta.url)
const manifest: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'))
writeFileSync(file, `${JSON.stringify({ ...manifest, exports: packageExports() }, null, 2)}\n`)
