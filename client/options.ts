import type { Connection } from '../aws/aws-client.ts'
import type { Clock } from '../core/clock.ts'
import type { InputRules } from '../core/request-schema.ts'

/**
 * A stack by its name, in the Region and account that AWS is reached in. Its table is asked once where it is
 * (`dynamodb:DescribeTable`); all else follows from that.
 */
export interface StackByName {
  /** Name of the Pulumi stack, as in the table's name `scheduler-events-<stack>`. */
  stack: string
}

/** A stack by its outputs: nothing need be asked. */
export interface StackByOutputs {
  /** What `pulumi stack output --json` prints, or the `outputs` of `startLocal`; `inputTopicArn` alone is enough. */
  outputs: Record<string, unknown>
}

/** The stack of `npm start`, at `endpoint`, at `AWS_ENDPOINT_URL` if that is this machine, or on its usual port. */
export interface LocalStack {
  local: true
}

/** What a client takes to be created: which scheduler, how AWS is reached, and what is known of its settings. */
export type ClientOptions = (StackByName | StackByOutputs | LocalStack) &
  Connection & {
    /**
     * What the stack's settings say of its input, as far as it is known: it is checked before anything is sent. Default:
     * every topic is allowed, which the stack may see otherwise, and `user` is mandatory.
     */
    rules?: Partial<InputRules> | undefined
    /** For tests. Default: the machine's. */
    clock?: Clock | undefined
  }
