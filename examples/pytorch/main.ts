/**
 * A ranker goes from PyTorch to feedrank and from feedrank to PyTorch, and scores the same on both sides.
 *
 * `FEEDRANK_PYTHON=python npx tsx examples/pytorch/main.ts` trains in PyTorch first (pip install torch safetensors); without
 * Python it reads what such a run left in `fixtures`, and stops half way. `--keep` writes those files anew.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fit, loadBackend, loadWeights, predict, saveWeights } from 'feedrank'
import { fitted, makeLog, makeRanker, names, plain } from './ranker'

type Scores = Readonly<Record<string, readonly number[]>>

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const python = process.env['FEEDRANK_PYTHON']
// Compiled Python files would stay behind in this folder.
const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' }
const backend = await loadBackend('javascript')
const folder = mkdtempSync(join(tmpdir(), 'feedrank-pytorch-'))
const paths = { rows: join(folder, 'rows.json'), weights: join(folder, 'weights.safetensors'), scores: join(folder, 'scores.json'), back: join(folder, 'back.safetensors') }

try {
  const train = fitted.encode(makeLog('train', 600), { labels: true })
  const asked = fitted.encode(makeLog('asked', 50), { labels: true })
  const sizes = Object.fromEntries([['user', 'user'], ['tags', 'tags'], ['cross', 'wide:user_daypart']].map(([name, table]) => [name, makeRanker(0).tables.get(table)!.rows]))
  writeFileSync(paths.rows, JSON.stringify({ train: plain(train), asked: plain(asked), sizes }))

  if (python !== undefined) execFileSync(python, [here('train.py'), paths.rows, paths.weights, paths.scores], { stdio: 'inherit', env })
  else for (const name of ['weights', 'scores'] as const) copyFileSync(here(`fixtures/${name}.${name === 'weights' ? 'safetensors' : 'json'}`), paths[name])

  // One way: trained there, served here. The first weights are overwritten, every one of them.
  const imported = makeRanker(1)
  await loadWeights(imported, paths.weights, { map: names })
  console.log(`PyTorch to feedrank: largest difference ${difference(await scoresOf(imported), JSON.parse(readFileSync(paths.scores, 'utf8')) as Scores)}`)

  // And back: trained here, served there.
  const ours = makeRanker(2)
  await fit(ours, { rows: train }, { backend, epochs: 3, batchSize: 50, learningRate: 0.01, progress: false })
  await saveWeights(ours, paths.back, { map: names })
  if (python === undefined) console.log('feedrank to PyTorch: written; set FEEDRANK_PYTHON to see what PyTorch makes of it')
  else console.log(`feedrank to PyTorch: largest difference ${difference(await scoresOf(ours), JSON.parse(execFileSync(python, [here('check.py'), paths.rows, paths.back], { encoding: 'utf8', env })) as Scores)}`)

  if (process.argv.includes('--keep'))
    for (const name of ['weights', 'scores'] as const) copyFileSync(paths[name], here(`fixtures/${name}.${name === 'weights' ? 'safetensors' : 'json'}`))

  async function scoresOf(model: typeof ours): Promise<Scores> {
    return Object.fromEntries([...(await predict(model, asked, { backend }))].map(([head, scores]) => [head, [...scores]]))
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** The largest difference of two lists of scores, beside 1 or the size of the score, whichever is more. */
function difference(a: Scores, b: Scores): number {
  return Math.max(...Object.entries(a).flatMap(([head, scores]) => scores.map((score, i) => Math.abs(score - b[head][i]) / Math.max(1, Math.abs(score)))))
}
