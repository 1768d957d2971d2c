import { existsSync } from 'node:fs'
import { expect } from 'chai'
import { EQUIVALENTS } from './equivalents.ts'
import { filesOf, testsOf } from './selection.ts'

describe('what is mutated', () => {
  it('is the files that are named, and those of folders', () => {
    expect(filesOf(['core/slot.ts', './core/retry.ts', 'core/slot.ts'])).to.deep.equal([
      'core/retry.ts',
      'core/slot.ts',
    ])
    expect(filesOf(['core/']))
      .to.include('core/slot.ts')
      .and.deep.equal(filesOf(['core']))
    expect(filesOf(['functions'])).to.include('functions/loader/load.ts')
  })

  it('is the file beside which a test is named', () => {
    expect(filesOf(['test/core/slot.test.ts'])).to.deep.equal(['core/slot.ts'])
  })

  it('is nothing that is not deployed, or not there', () => {
    expect(filesOf(['README.md', 'infra/scheduler.ts', 'test/support/builders.ts', 'core/nowhere.ts'])).to.deep.equal(
      [],
    )
  })
})

describe('the tests that have to notice', () => {
  it('are those of the same name', () => {
    expect(testsOf('core/message-json-schema.ts')).to.deep.equal(['test/core/message-json-schema.test.ts'])
  })

  it('are those of the files beside it that import it', () => {
    expect(testsOf('core/target.ts')).to.include.members([
      'test/core/target.test.ts',
      'test/core/request-schema.test.ts',
    ])
  })

  it('are those of what it does together with others', () => {
    expect(testsOf('functions/validator/reschedule.ts')).to.deep.equal([
      'test/functions/delivery/asked-meanwhile.test.ts',
      'test/functions/validator/actions.test.ts',
      'test/functions/validator/asked-again.test.ts',
      'test/functions/validator/only-date.test.ts',
      'test/functions/validator/reschedule.test.ts',
    ])
    expect(testsOf('aws/events-table/payloads.ts')).to.deep.equal([
      'test/aws/events-table.test.ts',
      'test/aws/payloads.test.ts',
    ])
    expect(testsOf('functions/validator/dispatch.ts')).to.not.include('test/functions/validator/actions.test.ts')
  })

  it('are those of the folder’s name where there are none', () => {
    expect(testsOf('aws/events-table/bulk.ts')).to.deep.equal(['test/aws/events-table.test.ts'])
  })

  it('are all in the folder where there are none of its name either', () => {
    expect(testsOf('core/index-kind.ts')).to.include('test/core/slot.test.ts')
  })

  it('are there for every file', () => {
    const without = filesOf(['core', 'functions', 'status', 'aws']).filter((file) => testsOf(file).length === 0)
    expect(without).to.deep.equal([])
  })
})

describe('the list of changes that nobody can see', () => {
  it('names files that there are', () => {
    expect(EQUIVALENTS.filter(({ file }) => !existsSync(file))).to.deep.equal([])
  })
})
