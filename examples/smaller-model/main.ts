/**
 * What a small ranker learns from a large one, and what a cascade of the two costs: `npx tsx examples/smaller-model/main.ts [seeds]`.
 *
 * For each seed a world is made, a teacher trained, and the same small model trained alone and in four ways with the teacher, all
 * from the same first weights and in the same order. Nothing is tuned: one learning rate and one number of epochs for all.
 */
import { WideAndDeep, auc, cascadeRegret, distill, fit, loadBackend, logLoss, meanInterval, predict, type CascadeSample, type DistillOptions } from 'feedrank'
import { makeWorld, spec } from './world'

const seeds = Number(process.argv[2] ?? 6)
const backend = await loadBackend('wasm')
const ways: Readonly<Record<string, DistillOptions>> = {
  'T = 1': {},
  'T = 2': { temperature: 2 },
  'teacher alone': { alpha: 1 },
  'and its order': { ranking: { groups: [] } },
}
const losses = new Map<string, number[]>()
const areas = new Map<string, number[]>()
const samples = new Map<string, CascadeSample[]>()
const add = <V>(to: Map<string, V[]>, name: string, ...values: readonly V[]) => void to.set(name, [...(to.get(name) ?? []), ...values])

for (let seed = 0; seed < seeds; seed++) {
  const world = makeWorld(seed)
  const requests = Array.from({ length: 1000 }, () => world.request(20))
  const log = requests.flat()
  const asked = Array.from({ length: 20 }, () => world.request(200))
  const fitted = spec.fit(log)
  const data = { rows: fitted.encode(log, { labels: true }) }
  const test = fitted.encode(asked.flat())
  const labels = asked.flat().map(({ clicked }) => clicked)
  const options = { backend, epochs: 5, batchSize: 100, learningRate: 0.005, seed, progress: false } as const
  const measure = async (name: string, model: WideAndDeep) => {
    const scores = (await predict(model, test, { backend })).get('clicked')!
    add(losses, name, logLoss(labels, scores))
    add(areas, name, auc(labels, scores))
    return scores
  }
  const small = () => new WideAndDeep(fitted, { hidden: [4], seed })

  const teacher = new WideAndDeep(fitted, { hidden: [64, 32], seed })
  await fit(teacher, data, options)
  const full = await measure('the teacher', teacher)
  const alone = small()
  await fit(alone, data, options)
  const cheap = { alone: await measure('alone', alone), taught: full }
  for (const [name, way] of Object.entries(ways)) {
    const student = small()
    const groups = requests.flatMap((list, request) => list.map(() => request))
    // With lists a step takes five of them, which are a hundred rows as well.
    await distill(teacher, student, data, { ...options, ...way, ...(way.ranking && { ranking: { groups }, batchSize: 5 }) })
    const scores = await measure(name, student)
    if (name === 'T = 1') cheap.taught = scores
  }
  for (const [name, scores] of Object.entries(cheap))
    add(samples, name, ...asked.map((list, r): CascadeSample => ({
      scores: [scores, full].map((all) => all.subarray(r * 200, (r + 1) * 200)), utility: list.map(({ clicked }) => clicked),
    })))
}

const told = ({ mean, low, high }: { readonly mean: number; readonly low: number; readonly high: number }, digits = 3) =>
  `${mean.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`
const interval = (values: readonly number[]) => told(meanInterval(values), 4)
console.log(`${seeds} seeds, 95% intervals over them. Rows nobody trained on: log loss, AUC, and what is saved beside the small model alone.`)
for (const [name, values] of losses) {
  const saved = values.map((loss, i) => losses.get('alone')![i] - loss)
  const gained = areas.get(name)!.map((area, i) => area - areas.get('alone')![i])
  console.log(`${name.padEnd(14)} ${meanInterval(values).mean.toFixed(4)}  ${meanInterval(areas.get(name)!).mean.toFixed(4)}${name === 'alone' ? '' : `  log loss saved ${interval(saved)}, AUC gained ${interval(gained)}`}`)
}
for (const [name, given] of samples) {
  console.log(`\nA cascade of the small model (${name}) and the teacher, 200 candidates, a page of 10:`)
  const model = cascadeRegret(given.map(({ scores }) => ({ scores })), { k: 10, widths: [10, 20, 40, 80, 200] })
  const clicks = cascadeRegret(given, { k: 10, widths: [10, 20, 40, 80, 200] })
  for (const [i, { widths, recall, relativeRegret }] of model.entries())
    console.log(`  ${String(widths[0]).padStart(3)} to the teacher: recall ${told(recall)}, ${(100 * relativeRegret).toFixed(2)}% of what it expects lost, clicks lost a page ${told(clicks[i].regret)}`)
}
