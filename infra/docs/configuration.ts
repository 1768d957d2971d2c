import { type SettingDoc, settingDocs } from '../setting-kinds.ts'
import { settingsSchema } from '../settings-schema.ts'

const PROJECT = 'aws-scheduler'

/** The settings in the order of the schema, each with its documentation. */
export function documentedSettings(): [key: string, doc: SettingDoc][] {
  return Object.entries(settingsSchema.shape).map(([key, schema]) => {
    const doc = settingDocs.get(schema)
    if (!doc) throw new Error(`The setting ${key} is not documented: make it with one of setting-kinds.ts`)
    return [key, doc]
  })
}

/** `docs/configuration.md`. */
export function configurationPage(): string {
  return `# Configuration

<!-- Written by \`npm run docs\` from infra/settings-schema.ts: change that, not this. -->

A stack is configured in \`Pulumi.<stack>.yaml\`, by \`pulumi config set <key> <value>\` or in an editor; a program that creates a \`Scheduler\` of its own gives the same keys as its arguments. Every key is optional. A wrong key or value stops the deployment with a sentence that says what is allowed.

A list is set item by item: \`pulumi config set --path 'allowedTargets[0]' <arn>\`.

${documentedSettings().map(section).join('\n\n')}
`
}

/** \`Pulumi.dev.yaml\`: the stack \`dev\` with every setting in a comment, ready to be set. */
export function exampleStack(): string {
  const settings = documentedSettings().map(([key, doc]) => commented(key, doc))
  return `# The stack \`dev\`. Only the Region must be set; docs/configuration.md says what is in the comments, and more.
# The comments are written by \`npm run docs\`.
config:
  aws:region: us-east-1
${settings.join('\n')}
`
}

function section([key, doc]: [string, SettingDoc]): string {
  return `## \`${key}\`

${[doc.meaning, doc.more].filter(Boolean).join(' ')}

- Allowed: ${allowed(doc)}.
- Default: ${inWords(doc)}.`
}

function inWords({ byDefault, range, unit }: SettingDoc): string {
  if (typeof byDefault !== 'string' || range.split(', ').includes(byDefault)) {
    return `\`${byDefault}\`${unit ? ` ${unit}` : ''}`
  }
  return byDefault
}

const allowed = ({ range, unit }: SettingDoc) => (unit ? `${range} (${unit})` : range)

function commented(key: string, doc: SettingDoc): string {
  const value = doc.example ?? doc.byDefault
  const lines = Array.isArray(value) ? ['', ...value.map((one) => `  - ${one}`)] : [` ${value}`]
  const [first, ...rest] = lines
  const text = [...wrapped(`${doc.meaning} Allowed: ${allowed(doc)}.`), `${PROJECT}:${key}:${first}`, ...rest]
  return text.map((line) => `  # ${line}`).join('\n')
}

/** Lines of at most 110 characters. */
function wrapped(text: string): string[] {
  return [...text.matchAll(/(\S.{0,109})(?:\s|$)/g)].map(([, line = '']) => line)
}
