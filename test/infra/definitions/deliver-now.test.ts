import { expect } from 'chai'
import { deliverNow } from '../../../infra/definitions/deliver-now.ts'
import { lambdaArn, runMachine } from '../../support/run-machine.ts'

const nowMachine = deliverNow({ emitter: lambdaArn('emitter') })

describe('deliver-now', () => {
  it('hands its events and its name to the emitter', async () => {
    const events = [{ slot: '2026-11-23T12-34Z-00', key: 'event#000001' }]
    const emitter = (input: object) => input
    const input = { wakeAt: '2026-11-23T12:34:00Z', events }
    expect(await runMachine(nowMachine, input, { Emit: emitter })).to.deep.equal({ execution: 'the-name', events })
  })
})
