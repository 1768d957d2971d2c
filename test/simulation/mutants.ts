import type { Mutant } from './mutant.ts'
import { CHANGE_MUTANTS } from './mutants/changes.ts'
import { DELIVERY_MUTANTS } from './mutants/delivery.ts'
import { DEPLOYMENT_MUTANTS } from './mutants/deployments.ts'
import { EMITTER_MUTANTS } from './mutants/emitter.ts'
import { INTAKE_MUTANTS } from './mutants/intake.ts'
import { LOAD_MUTANTS } from './mutants/load.ts'
import { OWNERSHIP_MUTANTS } from './mutants/ownership.ts'
import { SLOT_MUTANTS } from './mutants/slots.ts'
import { TABLE_MUTANTS } from './mutants/table.ts'
import { TELLING_MUTANTS } from './mutants/telling.ts'

/** Every mutant: by where on an event's way the code is broken. */
export const MUTANTS: readonly Mutant[] = [
  ...INTAKE_MUTANTS,
  ...CHANGE_MUTANTS,
  ...TABLE_MUTANTS,
  ...SLOT_MUTANTS,
  ...EMITTER_MUTANTS,
  ...OWNERSHIP_MUTANTS,
  ...DELIVERY_MUTANTS,
  ...TELLING_MUTANTS,
  ...LOAD_MUTANTS,
  ...DEPLOYMENT_MUTANTS,
]
