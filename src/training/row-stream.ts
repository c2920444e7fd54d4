import { ArgumentError, DataError, expected } from '../errors'
import { concatRows, sliceRows, takeRows, type EncodedRows } from '../features'
import type { Random } from '../random'

/** Opens rows that come in parts, such as those of a file as they are read and encoded; every epoch opens them anew. */
export type RowStream = () => AsyncIterable<EncodedRows> | Iterable<EncodedRows>

/** Data whose rows come in parts, in place of rows that are all in memory. */
export type Streamed<Data> = Data extends { readonly rows: EncodedRows }
  ? Omit<Data, 'rows'> & {
    readonly rows: RowStream
    /** How many rows there are, where it is known: steps then are of the same size, as they are with rows in memory. */
    readonly count?: number
  }
  : never

/** True for data whose rows come in parts. */
export const isStreamed = <Data>(data: Data | Streamed<Data>): data is Streamed<Data> => typeof (data as { readonly rows?: unknown } | undefined)?.rows === 'function'

/** A running reader of parts, with the first that has rows already read. */
export interface OpenStream {
  readonly first: EncodedRows
  /** The parts, the first among them. */
  readonly parts: AsyncIterable<EncodedRows>
  readonly close: () => Promise<void>
}

/** Opens a stream and reads up to the first rows. @throws ArgumentError when it is none; DataError when it has no rows */
export async function openStream(stream: RowStream): Promise<OpenStream> {
  const parts = stream()
  const iterator = iteratorOf(parts)
  const read = async (): Promise<EncodedRows | undefined> => {
    const { done, value } = await iterator.next()
    if (done === true) return undefined
    if (typeof (value as Partial<EncodedRows> | undefined)?.rows !== 'number') throw new ArgumentError(expected('fit', 'rows', 'a function that gives parts of encoded rows', value))
    return value
  }
  let first = await read()
  while (first?.rows === 0) first = await read()
  if (first === undefined) throw new DataError('feedrank/fit: expected at least one row to train on, got none')
  const known = first
  return {
    first: known,
    parts: {
      async *[Symbol.asyncIterator]() {
        for (let part: EncodedRows | undefined = known; part !== undefined; part = await read()) if (part.rows > 0) yield part
      },
    },
    close: async () => { await iterator.return?.() },
  }
}

function iteratorOf(parts: AsyncIterable<EncodedRows> | Iterable<EncodedRows>): AsyncIterator<EncodedRows> | Iterator<EncodedRows> {
  if (typeof (parts as AsyncIterable<EncodedRows> | undefined)?.[Symbol.asyncIterator] === 'function') return (parts as AsyncIterable<EncodedRows>)[Symbol.asyncIterator]()
  if (typeof (parts as Iterable<EncodedRows> | undefined)?.[Symbol.iterator] === 'function') return (parts as Iterable<EncodedRows>)[Symbol.iterator]()
  throw new ArgumentError(expected('fit', 'rows', 'a function that gives an iterable of encoded rows', parts))
}

/**
 * Rows in an order that is drawn within a buffer: it fills up, half of it goes out as drawn, and it fills up again. A row
 * moves ahead by at most a buffer, and back by as many as chance has it wait.
 */
export async function* shuffled(parts: AsyncIterable<EncodedRows>, buffer: number, random: Random): AsyncGenerator<EncodedRows, void> {
  let held: EncodedRows[] = []
  let rows = 0
  const draw = () => {
    const all = held.length === 1 ? held[0] : concatRows(held)
    return { all, order: random.shuffle(Int32Array.from({ length: rows }, (_, i) => i)) }
  }
  for await (const part of parts) {
    held.push(part)
    rows += part.rows
    while (rows >= buffer) {
      const { all, order } = draw()
      const out = Math.max(1, rows - (buffer >> 1))
      yield takeRows(all, order.subarray(0, out))
      held = out === rows ? [] : [takeRows(all, order.subarray(out))]
      rows -= out
    }
  }
  if (rows === 0) return
  const { all, order } = draw()
  yield takeRows(all, order)
}

/**
 * Rows cut into batches of at most `size`. With `count`, all are of the same size but for one row, as those of rows in memory;
 * without, all are full but the last two, which share what is left.
 *
 * @throws DataError when there are other than `count` rows
 */
export async function* batched(parts: AsyncIterable<EncodedRows>, size: number, count: number | undefined): AsyncGenerator<EncodedRows, void> {
  const queue: EncodedRows[] = []
  let rows = 0
  let done = 0
  let step = 0
  const steps = count === undefined ? undefined : Math.ceil(count / size)
  const lengthOfStep = () => (steps === undefined || count === undefined ? size : Math.floor(((step + 1) * count) / steps) - Math.floor((step * count) / steps))
  // Without a count, the last two batches share what is left: until the end, rows for another are held back.
  const isReady = () => rows > 0 && rows >= (steps === undefined ? 2 * size : lengthOfStep())
  const take = (length: number): EncodedRows => {
    const pieces: EncodedRows[] = []
    for (let missing = length; missing > 0;) {
      const [head] = queue
      if (head.rows <= missing) pieces.push(queue.shift() ?? head)
      else {
        pieces.push(sliceRows(head, 0, missing))
        queue[0] = sliceRows(head, missing)
      }
      missing -= pieces[pieces.length - 1].rows
    }
    rows -= length
    done += length
    step++
    return pieces.length === 1 ? pieces[0] : concatRows(pieces)
  }
  const wrong = (got: string) => new DataError(`feedrank/fit: expected ${count} rows, as \`count\` says, got ${got}`)
  for await (const part of parts) {
    queue.push(part)
    rows += part.rows
    if (count !== undefined && done + rows > count) throw wrong(`${done + rows} and more`)
    while (isReady()) yield take(lengthOfStep())
  }
  if (count !== undefined && done + rows !== count) throw wrong(`${done + rows}`)
  if (rows > size) yield take(Math.floor(rows / 2))
  if (rows > 0) yield take(rows)
}
