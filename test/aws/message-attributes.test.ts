import { expect } from 'chai'
import { asStrings } from '../../aws/message-attributes.ts'

describe('attributes of a message', () => {
  it('are strings, each by its name', () => {
    expect(asStrings({ code: 'EXPIRED', event_id: 'one' })).to.deep.equal({
      code: { DataType: 'String', StringValue: 'EXPIRED' },
      event_id: { DataType: 'String', StringValue: 'one' },
    })
  })
})
