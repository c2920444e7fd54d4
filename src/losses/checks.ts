import { ShapeError } from '../errors'
import type { Tensor } from '../tensor'

/** Throws unless both have one shape: broadcasting, say, `[batch]` with `[batch, 1]` would pair each row with all others. */
export function checkSameShape(where: string, name: string, a: Tensor, otherName: string, b: Tensor): void {
  if (a.shape.length !== b.shape.length || a.shape.some((d, i) => d !== b.shape[i]))
    throw new ShapeError(`feedrank/${where}: expected \`${name}\` and \`${otherName}\` to have the same shape, got [${a.shape.join(', ')}] and [${b.shape.join(', ')}]`)
}
