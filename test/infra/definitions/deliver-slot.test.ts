import { expect } from 'chai'
import { deliverSlot } from '../../../infra/definitions/deliver-slot.ts'
import { lambdaArn, runMachine } from '../../support/run-machine.ts'

const slotMachine = deliverSlot({
  planner: lambdaArn('planner'),
  emitter: lambdaArn('emitter'),
  settler: lambdaArn('settler'),
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
    expect(
      await runMachine(slotMachine, { slot, wakeAt }, { Plan: plan, Emit: emitter, Settle: settler }),
    ).to.deep.equal(settled())
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
    await runMachine(slotMachine, { slot, wakeAt }, { Plan: plan, Emit: emitter, Settle: settler })
    expect(seen).to.deep.equal([{ slot }])
  })

  it('settles again until the slot is settled', async () => {
    let times = 0
    const settler = () => (++times < 3 ? { settled: false, settleAt: wakeAt } : settled())
    await runMachine(slotMachine, { slot, wakeAt }, { Plan: plan, Emit: () => ({}), Settle: settler })
    expect(times).to.equal(3)
  })

  it('fails if the slot cannot be settled', async () => {
    const settler = () => {
      throw new Error('table gone')
    }
    const failed = await runMachine(
      slotMachine,
      { slot, wakeAt },
      { Plan: plan, Emit: () => ({}), Settle: settler },
    ).catch((error) => error)
    expect(failed).to.be.instanceOf(Error).with.property('message').that.includes('table gone')
  })

  it('waits out a function that is throttled, far longer than one that fails', async () => {
    let throttled = 0
    const emitter = () => {
      if (++throttled <= 40)
        throw Object.assign(new Error('Rate Exceeded'), { name: 'Lambda.TooManyRequestsException' })
      return {}
    }
    await runMachine(slotMachine, { slot, wakeAt }, { Plan: plan, Emit: emitter, Settle: settled })
    // Two segments, each on its own.
    expect(throttled).to.equal(42)
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
    expect(await runMachine(slotMachine, { slot, wakeAt }, work)).to.deep.equal(settled())
  })
})
