// A program that is CommonJS, as the templates of Pulumi are.
const { Scheduler, TargetTopic } = require('aws-scheduler/pulumi')

const scheduler = new Scheduler('orders')
const due = new TargetTopic('orders-due', { publisherRoleArns: scheduler.outputs.publisherRoleArns })

exports.inputTopic = scheduler.outputs.inputTopicArn
exports.dueTopic = due.arn
