import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { closeWhatIsRead, type Database, readAtOnce, writeTogether } from '../../local/dynalite-databases.ts'

type Reads = Omit<Database, 'put'> & {
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

describe("dynalite's database on disk", () => {
  let folder: string
  let database: Database & { close(): Promise<void> }
  let batches: number[]
  const put = promisify((key: string, value: unknown, done: (error: Error | null) => void) =>
    database.put(key, value, done),
  )
  const get = promisify((key: string, done: (error: Error | null, value?: unknown) => void) => database.get(key, done))
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'dynalite-'))
    database = createRequire(import.meta.url)('dynalite/db').create({ path: folder }).db
    batches = []
    const batch = database.batch.bind(database)
    database.batch = (operations, done) => {
      batches.push(operations.length)
      batch(operations, done)
    }
    readAtOnce(database)
    writeTogether(database)
    await database.open()
  })
  afterEach(async () => {
    await database.close()
    rmSync(folder, { recursive: true })
  })

  it('writes what is put in one turn by one call, and each put is told when it is there', async () => {
    const keys = ['a', 'b', 'c']
    const putThenRead = async (key: string) => {
      await put(key, `the value of ${key}`)
      return get(key)
    }
    const found = await Promise.all(keys.map(putThenRead))
    expect(found).to.deep.equal(keys.map((key) => `the value of ${key}`))
    expect(batches).to.deep.equal([3])
    await put('d', 1)
    expect(batches).to.deep.equal([3, 1])
  })

  it('has the later of two puts of one turn stand', async () => {
    await Promise.all([put('a', 1), put('a', 2)])
    expect(await get('a')).to.equal(2)
  })

  it('finds nothing where nothing is', async () => {
    expect(await get('a')).to.equal(undefined)
  })

  it('has both a read and a write fail, and not throw, when it is closed', async () => {
    await database.close()
    for (const failing of [get('a'), put('a', 1)])
      expect(await failing.catch((error: Error) => error.message)).to.match(/closed|not open/)
  })
})
