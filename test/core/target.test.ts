import { expect } from 'chai'
import { isAllowedTarget, isTopicArn } from '../../core/target.ts'

const ARN = 'arn:aws:sns:eu-west-1:123456789012:topic'

describe('the ARN of a topic', () => {
  for (const arn of [
    ARN,
    'arn:aws-cn:sns:cn-north-1:123456789012:a',
    'arn:aws-us-gov:sns:us-gov-west-1:123456789012:A_b-1',
    `arn:aws:sns:eu-west-1:123456789012:${'x'.repeat(256)}`,
  ])
    it(`is ${arn.slice(0, 60)}`, () => {
      expect(isTopicArn(arn)).to.equal(true)
    })

  for (const text of [
    '',
    'topic',
    'arn:aws:sqs:eu-west-1:123456789012:queue',
    'arn:aws:sns:eu-west-1:12345678901:topic',
    'arn:aws:sns:eu-west-1:123456789012:',
    'arn:aws:sns:eu-west-1:123456789012:topic.fifo',
    'arn:aws:sns:eu-west-1:123456789012:topic:subscription',
    `arn:aws:sns:eu-west-1:123456789012:${'x'.repeat(257)}`,
    `${ARN}\n`,
    ` ${ARN}`,
  ])
    it(`is not ${JSON.stringify(text).slice(0, 60)}`, () => {
      expect(isTopicArn(text)).to.equal(false)
    })
})

describe('allowedTargets', () => {
  it('allow an ARN that is named', () => {
    expect(isAllowedTarget(ARN, [ARN])).to.equal(true)
    expect(isAllowedTarget(`${ARN}2`, [ARN])).to.equal(false)
    expect(isAllowedTarget(ARN, [`${ARN}2`])).to.equal(false)
  })

  it('allow whatever stands where the * is, also nothing', () => {
    const patterns = ['arn:aws:sns:*:123456789012:team-*']
    expect(isAllowedTarget('arn:aws:sns:eu-west-1:123456789012:team-a', patterns)).to.equal(true)
    expect(isAllowedTarget('arn:aws:sns:eu-west-1:123456789012:team-', patterns)).to.equal(true)
    expect(isAllowedTarget('arn:aws:sns:eu-west-1:123456789012:other', patterns)).to.equal(false)
    expect(isAllowedTarget('arn:aws:sns:eu-west-1:999999999999:team-a', patterns)).to.equal(false)
  })

  it('take all other characters as they are', () => {
    expect(
      isAllowedTarget('arn:aws:sns:eu-west-1:123456789012:axb', ['arn:aws:sns:eu-west-1:123456789012:a.b']),
    ).to.equal(false)
    expect(isAllowedTarget('a+b', ['a+b'])).to.equal(true)
  })

  it('allow what one of several patterns allows, and nothing without a pattern', () => {
    expect(isAllowedTarget(ARN, ['arn:none', '*'])).to.equal(true)
    expect(isAllowedTarget(ARN, [])).to.equal(false)
  })
})
