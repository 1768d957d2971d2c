import { expect } from 'chai'
import { type Column, tableLines } from '../../../cli/terminal/table.ts'

const COLUMNS: Column<{ id: string; why?: string }>[] = [
  { head: 'ID', cell: ({ id }) => id },
  { head: 'WHY', cell: ({ why }) => why },
]
async function* rows(...all: { id: string; why?: string }[]) {
  yield* all
}
const lines = (all: ReturnType<typeof rows>, columns?: number) => Array.fromAsync(tableLines(COLUMNS, all, columns))

describe('a table for people', () => {
  it('is as wide as what is in it, without spaces at the end', async () => {
    expect(await lines(rows({ id: 'a', why: 'because' }, { id: 'longer' }))).to.deep.equal([
      'ID      WHY',
      'a       because',
      'longer',
    ])
  })

  it('is nothing without rows', async () => {
    expect(await lines(rows())).to.deep.equal([])
  })

  it('is cut to the width of the terminal, the widest column first', async () => {
    const long = rows({ id: 'order-4711', why: 'the topic that it was to go to is not there any more' })
    for (const line of await lines(long, 30)) expect(line.length).to.be.at.most(30)
    const cut = await lines(rows({ id: 'order-4711', why: 'the topic is not there' }), 20)
    expect(cut).to.deep.equal(['ID         WHY', 'order-47…  the topi…'])
  })

  it('shows what a terminal would obey as what it is', async () => {
    expect((await lines(rows({ id: 'a', why: '\u001b[2J\u202e' })))[1]).to.equal('a   \\u001b[2J\\u202e')
  })

  it('prints the first hundred rows together and the others as they come', async () => {
    let made = 0
    async function* many(): AsyncGenerator<{ id: string }> {
      for (; made < 1_000; made++) yield { id: `e${made}` }
    }
    const table = tableLines(COLUMNS, many())
    await table.next()
    expect(made).to.be.within(99, 100)
  })
})
