import * as aws from '@pulumi/aws'
import * as pulumi from '@pulumi/pulumi'
import { Scheduler, TargetTopic } from 'aws-scheduler/pulumi'

/** An application that wants to be reminded of things: `pulumi up` adds the scheduler to what it has. */
const scheduler = new Scheduler('reminders')

/** The application's own target: only the scheduler may publish to it. */
const due = new TargetTopic('reminders-due', { publisherRoleArns: scheduler.outputs.publisherRoleArns })

/** What has been reminded of, by the id of its event. A second delivery of an event finds it there. */
const reminded = new aws.dynamodb.Table('reminded', {
  name: 'reminded',
  billingMode: 'PAY_PER_REQUEST',
  hashKey: 'pk',
  rangeKey: 'sk',
  attributes: [
    { name: 'pk', type: 'S' },
    { name: 'sk', type: 'S' },
  ],
})

/**
 * What cannot be handled waits here for fourteen days: events that SNS could not hand to the function, and those with
 * which the function failed three times.
 */
const undelivered = new aws.sqs.Queue('undelivered', {
  name: 'reminders-undelivered',
  messageRetentionSeconds: 1_209_600,
})

const role = new aws.iam.Role('consumer-role', {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: 'lambda.amazonaws.com' }),
})
new aws.iam.RolePolicyAttachment('consumer-logs', {
  role,
  policyArn: 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
})
new aws.iam.RolePolicy('consumer-writes', {
  role,
  policy: pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: reminded.arn },
      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: undelivered.arn },
    ],
  }),
})
const consumer = new aws.lambda.Function('consumer', {
  name: 'reminders-consumer',
  role: role.arn,
  runtime: 'nodejs24.x',
  handler: 'index.handler',
  code: new pulumi.asset.AssetArchive({
    'index.js': new pulumi.asset.FileAsset(`${import.meta.dirname}/consumer.cjs`),
  }),
  environment: { variables: { REMINDED_TABLE: reminded.name } },
  deadLetterConfig: { targetArn: undelivered.arn },
})

/** SNS may invoke the function, for this topic alone. */
new aws.lambda.Permission('topic-invokes-consumer', {
  action: 'lambda:InvokeFunction',
  function: consumer.name,
  principal: 'sns.amazonaws.com',
  sourceArn: due.arn,
})

new aws.sns.TopicSubscription('consumer-subscription', {
  topic: due.arn,
  protocol: 'lambda',
  endpoint: consumer.arn,
  redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: undelivered.arn }),
})
new aws.sqs.QueuePolicy('topic-sends-to-undelivered', {
  queueUrl: undelivered.url,
  policy: pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: undelivered.arn,
        Condition: { ArnEquals: { 'aws:SourceArn': due.arn } },
      },
    ],
  }),
})

/** Where the application publishes what it wants to be reminded of, and the target that it names. */
export const inputTopicArn = scheduler.outputs.inputTopicArn
export const targetArn = due.arn
export const remindedTable = reminded.name
