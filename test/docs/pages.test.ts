import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { FAILURE_CODES, FAULT_CODES, REJECTION_CODES } from '../../core/errors.ts'
import { LANES } from '../../core/lane.ts'
import { MAX_HELD_BYTES } from '../../core/segment.ts'
import { NOTICE_MS } from '../../core/timetable.ts'
import { MAX_POSTPONING, MAX_POSTPONING_BYTES } from '../../functions/delivery/postponing.ts'
import { BEHIND_MS, MAX_BEHIND_BYTES, MAX_DEFERRED_BYTES } from '../../functions/delivery/target-loads.ts'
import { MAX_IN_FLIGHT, PROBES } from '../../functions/delivery/target-queue.ts'
import { DEFERRED_MS } from '../../functions/emitter/deliver-segment.ts'
import { MAX_NOTICES, MAX_WAITING, MAX_WAITING_UNITS } from '../../functions/turns-per-topic.ts'
import { ON_TIME_MS, TAKEN_IN_MS } from '../simulation/deadline.ts'
import { COMES_BACK_MS, FAULT_NAMES, FAULTS, SETTLED_MS } from '../simulation/faults.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const markdownIn = (folder: string) => readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.md'))

/** Every page, with its text. */
const pages = [
  ...markdownIn('.'),
  ...['docs', 'bench', 'examples'].flatMap((folder) => markdownIn(folder).map((name) => `${folder}/${name}`)),
].map((path) => ({ path, text: read(path) }))
const prose = (text: string) => text.replaceAll(/```[\s\S]*?```/g, '')

/** The anchor that a heading gets: lower case, without punctuation, hyphens for spaces. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
const anchorsOf = (text: string) =>
  [...prose(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading))

/** Links of a page that lead nowhere. */
function broken({ path, text }: (typeof pages)[number]): string[] {
  const links = [...prose(text).matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link = '']) => link)
  return links.filter((link) => {
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? path : join(dirname(path), file)
    if (!existsSync(join(ROOT, target))) return true
    return anchor !== undefined && !anchorsOf(read(target)).includes(anchor)
  })
}

describe('the pages', () => {
  for (const page of pages)
    it(`have links that lead somewhere: ${page.path}`, () => {
      expect(broken(page)).to.deep.equal([])
    })

  it('name scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json'))
    for (const { path, text } of pages)
      for (const [, name = ''] of text.matchAll(/npm run ([a-z:]+)/g)) expect(scripts, path).to.have.property(name)
  })

  it('name benchmarks that there are', () => {
    for (const { path, text } of pages)
      for (const [, file = ''] of text.matchAll(/node (bench\/[a-z-]+\.bench\.ts)/g))
        expect(existsSync(join(ROOT, file)), `${path}: ${file}`).to.equal(true)
  })
})

describe('README.md', () => {
  const text = read('README.md')

  it('can be read in one go', () => {
    expect(text.split('\n').length).to.be.at.most(120)
  })

  it('links each guarantee to tests', () => {
    const rows = text.slice(text.indexOf('## Guarantees'), text.indexOf('## Numbers')).match(/^\| [A-Z].*$/gm) ?? []
    expect(rows).to.have.length(9)
    for (const row of rows) expect(row).to.match(/\]\(test\/[^)]+\.test\.ts\)/)
  })

  it('names for each guarantee faults under which the simulation finds it kept, or says that there is none', () => {
    const rows = text.slice(text.indexOf('## Guarantees'), text.indexOf('## Numbers')).match(/^\| [A-Z].*$/gm) ?? []
    for (const row of rows) {
      const cell = row.split('|').at(-2)?.trim()
      const faults = cell === 'none' ? [] : (cell ?? '').split(', ').map((name) => name.replaceAll('`', ''))
      expect(faults.filter((name) => !(FAULT_NAMES as string[]).includes(name))).to.deep.equal([])
    }
  })

  it('says of its bounds what the simulation allows', () => {
    const seconds = (ms: number | undefined) => `${(ms ?? 0) / 1_000} s`
    const { crash, lateWake, coldStart, lateTick, lostPublish } = FAULTS
    expect(text).to.contain(`within ${ON_TIME_MS} ms`)
    expect(text).to.contain(
      `Wait that ended late in ${seconds(lateWake.deliveredMs)}, a cold start in ${seconds(coldStart.deliveredMs)}`,
    )
    expect(text).to.contain(`scheduled ${seconds(TAKEN_IN_MS)} ahead`)
    expect(text).to.contain(
      `a call that fails in ${seconds(crash.deliveredMs)}, or ${seconds(COMES_BACK_MS)} if it struck on the way in and ${seconds(SETTLED_MS)} more`,
    )
    expect(text).to.contain(`was missing in ${(lateTick.deliveredMs ?? 0) / 60_000} min`)
    expect(text).to.contain(`${crash.doubles.toLocaleString('en')} events`)
    expect(text).to.contain('a batch of ten')
    expect(lostPublish.doubles).to.equal(10)
    expect(FAULTS.doubledExpress.doubles).to.be.at.most(10)
  })

  it('says of each number which benchmark made it, and at which commit', () => {
    const numbers = text.slice(text.indexOf('## Numbers'), text.indexOf('All numbers')).match(/^- .*$/gm) ?? []
    expect(numbers).to.have.length(3)
    for (const line of numbers) expect(line).to.match(/`(npm run|node) .*bench.*`, commit [0-9a-f]{7}/)
  })
})

describe('docs/messages.md', () => {
  it('explains every code, and no other', () => {
    const explained = [...read('docs/messages.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code)
    expect(explained.sort()).to.deep.equal([...REJECTION_CODES, ...FAILURE_CODES, ...FAULT_CODES].sort())
  })
})

describe('docs/limits.md', () => {
  it('says of each target and each failure topic the bounds that they have', () => {
    const text = read('docs/limits.md')
    const mib = (bytes: number) => `${bytes / 1024 ** 2} MiB`
    expect(text)
      .to.contain(`at most ${MAX_IN_FLIGHT} publishes`)
      .and.to.contain(`due to it for ${BEHIND_MS / 1_000} s`)
    expect(text).to.contain(`have ${mib(MAX_BEHIND_BYTES)} of the ${MAX_HELD_BYTES / 1024 ** 2}`)
    expect(text)
      .to.contain(`keys, ${mib(MAX_DEFERRED_BYTES)}`)
      .and.to.contain(`${DEFERRED_MS / 1_000} s after its end`)
    expect(text)
      .to.contain(`${MAX_POSTPONING} events at a time`)
      .and.to.contain(`another ${mib(MAX_POSTPONING_BYTES)}`)
    expect(text)
      .to.contain(`at most ${MAX_NOTICES} notices`)
      .and.to.contain(`${MAX_WAITING.toLocaleString('en')} that wait`)
    expect(text).to.contain(
      `or ${mib(MAX_WAITING_UNITS)} of events in them, none for longer than ${NOTICE_MS / 1_000} s`,
    )
    expect(PROBES).to.equal(2)
  })
})

describe('docs/design.md', () => {
  it('has every lane among its words', () => {
    for (const lane of LANES) expect(read('docs/design.md')).to.contain(`*${lane}*`)
  })
})
