import { existsSync, readdirSync } from 'node:fs'
import * as path from 'node:path'

const FUNCTIONS = path.join(import.meta.dirname, '..', 'functions')

/**
 * The code of each function, by its name: it and all it imports in one file. The AWS SDK is bundled too, so what was
 * tested is what runs, whatever the runtime brings along. CommonJS, because ESM bundles would need a banner for the
 * `require`s within. All functions in one run: they share most of what they import, and one after the other takes three
 * times as long.
 */
export async function compileFunctions(): Promise<Map<string, string>> {
  // Loaded when it is needed: the package brings its functions compiled, and its users no esbuild.
  const esbuild = await import('esbuild')
  const names = readdirSync(FUNCTIONS).filter((name) => existsSync(handlerOf(name)))
  const { outputFiles } = await esbuild.build({
    entryPoints: Object.fromEntries(names.map((name) => [name, handlerOf(name)])),
    // Names the outputs; nothing is written.
    outdir: FUNCTIONS,
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    mainFields: ['module', 'main'],
    minify: true,
    legalComments: 'none',
    logLevel: 'error',
  })
  // Else its process, of 200 MB, would stay.
  await esbuild.stop()
  return new Map(outputFiles.map((file) => [path.basename(file.path, '.js'), file.text]))
}

const handlerOf = (name: string) => path.join(FUNCTIONS, name, 'handler.ts')
