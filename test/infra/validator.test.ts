import { expect } from 'chai'
import { OUTAGE_DAYS } from '../../core/timetable.ts'
import { configOf, type Recording, recordStack } from '../support/program-recorder.ts'

describe('what the validator takes from', () => {
  let stack: Recording
  before(async () => {
    stack = await recordStack()
  })

  it('hands the input queue to the validator at once, and takes single failures back', () => {
    expect(stack.one('EventSourceMapping', 'dev-validator-source').inputs).to.deep.equal({
      eventSourceArn: 'arn:aws:sqs:eu-west-1:123456789012:scheduler-input-dev',
      functionName: 'arn:aws:lambda:eu-west-1:123456789012:function:scheduler-validator-dev',
      batchSize: 10,
      maximumBatchingWindowInSeconds: 0,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: 100 },
    })
  })

  it('hands the input queue to as many validators at once as the settings say', async () => {
    const { one } = await recordStack(configOf({ validatorConcurrency: 7 }))
    expect(one('EventSourceMapping', 'dev-validator-source').inputs.scalingConfig.maximumConcurrency).to.equal(7)
  })

  it('gathers messages for the validator as the settings say', async () => {
    const { one } = await recordStack(configOf({ inputBatchSize: 100, inputWindowSeconds: 5 }))
    expect(one('EventSourceMapping', 'dev-validator-source').inputs).to.include({
      batchSize: 100,
      maximumBatchingWindowInSeconds: 5,
    })
  })

  it('hides a message from others for six times as long as the validator may take', () => {
    const { timeout } = stack.one('Function', 'dev-validator-function').inputs
    expect(stack.one('Queue', 'dev-input-queue').inputs.visibilityTimeoutSeconds).to.equal(6 * timeout)
  })

  it('hides it for as long more as its batch is gathered', async () => {
    const { one } = await recordStack(configOf({ inputWindowSeconds: 30 }))
    expect(one('Queue', 'dev-input-queue').inputs.visibilityTimeoutSeconds).to.equal(6 * 30 + 30)
  })

  it('hands a message out for five hours before it is put aside, because throttling counts as handing out', () => {
    const { inputs } = stack.one('Queue', 'dev-input-queue')
    const { maxReceiveCount } = JSON.parse(inputs.redrivePolicy)
    expect(maxReceiveCount * inputs.visibilityTimeoutSeconds).to.equal(5 * 3600)
    expect(inputs.messageRetentionSeconds).to.be.above(5 * 3600)
  })

  it('lets events in only when there are machines to deliver them', () => {
    const { dependencies } = stack.one('EventSourceMapping', 'dev-validator-source')
    const waitsFor = (name: string) => dependencies.some((urn) => urn.endsWith(`::${name}`))
    expect(waitsFor('dev-deliver-slot-machine') && waitsFor('dev-deliver-now-machine')).to.equal(true)
  })

  it('keeps messages, and dead letters, as long as an outage may last', () => {
    for (const name of ['dev-input-queue', 'dev-input-dlq'])
      expect(stack.one('Queue', name).inputs.messageRetentionSeconds, name).to.equal(OUTAGE_DAYS * 24 * 3600)
  })
})
