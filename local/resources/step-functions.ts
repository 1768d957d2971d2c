import { arnOf } from '../aws-account.ts'
import { type Handler, nameOf, type Parts, text } from './handler.ts'

/** State machines. Roles, logs and traces are not applied. */
export const stepFunctionsHandlers = ({ stepFunctions }: Parts): Record<string, Handler> => ({
  'aws:sfn/stateMachine:StateMachine'(logicalName, inputs) {
    const name = nameOf(logicalName, inputs)
    const arn = arnOf('states', `stateMachine:${name}`)
    stepFunctions.define({
      arn,
      name,
      express: inputs.type === 'EXPRESS',
      definition: text(inputs, 'definition'),
      roleArn: text(inputs, 'roleArn'),
    })
    return { id: arn, state: { ...inputs, name, arn } }
  },
})
