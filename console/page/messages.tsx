import { useEffect, useState } from 'preact/hooks'
import { api, type EventFacts, type Stack } from './api.ts'
import { quoted, visible } from './visible.ts'

/** The event as it can be asked for again: as a message, in a program, by command. */
export function Messages({ facts }: { facts: EventFacts }) {
  const [stack, setStack] = useState<Stack>()
  useEffect(() => {
    void api.stack().then(setStack, () => {})
  }, [])
  if (!stack) return null
  const message = messageOf(facts)
  return (
    <section aria-labelledby="again">
      <h2 id="again">The same again</h2>
      <Code title="As the message, JSON" text={visible(JSON.stringify(message, null, 2))} />
      <Code title="In a program" text={programOf(message, stack)} />
      <Code title="By command" text={commandOf(message, stack)} />
      <Code
        title="What became of it, by command"
        text={`npx aws-scheduler get ${whichOf(stack)} ${facts.id} --date ${new Date(facts.dueAtMs).toISOString()}`}
      />
    </section>
  )
}

type Message = Record<string, string>

function messageOf({ id, date, dueAtMs, target, user, payload, failureTopic, latest }: EventFacts): Message {
  const all = {
    id,
    date: date ?? new Date(dueAtMs).toISOString(),
    target,
    user,
    payload: payload ?? '…',
    failure_topic: failureTopic,
    latest,
  }
  return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value ? [[name, value]] : [])))
}

function programOf(message: Message, { name, isLocal }: Stack): string {
  const fields = Object.entries(message).map(([field, value]) => `  ${field}: ${visible(JSON.stringify(value))},`)
  const options = isLocal ? '{ local: true }' : `{ stack: ${JSON.stringify(name)} }`
  return [
    "import { createClient } from 'aws-scheduler/client'",
    '',
    `const scheduler = createClient(${options})`,
    'await scheduler.schedule({',
    ...fields,
    '})',
  ].join('\n')
}

function commandOf(message: Message, stack: Stack): string {
  const flags = Object.entries(message).map(([field, value]) => `--${field.replace('_', '-')}=${quoted(value)}`)
  return [`npx aws-scheduler schedule ${whichOf(stack)}`, ...flags].join(' \\\n  ')
}

const whichOf = ({ name, isLocal }: Stack) => (isLocal ? '--local' : `--stack ${name}`)

/** More than this is not shown, but copied. */
const SHOWN = 4_000

function Code({ title, text }: { title: string; text: string }) {
  const [isCopied, setCopied] = useState(false)
  const [isOpen, setOpen] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
  }
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{title}</summary>
      {isOpen && (
        <>
          <pre>{text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}</pre>
          <button type="button" onClick={copy}>
            {isCopied ? 'Copied' : 'Copy'}
          </button>
        </>
      )}
    </details>
  )
}
