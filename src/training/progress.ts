import type { EpochRecord } from './history'

/** Draws one line on a terminal while an epoch runs; says nothing elsewhere. */
export interface Progress {
  readonly batch: (epoch: number, done: number, total: number, loss: number) => void
  readonly epoch: (record: EpochRecord, epochs: number) => void
  /** Leaves the line of an epoch that was not finished. */
  readonly close: () => void
}

const silent: Progress = { batch: () => {}, epoch: () => {}, close: () => {} }

/** The least time between two drawings, in ms. */
const interval = 100

/** A progress bar on standard error when that is a terminal, or always with `true`. */
export function progressBar(wanted: boolean | 'auto', epochs: number): Progress {
  const stream = typeof process === 'undefined' ? undefined : process.stderr
  if (stream === undefined || wanted === false || (wanted === 'auto' && !stream.isTTY)) return silent
  let drawn = 0
  let open = false
  const clear = stream.isTTY ? '\r\u001B[2K' : ''
  return {
    batch(epoch, done, total, loss) {
      const now = Date.now()
      if (!stream.isTTY || (now - drawn < interval && done < total)) return
      drawn = now
      open = true
      const filled = Math.round((20 * done) / total)
      stream.write(`${clear}epoch ${epoch}/${epochs} ${'█'.repeat(filled)}${'░'.repeat(20 - filled)} ${done}/${total} loss ${loss.toFixed(4)}`)
    },
    epoch({ epoch, loss, validation, trainingMs }) {
      const measures = Object.entries(validation).map(([name, value]) => ` ${name} ${value.toFixed(4)}`).join('')
      stream.write(`${clear}epoch ${epoch}/${epochs} loss ${loss.toFixed(4)}${measures} (${(trainingMs / 1000).toFixed(1)} s)\n`)
      open = false
    },
    close() {
      if (open) stream.write('\n')
      open = false
    },
  }
}
