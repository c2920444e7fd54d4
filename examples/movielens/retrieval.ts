import {
  TwoTower, accuracy, bootstrapDifference, bootstrapInterval, categorical, createPredictor, defineFeatures, exactIndex, fit, multiHot, numeric, usearchIndex,
  type Backend, type History as Training, type Interactions, type RowOf, type VectorIndex,
} from 'feedrank'
import { byCount, coLikes, countBy } from './co-likes'
import type { EventRow } from './history'
import { seed, type Movie } from './movielens'
import type { RetrievalResult } from './report-data'

/** What the two towers read: what the user liked last, and what a movie is. */
export const retrievalSpec = defineFeatures({
  features: {
    recentlyLiked: multiHot({ scope: 'user', combiner: 'mean', minCount: 5, embeddingDim: 32 }),
    likedGenres: multiHot({ scope: 'user', combiner: 'mean', embeddingDim: 8 }),
    movieId: categorical({ scope: 'item', minCount: 2, embeddingDim: 32 }),
    genres: multiHot({ scope: 'item', combiner: 'mean', embeddingDim: 8 }),
    year: numeric({ scope: 'item', missing: { fill: 'mean' } }),
  },
})

export type RetrievalSpec = ReturnType<typeof retrievalSpec.fit>

const k = 100

/** Trains the two towers on who liked what, and indexes every movie. */
export async function trainRetrieval(
  train: readonly EventRow[], validation: readonly EventRow[], movies: readonly Movie[], backend: Backend, kind: 'exact' | 'usearch',
) {
  const spec = retrievalSpec.fit(train)
  const places = new Map(movies.map(({ movieId }, place) => [movieId, place]))
  const items = spec.encode(movies, { scopes: ['item'] })
  const interactions = (rows: readonly EventRow[]): Interactions => {
    const liked = rows.filter((row) => row.liked)
    return { queries: spec.encode(liked, { scopes: ['user'] }), positives: Int32Array.from(liked, (row) => places.get(row.movieId)!) }
  }
  // Hidden layers did no better on validation rows: forty thousand likes are few.
  const model = new TwoTower(spec, { hidden: [], dim: 32, temperature: 0.1, seed })
  const training: Training = await fit(model, { ...interactions(train), items, validation: interactions(validation), k }, {
    backend, epochs: 15, batchSize: 256, learningRate: 0.002, clipNorm: 5, seed, earlyStopping: { patience: 2 },
  })
  const towers = { user: await createPredictor(model, 'user', backend), item: await createPredictor(model, 'item', backend) }
  const vectors = (await towers.item.predict(items)).get('embedding')!
  const shape = { dim: model.config.dim, metric: 'dot' } as const
  const index: VectorIndex<string> = kind === 'usearch' ? await usearchIndex<string>(shape) : exactIndex<string>(shape)
  index.add(movies.map(({ movieId }) => movieId), vectors)
  const vectorOf = (movieId: string) => vectors.subarray(places.get(movieId)! * index.dim, (places.get(movieId)! + 1) * index.dim)
  return { spec, model, training, towers, index, vectorOf }
}

export type Retrieval = Awaited<ReturnType<typeof trainRetrieval>>

/** Users as points among the movies: one vector a row, `[rows, dim]`. */
export const userVectors = async ({ spec, towers }: Retrieval, rows: readonly RowOf<typeof retrievalSpec, 'user'>[]) =>
  (await towers.user.predict(spec.encode(rows, { scopes: ['user'] }))).get('embedding')!

/**
 * The share of liked test movies that are among the 100 retrieved just before, of all movies the user had not rated.
 * Popularity and item-to-item counts know the training rows, as the towers do; all see what the user liked up to then.
 */
export async function judgeRetrieval(
  retrieval: Retrieval, train: readonly EventRow[], test: readonly EventRow[], ratedBefore: (row: EventRow) => ReadonlySet<string>,
): Promise<RetrievalResult[]> {
  const likes = train.filter((row) => row.liked)
  const targets = test.filter((row) => row.liked)
  const popular = byCount(countBy(likes.map((row) => row.movieId)))
  const together = coLikes(20)
  for (const { userId, movieId } of likes) together.add(userId, movieId)
  const vectors = await userVectors(retrieval, targets)
  const { dim } = retrieval.index

  const contenders: readonly { readonly name: string; readonly what: string; readonly retrieve: (row: EventRow, rated: ReadonlySet<string>, i: number) => readonly string[] }[] = [
    {
      name: 'Two-tower', what: 'nearest movies to the user’s vector',
      retrieve: (_, exclude, i) => retrieval.index.search(vectors.subarray(i * dim, (i + 1) * dim), k, { exclude })[0].keys,
    },
    {
      name: 'Item-to-item', what: 'movies liked beside those the user liked last, then the most liked',
      retrieve: ({ recentlyLiked }, rated) => firstUnrated([...byCount(together.besideAll(recentlyLiked)), ...popular], rated),
    },
    { name: 'Popularity', what: 'the most liked movies', retrieve: (_, rated) => firstUnrated(popular, rated) },
  ]
  const hits = contenders.map(({ retrieve }) => targets.map((row, i) => (retrieve(row, ratedBefore(row), i).includes(row.movieId) ? 1 : 0)))
  // A hit is a right answer to a question whose answer is always yes, so recall is accuracy.
  const judged = { labels: targets.map(() => 1), metric: accuracy, groups: { ids: targets.map((row) => row.userId) }, seed }
  return contenders.map(({ name, what }, i) => ({
    name, what,
    recall100: bootstrapInterval({ ...judged, scores: hits[i] }),
    ...(i > 0 && { against: bootstrapDifference({ ...judged, a: hits[0], b: hits[i] }) }),
  }))
}

function firstUnrated(ranked: Iterable<string>, rated: ReadonlySet<string>): string[] {
  const page = new Set<string>()
  for (const movieId of ranked) {
    if (!rated.has(movieId)) page.add(movieId)
    if (page.size === k) break
  }
  return [...page]
}
