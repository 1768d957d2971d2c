import { expect } from 'chai'
import { emptyAccount, emptyRunnerRecord, newSettling, settlingSchema } from '../../core/runner-record.ts'
import { emptySettlement } from '../../core/settlement.ts'

describe('the record of a slot of which nothing has been written', () => {
  it('says that its first runner is its last, and that it is not planned, not settled and never was', () => {
    expect(emptyRunnerRecord()).to.deep.equal({ runs: 1, version: 0 })
  })

  it('is another one each time: nobody can change the record of somebody else', () => {
    expect(emptyRunnerRecord()).to.not.equal(emptyRunnerRecord())
  })
})

describe('how far the settling of a slot has come', () => {
  it('is nowhere when it begins: before every key, with nothing counted and nothing left open', () => {
    const settlement = emptySettlement()
    const account = { position: '', settlement, lateness: {}, unreadable: 0 }
    expect(emptyAccount()).to.deep.equal(account)
    expect(newSettling(7)).to.deep.equal({ ...account, version: 7, againAtMs: 0 })
  })

  it('is read as it was written, and counts nothing unreadable where an earlier version wrote it', () => {
    const settling = { ...newSettling(7), position: 'a key', lateness: { 5: 3 }, unreadable: 2, againAtMs: 9 }
    expect(settlingSchema.parse(settling)).to.deep.equal(settling)
    const { unreadable: _, ...earlier } = settling
    expect(settlingSchema.parse(earlier)).to.deep.equal({ ...settling, unreadable: 0 })
  })

  it('is not read where any of it is missing', () => {
    for (const name of ['position', 'settlement', 'lateness', 'version', 'againAtMs'])
      expect(settlingSchema.safeParse({ ...newSettling(7), [name]: undefined }).success, name).to.equal(false)
  })
})
