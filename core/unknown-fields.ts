/** The fields that a message may have, and the actions that they belong to; without any, to all of them. */
const FIELDS: Record<string, readonly string[]> = {
  action: [],
  id: [],
  date: [],
  failure_topic: [],
  new_date: ['reschedule'],
  latest: ['schedule'],
  replace: ['schedule'],
  user: [],
  payload: ['schedule', 'reschedule'],
  target: ['schedule', 'reschedule'],
}

/**
 * What is wrong with the names of a message's fields. Fields that nobody knows are the client's own, and are left alone;
 * but one that is nearly a field's name, or belongs to another action, is not left out in silence.
 * @returns a sentence for each that is wrong
 */
export function wrongFields(names: readonly string[], action: string): string[] {
  return names.flatMap((name) => {
    const actions = FIELDS[name]
    if (actions) {
      if (actions.length === 0 || actions.includes(action)) return []
      return [
        `${name} belongs to the action ${actions.join(' or ')}, and this is a ${action}: leave it out, or name that action`,
      ]
    }
    const meant = Object.keys(FIELDS).find((field) => isNearly(name, field))
    return meant ? [`${JSON.stringify(name)} is not a field of the message: did you mean ${meant}?`] : []
  })
}

/** Whether `name` is `field` in another spelling, or with a letter or two wrong. */
function isNearly(name: string, field: string): boolean {
  const [a, b] = [plain(name), plain(field)]
  const tolerated = b.length > 5 ? 2 : b.length > 3 ? 1 : 0
  return Math.abs(a.length - b.length) <= tolerated && distance(a, b) <= tolerated
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z]/g, '')

/** How many letters have to be put in, taken out or changed to make one word of the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const above = row
    row = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(changed, (above[j] as number) + 1, (row[j - 1] as number) + 1))
    }
  }
  return row[b.length] as number
}
