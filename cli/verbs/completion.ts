import { buildCommand } from '@stricli/core'
import type { Cli } from '../cli.ts'

/** For bash; zsh takes it after `bashcompinit`. */
const SCRIPT = `_aws_scheduler() {
  local IFS=$'\\n'
  COMPREPLY=($(aws-scheduler complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _aws_scheduler aws-scheduler
`

export const completion = buildCommand<Record<never, never>, [], Cli>({
  parameters: {},
  docs: {
    brief: 'Prints what makes a shell complete the command',
    fullDescription: `For bash, and for zsh after \`autoload bashcompinit && bashcompinit\`.

  source <(aws-scheduler completion)`,
  },
  func() {
    this.process.stdout.write(SCRIPT)
  },
})
