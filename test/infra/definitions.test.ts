import { StateMachine as LocalMachine } from 'aws-local-stepfunctions'
import { expect } from 'chai'
import { deliverNow } from '../../infra/definitions/deliver-now.ts'
import { deliverSlot } from '../../infra/definitions/deliver-slot.ts'
import { branch, stateMachine } from '../../infra/definitions/states-language.ts'
import { flawsOf } from '../support/asl.ts'
import { type Recording, recordStack } from '../support/program-recorder.ts'

const lambda = (part: string) => `arn:aws:lambda:eu-west-1:123456789012:function:scheduler-${part}-dev`
const slotMachine = deliverSlot({ planner: lambda('planner'), emitter: lambda('emitter'), settler: lambda('settler') })
const nowMachine = deliverNow({ emitter: lambda('emitter') })

type Work = (input: never) => unknown

/** Runs a machine in the embedded Step Functions, without waiting; its tasks, by the name of their state, do `work`. */
async function run(machine: object, input: object, work: Record<string, Work>) {
  const handlers = Object.entries(work).map(([state, handler]) => [state, async (value: never) => handler(value)])
  const noWait = ['WaitForSlot', 'WaitForSegment', 'WaitToSettle', 'WaitAgain', 'WaitForEvents']
  const local = new LocalMachine(structuredClone(machine) as ConstructorParameters<typeof LocalMachine>[0])
  const { result } = local.run(input as never, {
    overrides: {
      taskResourceLocalHandlers: Object.fromEntries(handlers),
      waitTimeOverrides: Object.fromEntries(noWait.map((state) => [state, 0])),
      retryIntervalOverrides: { Plan: 0, Emit: 0, Settle: 0 },
    },
    context: { Execution: { Name: 'the-name', Input: input, StartTime: '2026-11-23T12:34:00Z' } } as never,
  })
  return result as Promise<unknown>
}

describe('the state machines', () => {
  let stack: Recording
  before(async () => {
    stack = await recordStack()
  })
  const deployed = (part: string) => stack.one('sfn/stateMachine:StateMachine', `dev-${part}-machine`).inputs

  it('are valid', () => {
    expect(flawsOf(slotMachine)).to.equal('')
    expect(flawsOf(nowMachine)).to.equal('')
  })

  it('are found invalid when a transition leads nowhere', () => {
    expect(flawsOf({ ...nowMachine, StartAt: 'WaitForEvent' })).not.to.equal('')
  })

  it('are deployed as they are tested', () => {
    expect(JSON.parse(deployed('deliver-slot').definition)).to.deep.equal(slotMachine)
    expect(JSON.parse(deployed('deliver-now').definition)).to.deep.equal(nowMachine)
  })

  it('are a Standard one for slots and an Express one for now', () => {
    expect([deployed('deliver-slot').type, deployed('deliver-now').type]).to.deep.equal(['STANDARD', 'EXPRESS'])
  })

  for (const part of ['deliver-slot', 'deliver-now']) {
    it(`are traced and log their errors (${part})`, () => {
      expect(deployed(part).tracingConfiguration).to.deep.equal({ enabled: true })
      expect(deployed(part).loggingConfiguration).to.deep.equal({
        level: 'ERROR',
        includeExecutionData: true,
        logDestination: `arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/states/scheduler-${part}-dev:*`,
      })
      expect(stack.one('LogGroup', `dev-${part}-logs`).inputs.retentionInDays).to.equal(14)
    })
  }

  it('retry every task', () => {
    const tasks = JSON.stringify([slotMachine, nowMachine]).match(/"Type":"Task"/g)
    const retries = JSON.stringify([slotMachine, nowMachine]).match(/"Retry":\[\{"ErrorEquals":\["States.ALL"\]/g)
    expect(tasks).to.have.length(4)
    expect(retries).to.have.length(4)
  })

  it('do not compile with a transition to a state that does not exist', () => {
    const head = { Comment: 'checked by tsc', TimeoutSeconds: 1 }
    const done = { Type: 'Succeed' } as const
    const wait = { Type: 'Wait', TimestampPath: '$.at' } as const
    const yes = { Variable: '$.yes', BooleanEquals: true, Next: 'Done' } as const
    const choice = { Type: 'Choice', Choices: [yes] } as const
    // @ts-expect-error: StartAt is misspelt
    stateMachine({ ...head, StartAt: 'Dome', States: { Done: done } })
    // @ts-expect-error: Next is misspelt
    stateMachine({ ...head, StartAt: 'A', States: { A: { ...wait, Next: 'Dome' }, Done: done } })
    // @ts-expect-error: Default is misspelt
    stateMachine({ ...head, StartAt: 'A', States: { A: { ...choice, Default: 'Dome' }, Done: done } })
    // @ts-expect-error: a transition out of a Map is none
    branch({ StartAt: 'A', States: { A: { ...wait, Next: 'Done' } } })
    // @ts-expect-error: a state that neither ends nor goes on
    branch({ StartAt: 'A', States: { A: wait } })
    stateMachine({ ...head, StartAt: 'A', States: { A: { ...choice, Default: 'Done' }, Done: done } })
  })
})

describe('deliver-slot', () => {
  const slot = '2026-11-23T12-34Z-00'
  const wakeAt = '2026-11-23T12:33:57Z'
  const segments = [0, 1].map((index) => ({ index, from: '', to: '~', wakeAt, untilMs: 1 }))
  const plan = () => ({ segments, settleAt: wakeAt })
  const settled = () => ({ settled: true, slot, delivered: 2 })

  it('plans the slot, emits each segment and settles the slot', async () => {
    const seen: unknown[] = []
    const emitted: number[] = []
    const emitter = (input: { segment: { index: number } }) => ({ emitted: emitted.push(input.segment.index) })
    const settler = (input: object) => seen.push(input) && settled()
    expect(await run(slotMachine, { slot, wakeAt }, { Plan: plan, Emit: emitter, Settle: settler })).to.deep.equal(
      settled(),
    )
    expect(emitted.sort()).to.deep.equal([0, 1])
    expect(seen).to.deep.equal([{ slot }])
  })

  it('settles a slot in which a segment failed for good', async () => {
    const seen: unknown[] = []
    const emitter = ({ segment }: { segment: { index: number } }) => {
      if (segment.index === 1) throw new Error('out of memory')
      return { emitted: 0 }
    }
    const settler = (input: object) => seen.push(input) && settled()
    await run(slotMachine, { slot, wakeAt }, { Plan: plan, Emit: emitter, Settle: settler })
    expect(seen).to.deep.equal([{ slot }])
  })

  it('settles again until the slot is settled', async () => {
    let times = 0
    const settler = () => (++times < 3 ? { settled: false, settleAt: wakeAt } : settled())
    await run(slotMachine, { slot, wakeAt }, { Plan: plan, Emit: () => ({}), Settle: settler })
    expect(times).to.equal(3)
  })

  it('fails if the slot can not be settled', async () => {
    const settler = () => {
      throw new Error('table gone')
    }
    const failed = await run(slotMachine, { slot, wakeAt }, { Plan: plan, Emit: () => ({}), Settle: settler }).catch(
      (error) => error,
    )
    expect(failed).to.be.instanceOf(Error)
  })

  it('tries again when a function fails once', async () => {
    const failOnce = (then: () => unknown) => {
      let failed = false
      return () => {
        if (failed) return then()
        failed = true
        throw new Error('throttled')
      }
    }
    const work = { Plan: failOnce(plan), Emit: failOnce(() => ({})), Settle: failOnce(settled) }
    expect(await run(slotMachine, { slot, wakeAt }, work)).to.deep.equal(settled())
  })
})

describe('deliver-now', () => {
  it('hands its events and its name to the emitter', async () => {
    const events = [{ slot: '2026-11-23T12-34Z-00', key: 'event#000001' }]
    const emitter = (input: object) => input
    const input = { wakeAt: '2026-11-23T12:34:00Z', events }
    expect(await run(nowMachine, input, { Emit: emitter })).to.deep.equal({ execution: 'the-name', events })
  })
})
