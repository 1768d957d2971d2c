import {
  FAILURE_CODES,
  isNotice,
  parseRequest,
  REJECTION_CODES,
  type Request,
  SchedulerError,
  STATUSES,
} from 'aws-scheduler'
import * as client from 'aws-scheduler/client'
import schema from 'aws-scheduler/message.schema.json' with { type: 'json' }

const nowMs = Date.parse('2026-11-25T12:00:00Z')
const rules = { allowedTargets: ['arn:aws:sns:*:*:orders-*'], enforceUser: true }
const reading = { publication: { messageId: 'an-id', atMs: nowMs }, rules, nowMs }
const message = (target: string) =>
  JSON.stringify({ date: '2026-11-25T13:00:00.5Z', target, user: 'me', payload: 'hello' })

const request = parseRequest(message('arn:aws:sns:us-east-1:123456789012:orders-due'), reading)
if (isNotice(request)) throw new Error(request.error)
const accepted: Request = request
console.log(accepted.action, accepted.id, (accepted.date?.atMs ?? 0) - nowMs)

const notice = parseRequest(message('arn:aws:sns:us-east-1:123456789012:invoices'), reading)
if (!isNotice(notice)) throw new Error('a target that is not allowed was accepted')
console.log(notice.code)

console.log(STATUSES.includes('delivered'), REJECTION_CODES.includes('TOO_LATE'), FAILURE_CODES.includes('EXPIRED'))
console.log(new client.SchedulerError('NOTICE_NOT_SENT', 'a sentence') instanceof SchedulerError)
console.log(schema.oneOf.map(({ properties }) => properties.action.const).join())
