import { writeFileSync } from 'node:fs'
import { createClient } from '../../client/index.ts'

// Cancels many events as a program of its own, which can be killed: it keeps in a file how far it has come.

const [endpoint = '', from = '', to = '', file = ''] = process.argv.slice(2)
const client = createClient({ local: true, endpoint })
await client.cancelAll(
  { from: Number(from), to: Number(to), idPrefix: 'many-' },
  {
    onProgress(progress) {
      writeFileSync(file, JSON.stringify(progress))
      console.log(progress.sent)
    },
  },
)
