import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn'
import { expect } from 'chai'
import { type Runners, runners, sfnClient } from '../../aws/runners.ts'
import { STANDARD, startStepFunctions, waiting } from '../local/support/step-functions.ts'
import { runnersInMemory } from '../memory/runners.ts'

interface UnderTest {
  port: Runners
  end(name: string): Promise<void>
}

/** What starting runners does, in the fake as in the local stack's Step Functions. */
function behavesLikeRunners(where: string, create: () => Promise<UnderTest>): void {
  describe(`the runners ${where}`, () => {
    let input: string
    let under: UnderTest
    beforeEach(async () => {
      // Only now: it waits until an instant, which must be ahead however long other tests took before.
      input = waiting(60_000)
      under = await create()
    })

    it('run once they are started', async () => {
      expect(await under.port.start('one', input)).to.equal(true)
    })

    it('run on when they are started again', async () => {
      await under.port.start('one', input)
      expect(await under.port.start('one', input)).to.equal(true)
    })

    it('run on when they are started again with another input, as another version gives it', async () => {
      await under.port.start('one', input)
      expect(await under.port.start('one', waiting(60_001))).to.equal(true)
    })

    it('are not started again once they have ended', async () => {
      await under.port.start('one', input)
      await under.end('one')
      expect(await under.port.start('one', input)).to.equal(false)
      expect(await under.port.start('one', waiting(60_001))).to.equal(false)
      expect(await under.port.start('one-2', input)).to.equal(true)
    })
  })
}

behavesLikeRunners('in memory', async () => {
  const port = runnersInMemory()
  return { port, end: async (name) => port.end(name) }
})

describe('on the local Step Functions', () => {
  let local: Awaited<ReturnType<typeof startStepFunctions>>
  beforeEach(async () => {
    local = await startStepFunctions({ invoke: async (_arn, input) => input })
  })
  afterEach(() => local.stop())

  behavesLikeRunners('on the local Step Functions', async () => ({
    port: runners(local.client, STANDARD),
    end: async (name) => {
      const executionArn = `${STANDARD.replace(':stateMachine:', ':execution:')}:${name}`
      await local.client.send(new StopExecutionCommand({ executionArn }))
    },
  }))

  it('are started over a client that tries long enough for a start bucket that is full', async () => {
    const client = sfnClient({ region: 'eu-west-1' })
    expect(await client.config.maxAttempts()).to.equal(6)
    expect(await client.config.region()).to.equal('eu-west-1')
  })

  it('does not take a fault for a runner that has ended', async () => {
    const fault = await runners(local.client, `${STANDARD}-unknown`)
      .start('one', '{}')
      .catch((error: unknown) => error)
    expect(fault).to.have.property('code', 'EXECUTION_NOT_STARTED')
    expect(fault).to.have.nested.property('cause.name', 'StateMachineDoesNotExist')
  })

  it('has a runner ended where Step Functions still shows what it has just refused to go on with', async () => {
    const { client } = local
    const input = waiting(60_000)
    await runners(client, STANDARD).start('one', input)
    const refusing = {
      send: async (command: object) => {
        if (command instanceof StartExecutionCommand)
          throw new ExecutionAlreadyExists({ message: 'Execution Already Exists', $metadata: {} })
        return client.send(command as DescribeExecutionCommand)
      },
    } as unknown as typeof client
    expect(await runners(refusing, STANDARD).start('one', input)).to.equal(false)
  })

  it('does not take it for ended that nobody can tell how a runner is', async () => {
    const { client } = local
    await runners(client, STANDARD).start('one', waiting(60_000))
    const silent = {
      send: async (command: object) => {
        if (command instanceof DescribeExecutionCommand) throw new Error('ThrottlingException')
        return client.send(command as StartExecutionCommand)
      },
    } as unknown as typeof client
    const fault = await runners(silent, STANDARD)
      .start('one', waiting(60_001))
      .catch((error: unknown) => error)
    expect(fault).to.have.property('code', 'EXECUTION_NOT_STARTED')
    expect(fault).to.have.property('message').that.includes('one').and.includes('ThrottlingException')
  })
})
