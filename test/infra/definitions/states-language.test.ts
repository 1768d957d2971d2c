import { branch, stateMachine } from '../../../infra/definitions/states-language.ts'

describe('state machines', () => {
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
