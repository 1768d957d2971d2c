import * as pulumi from '@pulumi/pulumi'
import { expect } from 'chai'
import { MAX_HELD_BYTES } from '../../core/segment.ts'
import { MAX_SHARDS } from '../../core/slot.ts'
import { MAX_DEFERRED_BYTES } from '../../functions/delivery/target-loads.ts'
import { parseSettings, readSettings } from '../../infra/settings.ts'
import { configOf } from '../support/program-recorder.ts'

describe('stack configuration', () => {
  it('has a default for every setting', () => {
    expect(parseSettings({})).to.deep.equal({
      shards: 1,
      publicInput: false,
      enforceUser: true,
      index: 'own',
      retentionDays: 7,
      maxAttempts: 30,
      emitterMemoryMb: 512,
      validatorConcurrency: 100,
      inputBatchSize: 10,
      inputWindowSeconds: 0,
      logRetentionDays: 14,
      protect: false,
      pointInTimeRecovery: true,
      logLevel: 'INFO',
      tracing: false,
    })
  })

  const ranges = {
    shards: [1, 64],
    retentionDays: [2, 365],
    maxAttempts: [1, 100],
    emitterMemoryMb: [256, 10240],
    validatorConcurrency: [2, 1000],
    inputWindowSeconds: [0, 30],
    loaderReservedConcurrency: [1, 10000],
    emitterReservedConcurrency: [1, 10000],
  }
  for (const [key, [least = 0, most = 0]] of Object.entries(ranges)) {
    it(`takes ${key} from ${least} to ${most}`, () => {
      expect(parseSettings({ [key]: least })).to.have.property(key, least)
      expect(parseSettings({ [key]: most })).to.have.property(key, most)
    })

    for (const wrong of [least - 1, most + 1, least + 0.5, String(least)]) {
      it(`refuses ${JSON.stringify(wrong)} as ${key}`, () => {
        const message = `${key} is ${JSON.stringify(wrong)}; allowed: a whole number from ${least} to ${most}`
        expect(() => parseSettings({ [key]: wrong })).to.throw(message)
      })
    }
  }

  it('takes batches of up to a thousand messages if there is a window to fill them in', () => {
    const taken = { inputBatchSize: 1_000, inputWindowSeconds: 1 }
    expect(parseSettings(taken)).to.include(taken)
    expect(parseSettings({ inputBatchSize: 10 })).to.have.property('inputBatchSize', 10)
  })

  it('refuses batches of more than ten messages without a window, as Lambda does', () => {
    expect(() => parseSettings({ inputBatchSize: 11 })).to.throw(
      'inputBatchSize is 11; allowed without inputWindowSeconds: at most 10',
    )
    for (const wrong of [0, 1_001])
      expect(() => parseSettings({ inputBatchSize: wrong, inputWindowSeconds: 1 })).to.throw(
        `inputBatchSize is ${wrong}; allowed: a whole number from 1 to 1000`,
      )
  })

  it('has room for what an emitter holds, two bytes a unit, and for the program, in half of the least memory', () => {
    const heldMb = (2 * MAX_HELD_BYTES + MAX_DEFERRED_BYTES) / 1024 / 1024
    const [least = 0] = ranges.emitterMemoryMb
    expect(least / 2 - heldMb).to.be.at.least(56)
  })

  it('takes as many shards as the functions do, and no more', () => {
    expect(ranges.shards).to.deep.equal([1, MAX_SHARDS])
  })

  it('refuses a log retention that CloudWatch does not know', () => {
    expect(() => parseSettings({ logRetentionDays: 8 })).to.throw('logRetentionDays is 8; allowed: 1, 3, 5, 7, 14, 30')
  })

  it('refuses logs that are kept for ever', () => {
    expect(() => parseSettings({ logRetentionDays: 0 })).to.throw('logRetentionDays is 0')
  })

  it('refuses an unknown log level', () => {
    expect(() => parseSettings({ logLevel: 'info' })).to.throw('logLevel is "info"; allowed: DEBUG, INFO, WARN, ERROR')
  })

  it('refuses text where true or false is meant', () => {
    expect(() => parseSettings({ publicInput: 'yes' })).to.throw('publicInput is "yes"; allowed: true or false')
  })

  it('refuses an alarm address without a host', () => {
    expect(() => parseSettings({ alarmEmail: 'me' })).to.throw('alarmEmail is "me"; allowed: an email address')
  })

  it('takes target patterns with wildcards in any part', () => {
    const allowedTargets = ['arn:aws:sns:*:*:orders-*', 'arn:aws-cn:sns:cn-north-1:123456789012:a.fifo']
    expect(parseSettings({ allowedTargets })).to.have.property('allowedTargets').that.deep.equals(allowedTargets)
  })

  for (const wrong of [[], ['*'], ['arn:aws:sqs:eu-west-1:123456789012:queue'], 'arn:aws:sns:eu-west-1:1:a', [7]]) {
    it(`refuses ${JSON.stringify(wrong)} as targets`, () => {
      expect(() => parseSettings({ allowedTargets: wrong })).to.throw('allowed: a list of topic ARNs')
    })
  }

  it('refuses more targets than fit into the environment of a function', () => {
    const allowedTargets = Array.from({ length: 60 }, (_, i) => `arn:aws:sns:eu-west-1:123456789012:topic-number-${i}`)
    expect(() => parseSettings({ allowedTargets })).to.throw('3000 characters in all')
  })

  it('names every wrong key at once', () => {
    expect(() => parseSettings({ shards: 0, protect: 1 })).to.throw(/shards is 0; .*\nprotect is 1; /)
  })

  it('refuses a key that does not exist, and says which do', () => {
    expect(() => parseSettings({ shard: 2 })).to.throw(
      'shard is 2, but there is no such key; allowed: shards, publicInput',
    )
  })
})

describe('stack configuration, as Pulumi keeps it', () => {
  afterEach(() => pulumi.runtime.setAllConfig({}))

  it('is read from text', () => {
    const allowedTargets = ['arn:aws:sns:eu-west-1:123456789012:*']
    const given = { shards: 4, protect: true, allowedTargets, alarmEmail: 'me@example.com', logLevel: 'DEBUG' }
    pulumi.runtime.setAllConfig({ ...configOf(given), 'aws:region': 'eu-west-1' })
    expect(readSettings('aws-scheduler')).to.deep.include(given)
  })

  it('is refused under the name by which it was set', () => {
    pulumi.runtime.setAllConfig({ 'aws-scheduler:shards': '65' })
    expect(() => readSettings('aws-scheduler')).to.throw(
      'aws-scheduler:shards is 65; allowed: a whole number from 1 to 64',
    )
  })

  it('leaves the keys of others alone', () => {
    pulumi.runtime.setAllConfig({ 'aws:shards': '65', 'aws-scheduler-2:shards': '65' })
    expect(readSettings('aws-scheduler')).to.have.property('shards', 1)
  })
})
