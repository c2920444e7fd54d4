import {
  TwoTower, categorical, createPredictor, defineFeatures, exactIndex, fit, multiHot, numeric, sequence, usearchIndex,
  type Backend, type History as Training, type Interactions, type RowOf, type VectorIndex,
} from 'feedrank'
import type { EventRow } from './history'
import { seed, type Movie } from './movielens'

/** What the two towers read: what the user liked last, in the vectors of the movies and the newest most, and what a movie is. */
export const retrievalSpec = defineFeatures({
  features: {
    recentlyLiked: sequence({ scope: 'user', maxLength: 20, decay: 0.9, sharedWith: 'movieId' }),
    likedGenres: multiHot({ scope: 'user', combiner: 'mean', embeddingDim: 8 }),
    movieId: categorical({ scope: 'item', minCount: 2, embeddingDim: 32 }),
    genres: multiHot({ scope: 'item', combiner: 'mean', embeddingDim: 8 }),
    year: numeric({ scope: 'item', missing: { fill: 'mean' } }),
  },
})

export type RetrievalSpec = ReturnType<typeof retrievalSpec.fit>

/** How many movies are retrieved when retrieval is judged. */
export const k = 100

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
    backend, epochs: 15, batchSize: 256, learningRate: 0.004, clipNorm: 5, seed, earlyStopping: { patience: 2 },
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
