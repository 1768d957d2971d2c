import { expect } from 'chai'
import { LAST_KEY } from '../../core/event.ts'
import { slotAt } from '../../core/slot.ts'
import { type AccountWindow, readWindow, WINDOW_KEYS } from '../../status/account-window.ts'
import { due, MINUTE_MS } from '../support/builders.ts'
import { aWorld } from '../support/world.ts'

const SLOT = slotAt(MINUTE_MS, 0)
const never = () => false
const always = () => true

/** A slot whose keys come in pages. */
const paged = (...pages: string[][]) => ({
  async *keysBetween(_slot: string, from: string) {
    for (const page of pages) yield page.filter((key) => key >= from)
  },
})

async function windowsOf(table: Parameters<typeof readWindow>[0], isOver: () => boolean): Promise<AccountWindow[]> {
  const windows: AccountWindow[] = []
  for (let from = ''; from !== LAST_KEY; from = windows.at(-1)?.to ?? LAST_KEY)
    windows.push(await readWindow(table, SLOT, { from, isOver }))
  return windows
}

describe('the windows of an account', () => {
  it('are one for a slot that is empty', async () => {
    const [window, ...others] = await windowsOf(aWorld().table, never)
    expect(window).to.deep.equal({ from: '', to: LAST_KEY, span: undefined, open: new Set() })
    expect(others).to.deep.equal([])
  })

  it('are one for a slot whose keys fit in memory, however many pages they are', async () => {
    const [window, ...others] = await windowsOf(paged(['a', 'b'], [], ['c']), never)
    expect(window?.span).to.deep.equal({ first: 'a', last: 'c' })
    expect([...(window?.open ?? [])]).to.deep.equal(['a', 'b', 'c'])
    expect(others).to.deep.equal([])
  })

  it('end with a page when time is over, and have each key once', async () => {
    const windows = await windowsOf(paged(['a', 'b'], [], ['c'], ['d']), always)
    expect(windows.map(({ open }) => [...open].join(''))).to.deep.equal(['ab', 'c', 'd', ''])
  })

  it('end with the page that fills the memory', async () => {
    const page = (n: number) => Array.from({ length: WINDOW_KEYS / 2 }, (_, i) => `${n}-${String(i).padStart(6, '0')}`)
    const windows = await windowsOf(paged(page(1), page(2), page(3)), never)
    expect(windows.map(({ open }) => open.size)).to.deep.equal([WINDOW_KEYS, WINDOW_KEYS / 2])
  })

  it('lose no attempt of an event between two of them', async () => {
    const world = aWorld()
    const [first, second] = [due(1, { id: 'a' }), due(1, { id: 'a', attempt: 2 })]
    await world.table.park([first, second])
    const { to } = await readWindow(paged([first.key]), SLOT, { from: '', isOver: always })
    const { open } = await readWindow(world.table, SLOT, { from: to, isOver: never })
    expect([...open]).to.deep.equal([second.key])
  })
})
