import type * as z from 'zod'
import type { RejectionCode } from './errors.ts'

const CODE_OF_FIELD: Record<string, RejectionCode> = {
  action: 'ACTION_INVALID',
  date: 'DATE_INVALID',
  new_date: 'DATE_INVALID',
  target: 'TARGET_INVALID',
  user: 'USER_MISSING',
  payload: 'PAYLOAD_INVALID',
  failure_topic: 'FAILURE_TOPIC_INVALID',
  id: 'ID_INVALID',
  latest: 'LATEST_INVALID',
}

/** The code of the first issue, and a clause for each. */
export function explain(issues: readonly z.core.$ZodIssue[]): { code: RejectionCode; problems: string[] } {
  const flat = issues.flatMap((issue) => (issue.code === 'invalid_union' ? withField(issue) : [issue]))
  const [first] = flat
  const given: RejectionCode | undefined = first?.code === 'custom' ? first.params?.code : undefined
  const code = given ?? CODE_OF_FIELD[String(first?.path[0])] ?? 'MESSAGE_INVALID'
  return { code, problems: flat.map(({ path, message }) => `${path.join('.')} ${message}`) }
}

/** Issues of a union's last member (the one that explains most), at the union's field. */
function withField(issue: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] {
  return issue.errors.at(-1)?.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] })) ?? [issue]
}
