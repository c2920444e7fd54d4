import {
  auc, catalogueCoverage, cooccurrenceSimilarity, explainedVariance, exposureEntropy, gradedRanking, intraListDiversity, judgeRanking,
  listAveragePrecision, listPrecision, listRecall, logLoss, meanAbsoluteError, meanOverRankings, ndcg, novelty, rootMeanSquaredError, rPrecision, rSquared,
  serendipity,
} from 'feedrank/metrics'
import { describe, expect, test } from 'vitest'
import { expectClose, readJson } from './peers'

interface Pairs {
  readonly user: number[]
  readonly item: number[]
}
interface Golden {
  readonly true: Pairs & { readonly rating: number[] }
  readonly pred: Pairs & { readonly prediction: number[] }
  readonly expected: { readonly [name: string]: number }
  readonly ndcg_wiki: { readonly true: number[]; readonly pred_items: number[]; readonly k: number; readonly ndcg_raw_log2: number }
  readonly diversity_fixture: {
    readonly train: Pairs
    readonly reco: Pairs & { readonly relevance: number[] }
    readonly item_features: { readonly [item: string]: number[] }
  }
}
const golden = readJson<Golden>('recommenders/evaluation.json')
// The file gives five or six digits, and the tests it comes from compare to 1e-4.
const digits = 1e-4

const users = [1, 2, 3]
const rowsOf = ({ user }: Pairs, wanted: number) => user.flatMap((id, row) => (id === wanted ? [row] : []))

const rankings = users.map((user) => {
  const { pred } = golden
  const rows = rowsOf(pred, user).sort((a, b) => pred.prediction[b] - pred.prediction[a])
  return judgeRanking(rows.map((row) => pred.item[row]), rowsOf(golden.true, user).map((row) => golden.true.item[row]))
})

/** Ratings and predictions of the user-item pairs that are in both tables. */
const common = golden.true.user.flatMap((user, row) => {
  const at = golden.pred.user.findIndex((other, i) => other === user && golden.pred.item[i] === golden.true.item[row])
  return at < 0 ? [] : [{ rating: golden.true.rating[row], prediction: golden.pred.prediction[at] }]
})
const ratings = common.map(({ rating }) => rating)
const predictions = common.map(({ prediction }) => prediction)
const lowest = Math.min(...golden.pred.prediction)
const range = Math.max(...golden.pred.prediction) - lowest
const scaled = predictions.map((value) => (value - lowest) / range)
const liked = ratings.map((rating) => (rating >= 3 ? 1 : 0))

describe('recommenders, tests/unit/recommenders/evaluation', () => {
  const values: { [name: string]: () => number } = {
    'rmse(common pairs)': () => rootMeanSquaredError(ratings, predictions),
    mae: () => meanAbsoluteError(ratings, predictions),
    rsquared: () => rSquared(ratings, predictions),
    exp_var: () => explainedVariance(ratings, predictions),
    'ndcg@10(binary rel)': () => meanOverRankings(ndcg, rankings, { k: 10 }),
    'map@10': () => meanOverRankings(listAveragePrecision, rankings, { k: 10 }),
    'precision@10': () => meanOverRankings(listPrecision, rankings, { k: 10 }),
    'recall@10': () => meanOverRankings(listRecall, rankings, { k: 10 }),
    'r_precision@3': () => meanOverRankings(rPrecision, rankings, { k: 3 }),
    'r_precision@5': () => meanOverRankings(rPrecision, rankings, { k: 5 }),
    'r_precision@10': () => meanOverRankings(rPrecision, rankings, { k: 10 }),
    'binary(rating>=3; pred minmax) auc': () => auc(liked, scaled),
    logloss: () => logLoss(liked, scaled),
  }
  test.each(Object.entries(golden.expected))('%s', (name, want) => {
    expect(values).toHaveProperty([name])
    expectClose(values[name](), want, digits)
  })

  test('ndcg of the Wikipedia example', () => {
    const { true: grades, pred_items, k, ndcg_raw_log2 } = golden.ndcg_wiki
    const ranking = gradedRanking(pred_items.map((item) => grades[item]), { missed: grades.slice(pred_items.length) })
    expectClose(ndcg(ranking, { k }), ndcg_raw_log2, 5e-4)
  })
})

// The fixture carries no figures: these are the ones its tests assert (test_python_evaluation.py).
describe('recommenders, diversity fixture', () => {
  const { train, reco, item_features } = golden.diversity_fixture
  const listsOf = (pairs: Pairs) => users.map((user) => rowsOf(pairs, user).map((row) => pairs.item[row]))
  const lists = listsOf(reco)
  const histories = listsOf(train)
  const interactions = new Map<number, number>()
  for (const item of train.item) interactions.set(item, (interactions.get(item) ?? 0) + 1)
  const relevance = (user: number, item: string | number) =>
    reco.relevance[reco.user.findIndex((id, row) => id === users[user] && reco.item[row] === item)]
  const byUsers = cooccurrenceSimilarity(histories)
  const byFeatures = (a: string | number, b: string | number) => {
    const dot = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i], 0)
    const [x, y] = [item_features[a], item_features[b]]
    return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y))
  }

  test('coverage and novelty', () => {
    expectClose(catalogueCoverage(lists, train.item), 0.8, digits)
    expectClose(exposureEntropy(lists), 1.9183, digits)
    expectClose(novelty(lists, interactions), 2.83333, digits)
    expect(novelty([[3], [3]], new Map([[3, 2]]))).toBe(0)
  })

  test('diversity by co-occurrence and by features', () => {
    expectClose(intraListDiversity(lists, byUsers), 0.43096, digits)
    const perUser = lists.map((list) => intraListDiversity([list], byUsers))
    ;[0.29289, 1, 0].forEach((want, i) => expectClose(perUser[i], want, digits))
    expectClose(intraListDiversity(lists, byFeatures), 0.5, digits)
  })

  test('serendipity by co-occurrence and by features', () => {
    expectClose(serendipity({ lists, histories, similarity: byUsers, relevance }), 0.43408, digits)
    expectClose(serendipity({ lists, histories, similarity: byFeatures, relevance }), 0.4028, digits)
  })
})
