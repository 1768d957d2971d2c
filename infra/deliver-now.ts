import type * as pulumi from '@pulumi/pulumi'
import { deliverNow } from './definitions/deliver-now.ts'
import type { Fn } from './lambda-function.ts'
import type { Site } from './names.ts'
import { StateMachine } from './state-machine.ts'

/** The express lane: billed by duration, and without a limit on how many are open. */
export function deliverNowMachine(site: Site, { emitter }: { emitter: Fn }, parent: pulumi.Resource): StateMachine {
  const definition = emitter.arn.apply((arn) => deliverNow({ emitter: arn }))
  return new StateMachine(site, 'deliver-now', { type: 'EXPRESS', definition, invokes: [emitter.arn] }, { parent })
}
