/**
 * Item-to-item counts: which movies are liked by the same user within `window` likes of one another.
 *
 * The similarity of two movies is `count(a, b) / √(likes(a) · likes(b))`, the cosine of who liked them.
 */
export function coLikes(window: number) {
  const counts = new Map<string, Map<string, number>>()
  const likes = new Map<string, number>()
  const last = new Map<string, string[]>()

  const bump = (a: string, b: string) => {
    const row = counts.get(a) ?? new Map<string, number>()
    counts.set(a, row.set(b, (row.get(b) ?? 0) + 1))
  }
  const likesOf = (movie: string) => likes.get(movie) ?? 0
  const cosine = (count: number, a: string, b: string) => count / Math.sqrt(likesOf(a) * likesOf(b))

  return {
    similarity(a: string, b: string): number {
      const count = counts.get(a)?.get(b)
      return count === undefined ? 0 : cosine(count, a, b)
    },


    add(user: string, movie: string): void {
      const recent = last.get(user) ?? []
      for (const other of recent) {
        bump(movie, other)
        bump(other, movie)
      }
      likes.set(movie, likesOf(movie) + 1)
      last.set(user, [...recent, movie].slice(-window))
    },

    lastLiked: (user: string): readonly string[] => last.get(user) ?? [],

    /** How alike `movie` is to what the user liked last, summed. */
    beside(user: string, movie: string): number {
      const row = counts.get(movie)
      if (row === undefined) return 0
      return (last.get(user) ?? []).reduce((sum, other) => sum + (row.has(other) ? cosine(row.get(other)!, movie, other) : 0), 0)
    },

    /** How alike every movie is to some that were liked, summed; movies it is 0 for are left out. */
    besideAll(liked: readonly string[]): ReadonlyMap<string, number> {
      const sums = new Map<string, number>()
      for (const other of liked)
        for (const [movie, count] of counts.get(other) ?? [])
          sums.set(movie, (sums.get(movie) ?? 0) + cosine(count, movie, other))
      return sums
    },
  }
}

export type CoLikes = ReturnType<typeof coLikes>

export function countBy(ids: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1)
  return counts
}

/** Ids by falling count. */
export const byCount = (counts: ReadonlyMap<string, number>): string[] => [...counts].sort((a, b) => b[1] - a[1]).map(([id]) => id)
