import { expect } from 'chai'
import { policyDocument } from '../../infra/privilege.ts'

describe('a policy document', () => {
  it('refuses a statement on * that nobody explained', () => {
    expect(() => policyDocument([{ actions: ['sns:Publish'], resources: ['*'] }])).to.throw('needs a comment')
  })
})
