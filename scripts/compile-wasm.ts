import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))

interface KernelModule {
  readonly folder: string
  readonly target: string
  /** Whether threads may share the memory it asks for. */
  readonly shared?: boolean
  /** Whether it takes the instructions of relaxed SIMD. */
  readonly relaxed?: boolean
}

/** The modules of kernels: the folder of `assembly/` each is written in, and the file of `src/` it is carried by. */
export const kernelModules: readonly KernelModule[] = [
  { folder: 'assembly', target: 'src/backends/wasm/kernels.ts', shared: true },
  { folder: 'assembly/products', target: 'src/backends/wasm/products.ts', shared: true },
  { folder: 'assembly/products', target: 'src/backends/wasm/products-relaxed.ts', shared: true, relaxed: true },
  { folder: 'assembly/training', target: 'src/training/kernels.ts' },
]

/** The bytes of a folder's `index.ts` as WebAssembly; the same ones for the same sources. */
export async function compileKernels({ folder, shared = false, relaxed = false }: KernelModule): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined
  const options = [
    `${folder}/index.ts`, '--baseDir', root, '--outFile', 'kernels.wasm', '-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--importMemory', '--enable', 'simd',
    ...(relaxed ? ['--enable', 'relaxed-simd'] : []),
    ...(shared ? ['--enable', 'threads', '--sharedMemory', '--maximumMemory', '65536'] : []),
    // Exchange of vectors between modules, of which there is one, and 64-bit addresses, of which there are none.
    '--disableWarning', '112', '--disableWarning', '201',
  ]
  const { error, stderr } = await asc.main(options, {
    writeFile: (name: string, contents: Uint8Array | string) => {
      if (name.endsWith('.wasm') && typeof contents !== 'string') bytes = contents
    },
  })
  if (error || !bytes) throw new Error(`${folder} does not compile:\n${stderr.toString()}`, { cause: error })
  return bytes
}

const lineLength = 120

/** The bytes as a TypeScript module, which runs from source and is bundled like any other. */
export function kernelsModule({ folder, relaxed }: KernelModule, bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('base64')
  const lines = text.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? []
  return `/** What \`${folder}/\` compiles to${relaxed ? ' with relaxed SIMD' : ''} (${bytes.length} bytes), as base64; written by \`npm run wasm\`. */\nexport const kernels =\n${lines.map((line) => `  '${line}'`).join(' +\n')}\n`
}
