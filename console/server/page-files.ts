import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What makes the page: one file of each kind. */
export interface PageFiles {
  /** With places for the token, and whether it is read-only. */
  html: string
  script: string
  style: string
}

const PAGE = join(import.meta.dirname, '..', 'page')

/** The page as the package brings it, or compiled from its source in the repository. */
export async function pageFiles(): Promise<PageFiles> {
  const html = readFileSync(join(PAGE, 'index.html'), 'utf8')
  if (import.meta.filename.endsWith('.js'))
    return {
      html,
      script: readFileSync(join(PAGE, 'page.js'), 'utf8'),
      style: readFileSync(join(PAGE, 'page.css'), 'utf8'),
    }
  return { html, ...(await compilePage()) }
}

/** Script and style of the page, each in one file. */
export async function compilePage(): Promise<Pick<PageFiles, 'script' | 'style'>> {
  // Loaded when it is needed: the package brings its page compiled, and its users no esbuild.
  const esbuild = await import('esbuild')
  const { outputFiles } = await esbuild.build({
    entryPoints: { page: join(PAGE, 'main.tsx') },
    outdir: PAGE,
    bundle: true,
    write: false,
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    legalComments: 'none',
    logLevel: 'error',
  })
  const textOf = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? ''
  return { script: textOf('.js'), style: textOf('.css') }
}
