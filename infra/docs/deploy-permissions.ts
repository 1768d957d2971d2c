/** What Pulumi's AWS provider calls for one type of resource. */
export interface DeployPermission {
  service: string
  /** What the ARNs end with: from the resource on, or, where AWS leaves Region or account out, from there on. */
  on: string | string[]
  create: string[]
  read: string[]
  update?: string[]
  delete: string[]
  tag?: string[]
  /** Actions that AWS binds to no resource. */
  anywhere?: string[]
  /** The service that is handed a role of the stack. */
  passesRoleTo?: string
  /** Binds every action, those without a resource too, but those on tags, which know no such conditions. */
  condition?: Record<string, Record<string, string>>
}

const TAGS = ['TagResource', 'UntagResource']
const IN_REGION = '*:*:'
/** Identity and Access Management knows no Regions. */
const GLOBAL = ':*:'
const TOPICS = `${IN_REGION}scheduler-*`
const QUEUES = `${IN_REGION}scheduler-*`
const FUNCTIONS = `${IN_REGION}function:scheduler-*`
const RULES = `${IN_REGION}rule/scheduler-*`
const ROLES = `${GLOBAL}role/scheduler-*`

/**
 * The actions by type of resource, each to create, read, update, delete and tag it. A type that is not listed cannot be
 * deployed: a test says so before AWS does. Sources: the provider's calls (terraform-provider-aws), AWS's Service
 * Authorization Reference for what can be bound to a resource.
 */
export const DEPLOY_PERMISSIONS: Record<string, DeployPermission> = {
  'aws:sns/topic:Topic': {
    service: 'sns',
    on: TOPICS,
    create: ['CreateTopic'],
    read: ['GetTopicAttributes', 'ListTagsForResource'],
    update: ['SetTopicAttributes'],
    delete: ['DeleteTopic'],
    tag: TAGS,
  },
  'aws:sns/topicPolicy:TopicPolicy': {
    service: 'sns',
    on: TOPICS,
    create: ['SetTopicAttributes'],
    read: ['GetTopicAttributes'],
    delete: ['SetTopicAttributes'],
  },
  'aws:sns/topicSubscription:TopicSubscription': {
    service: 'sns',
    on: TOPICS,
    create: ['Subscribe'],
    read: ['GetSubscriptionAttributes'],
    update: ['SetSubscriptionAttributes'],
    delete: ['Unsubscribe'],
  },
  'aws:sqs/queue:Queue': {
    service: 'sqs',
    on: QUEUES,
    create: ['CreateQueue'],
    read: ['GetQueueAttributes', 'GetQueueUrl', 'ListQueueTags'],
    update: ['SetQueueAttributes'],
    delete: ['DeleteQueue'],
    tag: ['TagQueue', 'UntagQueue'],
  },
  'aws:sqs/queuePolicy:QueuePolicy': {
    service: 'sqs',
    on: QUEUES,
    create: ['SetQueueAttributes'],
    read: ['GetQueueAttributes'],
    delete: ['SetQueueAttributes'],
  },
  'aws:dynamodb/table:Table': {
    service: 'dynamodb',
    on: `${IN_REGION}table/scheduler-*`,
    create: ['CreateTable'],
    read: ['DescribeTable', 'DescribeContinuousBackups', 'DescribeTimeToLive', 'ListTagsOfResource'],
    update: ['UpdateTable', 'UpdateContinuousBackups', 'UpdateTimeToLive'],
    delete: ['DeleteTable'],
    tag: TAGS,
  },
  'aws:kms/key:Key': {
    service: 'kms',
    // A key has no name, and a condition on its tags takes minutes to hold after it was made.
    on: `${IN_REGION}key/*`,
    create: [],
    anywhere: ['CreateKey'],
    read: ['DescribeKey', 'GetKeyPolicy', 'GetKeyRotationStatus', 'ListResourceTags'],
    update: ['PutKeyPolicy', 'EnableKeyRotation', 'DisableKeyRotation', 'UpdateKeyDescription'],
    delete: ['ScheduleKeyDeletion'],
    tag: TAGS,
  },
  'aws:iam/role:Role': {
    service: 'iam',
    on: ROLES,
    create: ['CreateRole'],
    read: ['GetRole', 'ListRolePolicies', 'ListAttachedRolePolicies', 'ListInstanceProfilesForRole'],
    update: ['UpdateAssumeRolePolicy'],
    delete: ['DeleteRole'],
    tag: ['TagRole', 'UntagRole'],
  },
  'aws:iam/rolePolicy:RolePolicy': {
    service: 'iam',
    on: ROLES,
    create: ['PutRolePolicy'],
    read: ['GetRolePolicy'],
    delete: ['DeleteRolePolicy'],
  },
  'aws:lambda/function:Function': {
    service: 'lambda',
    on: FUNCTIONS,
    create: ['CreateFunction', 'PutFunctionConcurrency'],
    read: [
      'GetFunction',
      'GetFunctionConfiguration',
      'GetFunctionCodeSigningConfig',
      'ListVersionsByFunction',
      'ListTags',
    ],
    update: ['UpdateFunctionCode', 'UpdateFunctionConfiguration', 'DeleteFunctionConcurrency'],
    delete: ['DeleteFunction'],
    tag: TAGS,
    passesRoleTo: 'lambda.amazonaws.com',
  },
  'aws:lambda/permission:Permission': {
    service: 'lambda',
    on: FUNCTIONS,
    create: ['AddPermission'],
    read: ['GetPolicy'],
    delete: ['RemovePermission'],
  },
  'aws:lambda/eventSourceMapping:EventSourceMapping': {
    service: 'lambda',
    on: `${IN_REGION}event-source-mapping:*`,
    create: [],
    anywhere: ['CreateEventSourceMapping'],
    read: ['GetEventSourceMapping'],
    update: ['UpdateEventSourceMapping'],
    delete: ['DeleteEventSourceMapping'],
    tag: ['ListTags', ...TAGS],
    condition: { ArnLike: { 'lambda:FunctionArn': `arn:aws:lambda:${FUNCTIONS}` } },
  },
  'aws:sfn/stateMachine:StateMachine': {
    service: 'states',
    on: `${IN_REGION}stateMachine:scheduler-*`,
    create: ['CreateStateMachine'],
    anywhere: ['ValidateStateMachineDefinition'],
    read: ['DescribeStateMachine', 'ListStateMachineVersions', 'ListTagsForResource'],
    update: ['UpdateStateMachine'],
    delete: ['DeleteStateMachine'],
    tag: TAGS,
    passesRoleTo: 'states.amazonaws.com',
  },
  'aws:scheduler/schedule:Schedule': {
    service: 'scheduler',
    on: `${IN_REGION}schedule/default/scheduler-*`,
    create: ['CreateSchedule'],
    read: ['GetSchedule'],
    update: ['UpdateSchedule'],
    delete: ['DeleteSchedule'],
    passesRoleTo: 'scheduler.amazonaws.com',
  },
  'aws:cloudwatch/eventRule:EventRule': {
    service: 'events',
    on: RULES,
    create: ['PutRule'],
    read: ['DescribeRule', 'ListTagsForResource'],
    delete: ['DeleteRule'],
    tag: TAGS,
  },
  'aws:cloudwatch/eventTarget:EventTarget': {
    service: 'events',
    on: RULES,
    create: ['PutTargets'],
    read: ['ListTargetsByRule'],
    delete: ['RemoveTargets'],
  },
  'aws:cloudwatch/metricAlarm:MetricAlarm': {
    service: 'cloudwatch',
    on: `${IN_REGION}alarm:scheduler-*`,
    create: ['PutMetricAlarm'],
    read: ['DescribeAlarms', 'ListTagsForResource'],
    delete: ['DeleteAlarms'],
    tag: TAGS,
  },
  'aws:cloudwatch/logGroup:LogGroup': {
    service: 'logs',
    on: [`${IN_REGION}log-group:/aws/lambda/scheduler-*`, `${IN_REGION}log-group:/aws/vendedlogs/states/scheduler-*`],
    create: ['CreateLogGroup'],
    anywhere: ['DescribeLogGroups'],
    read: ['ListTagsForResource'],
    update: ['PutRetentionPolicy', 'DeleteRetentionPolicy'],
    delete: ['DeleteLogGroup'],
    tag: TAGS,
  },
}
