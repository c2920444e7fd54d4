import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Builds `dist` unless it is newer than every source: what is measured is what would be published. */
export function build(): void {
  const built = `${root}dist/index.js`
  const sources = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' }).map((path) => statSync(`${root}src/${path}`).mtimeMs)
  if (existsSync(built) && statSync(built).mtimeMs > Math.max(...sources)) return
  const { status } = spawnSync(process.execPath, [`${root}node_modules/tsup/dist/cli-default.js`], { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error('the build failed')
}
