/**
 * Sums without rounding: the sum is kept as up to five doubles that do not overlap, largest first, and rounded once when it is
 * read. So it does not depend on the order of the values, and what was added can be taken away again (Shewchuk 1997,
 * "Adaptive precision floating-point arithmetic and fast robust geometric predicates").
 *
 * Values are at most 2^100 and count to the nearest 2^-112; within these bounds five doubles hold any sum of 2^50 values.
 */
export const sumCells = 5
/** The largest value that can be summed. */
export const sumLimit = 2 ** 100

const small = 2 ** -59
const unit = 2 ** -112

const parts = new Float64Array(sumCells + 2)

/** Adds `value` to the sum at `cells[at .. at + 5)`. */
export function addExact(cells: Float64Array, at: number, value: number): void {
  const x = value > -small && value < small ? Math.round(value / unit) * unit : value
  // Most sums are of integers or ratings, and fit one double.
  if (cells[at + 1] === 0) {
    const first = cells[at]
    const sum = first + x
    const shift = sum - first
    cells[at] = sum
    cells[at + 1] = first - (sum - shift) + (x - shift)
    if (sum === 0) cells[at + 1] = 0
    return
  }
  // From the smallest to the largest: what does not fit into the running sum is a part of its own.
  let count = 0
  let sum = x
  let last = sumCells - 1
  while (cells[at + last] === 0) last--
  for (let i = last; i >= 0; i--) {
    const part = cells[at + i]
    const next = sum + part
    const shift = next - sum
    const error = sum - (next - shift) + (part - shift)
    if (error !== 0) parts[count++] = error
    sum = next
  }
  if (sum !== 0) parts[count++] = sum
  if (count > sumCells) count = compress(count)
  for (let i = 0; i < sumCells; i++) cells[at + i] = i < count ? parts[count - 1 - i] : 0
}

/** Makes each part as large as it can be, so that there are as few as can be. */
function compress(count: number): number {
  let bottom = count - 1
  let sum = parts[bottom]
  for (let i = count - 2; i >= 0; i--) {
    const next = sum + parts[i]
    const error = parts[i] - (next - sum)
    if (error === 0) sum = next
    else {
      parts[bottom--] = next
      sum = error
    }
  }
  parts[bottom] = sum
  let top = 0
  for (let i = bottom + 1; i < count; i++) {
    const next = parts[i] + sum
    const error = sum - (next - parts[i])
    sum = next
    if (error !== 0) parts[top++] = error
  }
  parts[top] = sum
  return top + 1
}

/** The sum at `cells[at .. at + 5)`, rounded to the nearest double. */
export function readExact(cells: Float64Array, at: number): number {
  let sum = cells[at]
  for (let i = 1; i < sumCells && cells[at + i] !== 0; i++) {
    const part = cells[at + i]
    const next = sum + part
    const rest = part - (next - sum)
    sum = next
    if (rest === 0) continue
    // Halfway between two doubles, what comes below decides.
    const below = i + 1 < sumCells ? cells[at + i + 1] : 0
    if ((rest > 0 && below > 0) || (rest < 0 && below < 0)) {
      const twice = 2 * rest
      const up = sum + twice
      if (up - sum === twice) sum = up
    }
    break
  }
  return sum
}
