import { existsSync, readdirSync } from 'node:fs'
import * as path from 'node:path'
import * as pulumi from '@pulumi/pulumi'
import * as esbuild from 'esbuild'

const FUNCTIONS = path.join(import.meta.dirname, '..', 'functions')

let made: Promise<Map<string, pulumi.asset.AssetArchive>> | undefined

/** The code of `functions/<name>/handler.ts` as Lambda wants it; made once, however many schedulers a program creates. */
export async function bundle(name: string): Promise<pulumi.asset.AssetArchive> {
  made ??= bundleAll()
  const archive = (await made).get(name)
  if (!archive) throw new Error(`there is no functions/${name}/handler.ts to make a function of`)
  return archive
}

/**
 * Each function and all it imports in one file. The AWS SDK is bundled too, so what was tested is what runs,
 * whatever the runtime brings along. CommonJS, because ESM bundles would need a banner for the `require`s within.
 * All functions in one run: they share most of what they import, and one after the other takes three times as long.
 */
async function bundleAll() {
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
  return new Map(outputFiles.map((file) => [path.basename(file.path, '.js'), archiveOf(file.text)]))
}

const handlerOf = (name: string) => path.join(FUNCTIONS, name, 'handler.ts')

const archiveOf = (code: string) => new pulumi.asset.AssetArchive({ 'index.js': new pulumi.asset.StringAsset(code) })
