import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Checked, Options, Ready, Variant } from './benchmark'
import { Missing } from './benchmark'

const root = fileURLToPath(new URL('../..', import.meta.url))
const venv = `${root}.venv/bin/python`
const interpreters = {
  own: { path: () => process.env.FEEDRANK_PYTHON || (existsSync(venv) ? venv : 'python3'), env: {} },
  system: { path: () => '/usr/bin/python3', env: { OPENBLAS_CORETYPE: 'SkylakeX' } },
} as const

type Reply = { readonly ok: true; readonly ms?: number; readonly values?: Checked } | { readonly ok: false; readonly missing: boolean; readonly reason: string }

interface PythonPeer {
  readonly name: string
  readonly threads: number
  /** A file of `benchmarks/peers`. */
  readonly script: string
  /** Which of the script's modes. */
  readonly mode: string
  readonly options: Options
  /** `system` is Debian's interpreter, whose PyTorch calls OpenBLAS, told here to use its AVX-512 kernels. @defaultValue `'own'` */
  readonly python?: keyof typeof interpreters
}

/** A peer in Python: a child process that speaks JSON lines and times its own work, so that repeats interleave with ours. */
export const pythonPeer = ({ name, threads, script, mode, options, python = 'own' }: PythonPeer): Variant => ({
  name,
  threads,
  side: 'peer',
  async start(): Promise<Ready> {
    const child = spawn(interpreters[python].path(), ['-u', `${root}benchmarks/peers/${script}`], {
      cwd: root,
      env: { ...process.env, ...interpreters[python].env, OMP_NUM_THREADS: String(threads), MKL_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const ended = new Promise<string>((resolve) => {
      child.on('error', (error) => resolve('code' in error && error.code === 'ENOENT' ? 'no Python interpreter' : error.message))
      child.on('exit', (code, signal) => resolve(`its process ended (${signal ?? `code ${code}`})`))
    })
    child.stdin.on('error', () => {}) // a child that is gone is reported by `ended`
    const replies = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const ask = async (request: object): Promise<Extract<Reply, { ok: true }>> => {
      child.stdin.write(`${JSON.stringify(request)}\n`)
      const line = await replies.next()
      if (line.done) {
        const reason = await ended
        throw reason === 'no Python interpreter' ? new Missing(reason) : new Error(`${script}: ${reason}`)
      }
      const reply: Reply = JSON.parse(line.value)
      if (reply.ok) return reply
      throw reply.missing ? new Missing(reply.reason) : new Error(`${script}: ${reply.reason}`)
    }
    const close = async () => {
      child.stdin.end()
      await ended
    }
    try {
      await ask({ do: 'start', mode, threads, options })
    } catch (error) {
      await close()
      throw error
    }
    return {
      check: async () => (await ask({ do: 'check' })).values ?? {},
      repeat: async () => {
        const { ms } = await ask({ do: 'repeat' })
        if (ms === undefined) throw new Error(`${script}: a repeat came back without its time`)
        return ms
      },
      close,
    }
  },
})
