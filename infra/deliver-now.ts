import type * as pulumi from '@pulumi/pulumi'
import { deliverNow } from './definitions/deliver-now.ts'
import type { LambdaFunction } from './lambda-function.ts'
import type { Names } from './names.ts'
import { StateMachine } from './state-machine.ts'

/** The express lane: billed by duration, and without a limit on how many are open. */
export function deliverNowMachine(
  names: Names,
  { emitter }: { emitter: LambdaFunction },
  parent: pulumi.Resource,
): StateMachine {
  const definition = emitter.arn.apply((arn) => deliverNow({ emitter: arn }))
  return new StateMachine(
    names,
    { part: 'deliver-now', type: 'EXPRESS', definition, invokes: [emitter.arn] },
    { parent },
  )
}
