import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { compilePage } from './console/server/page-files.ts'
import { messageJsonSchema } from './core/message-json-schema.ts'
import { compileFunctions } from './infra/function-code.ts'

// Makes dist/, which is what the package brings: `npm run build`, and npm itself before it packs.
// Modules and declarations by tsc: it checks them anyway, and the modules of the package keep the names they have here.

const DIST = join(import.meta.dirname, 'dist')

rmSync(DIST, { recursive: true, force: true })
execFileSync('tsc', ['--project', 'tsconfig.build.json'], { cwd: import.meta.dirname, stdio: 'inherit' })
for (const [name, code] of await compileFunctions()) write(`functions/${name}/index.js`, code)
const { script, style } = await compilePage()
write('console/page/page.js', script)
write('console/page/page.css', style)
write('console/page/index.html', readFileSync(join(import.meta.dirname, 'console/page/index.html'), 'utf8'))
write('message.schema.json', JSON.stringify(messageJsonSchema(), undefined, 2))

function write(path: string, text: string): void {
  mkdirSync(dirname(join(DIST, path)), { recursive: true })
  writeFileSync(join(DIST, path), text)
}
