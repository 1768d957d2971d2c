import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { expect } from 'chai'
import { closeWhatIsRead, type Database } from '../../local/dynalite-databases.ts'

type Reads = Database & {
  put(key: string, value: unknown): Promise<void>
  close(): Promise<void>
  createKeyStream(options: object): Readable
  createValueStream(options: object): Readable
}

describe("a read of dynalite's database", () => {
  let folder: string
  let database: Reads
  let reads: { next(): Promise<unknown> }[]
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dynalite-'))
    const { create } = createRequire(import.meta.url)('dynalite/db')
    database = create({ path: folder }).db
    reads = []
    for (const name of ['keys', 'values'] as const) {
      const read = database[name].bind(database)
      database[name] = (options) => {
        const iterator = read(options)
        reads.push(iterator as never)
        return iterator
      }
    }
    closeWhatIsRead(database)
    await database.open()
    for (let i = 0; i < 5; i++) await database.put(`key-${i}`, { value: i })
  })
  afterEach(async () => {
    await database.close()
    rmSync(folder, { recursive: true })
  })

  for (const name of ['createKeyStream', 'createValueStream'] as const) {
    it(`is closed when all is read (${name})`, async () => {
      expect(await database[name]({}).toArray()).to.have.length(5)
      expect(await isClosed(reads[0])).to.equal(true)
    })

    it(`is closed when it is given up after the first (${name})`, async () => {
      for await (const _ of database[name]({})) break
      expect(await isClosed(reads[0])).to.equal(true)
    })
  }
})

async function isClosed(read?: { next(): Promise<unknown> }): Promise<boolean> {
  try {
    await read?.next()
    return false
  } catch (error) {
    if ((error as { code?: string }).code !== 'LEVEL_ITERATOR_NOT_OPEN') throw error
    return true
  }
}
