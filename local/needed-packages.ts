import { needPackages } from '../infra/installed.ts'

/** What the local stack is made of. Whoever only uses a scheduler, or deploys one, need not install it. */
const PACKAGES = [
  '@pulumi/pulumi',
  '@pulumi/aws',
  '@aws-sdk/client-sqs',
  'aws-local-stepfunctions',
  'dynalite',
  'fauxqs',
]

/**
 * Throws an error that says what to install, when a part of the local stack is not there.
 * @param who what needs it, as its user calls it
 */
export const needLocalPackages = (who: string) => needPackages(who, PACKAGES)
