import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { USAGE } from '../../../local/options.ts'

const PROGRAMS = {
  'npm start': [join(import.meta.dirname, '../../../local/main.ts')],
  'aws-scheduler dev': [join(import.meta.dirname, '../../../cli/main.ts'), 'dev'],
}
const { MALLOC_TRIM_THRESHOLD_: _, MALLOC_ARENA_MAX: __, ...VARIABLES } = process.env

/** Each process that begins says so on standard error. */
const SAY = 'console.error(process.pid, process.env.MALLOC_TRIM_THRESHOLD_, process.env.MALLOC_ARENA_MAX)'

async function run(program: string[], variables: Record<string, string> = {}) {
  const args = ['--import', `data:text/javascript,${SAY}`, ...program, '--help']
  const child = spawn(process.execPath, args, { env: { ...VARIABLES, ...variables } })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { pid: child.pid, out, begun: err.trim().split('\n') }
}

/** Other systems have other allocators. */
const onLinux = process.platform === 'linux' ? it : it.skip

describe('the allocator of the local stack', function () {
  this.timeout(60_000)

  for (const [name, program] of Object.entries(PROGRAMS)) {
    onLinux(`is told to give memory back: ${name} begins anew, as itself and only once`, async () => {
      const { pid, out, begun } = await run(program)
      expect(begun).to.deep.equal([`${pid} undefined undefined`, `${pid} 131072 undefined`])
      expect(out).to.contain(USAGE)
    })
  }

  onLinux('is left as the user has set it', async () => {
    const { pid, out, begun } = await run(PROGRAMS['npm start'], { MALLOC_ARENA_MAX: '2' })
    expect(begun).to.deep.equal([`${pid} undefined 2`])
    expect(out).to.contain(USAGE)
  })
})
