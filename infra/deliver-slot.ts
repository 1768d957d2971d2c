import * as pulumi from '@pulumi/pulumi'
import { deliverSlot } from './definitions/deliver-slot.ts'
import type { LambdaFunction } from './lambda-function.ts'
import type { Names } from './names.ts'
import { StateMachine } from './state-machine.ts'

/** The runner of slots: Standard, because starting it twice under one name is harmless. */
export function deliverSlotMachine(
  names: Names,
  { planner, emitter, settler }: { planner: LambdaFunction; emitter: LambdaFunction; settler: LambdaFunction },
  parent: pulumi.Resource,
): StateMachine {
  const arns = { planner: planner.arn, emitter: emitter.arn, settler: settler.arn }
  const definition = pulumi.output(arns).apply(deliverSlot)
  return new StateMachine(
    names,
    { part: 'deliver-slot', type: 'STANDARD', definition, invokes: Object.values(arns) },
    { parent },
  )
}
