import { declaredOnlyHandlers } from './declared-only.ts'
import { dynamoDbHandlers } from './dynamodb.ts'
import { eventsHandlers } from './events.ts'
import type { Handler, Parts } from './handler.ts'
import { lambdaHandlers } from './lambda.ts'
import { snsHandlers } from './sns.ts'
import { sqsHandlers } from './sqs.ts'
import { stepFunctionsHandlers } from './step-functions.ts'

/** Every type of resource that the local stack knows, by Pulumi's name of it. */
export const handlersFor = (parts: Parts): Record<string, Handler> => ({
  ...snsHandlers(parts),
  ...sqsHandlers(parts),
  ...dynamoDbHandlers(parts),
  ...lambdaHandlers(parts),
  ...stepFunctionsHandlers(parts),
  ...eventsHandlers(parts),
  ...declaredOnlyHandlers,
})
