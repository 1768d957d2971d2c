import * as path from 'node:path'
import * as pulumi from '@pulumi/pulumi'
import { buildSync } from 'esbuild'

const FUNCTIONS = path.join(import.meta.dirname, '..', 'functions')

const made = new Map<string, pulumi.asset.AssetArchive>()

/** The code of `functions/<name>/handler.ts` as Lambda wants it; made once, however many schedulers a program creates. */
export function bundle(name: string): pulumi.asset.AssetArchive {
  const archive = made.get(name) ?? zip(name)
  made.set(name, archive)
  return archive
}

/**
 * The function and all it imports in one file. The AWS SDK is bundled too, so what was tested is what runs,
 * whatever the runtime brings along. CommonJS, because ESM bundles would need a banner for the `require`s within.
 */
function zip(name: string): pulumi.asset.AssetArchive {
  const { outputFiles } = buildSync({
    entryPoints: [path.join(FUNCTIONS, name, 'handler.ts')],
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
  const [code] = outputFiles
  if (!code) throw new Error(`esbuild made nothing of functions/${name}/handler.ts`)
  return new pulumi.asset.AssetArchive({ 'index.js': new pulumi.asset.StringAsset(code.text) })
}
