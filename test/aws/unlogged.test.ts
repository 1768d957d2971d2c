import { expect } from 'chai'
import { documentClient } from '../../aws/events-table.ts'
import { sfnClient } from '../../aws/runners.ts'
import { snsClient } from '../../aws/topics.ts'

const CLIENTS = { 'the table': documentClient(Math.random), 'the machines': sfnClient(), 'the topics': snsClient() }

describe('the functions’ client', () => {
  for (const [name, { middlewareStack }] of Object.entries(CLIENTS))
    it(`of ${name} copies no request and no answer for a log, and signs and retries as ever`, () => {
      const parts = middlewareStack.identify().join('\n')
      expect(parts).to.not.include('loggerMiddleware')
      expect(parts).to.include('httpSigningMiddleware').and.include('retryMiddleware')
    })
})
