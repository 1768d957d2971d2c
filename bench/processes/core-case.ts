import { systemClock } from '../../aws/system-clock.ts'
import { type CoreFeed, holdAndPublish } from '../core/hold-and-publish.ts'
import { type IntakeFeed, wholeIntake } from '../core/intake.ts'
import { wholeSegment } from '../core/whole-segment.ts'
import { answerParent, argumentOf } from './child.ts'

export type CoreCase = { what: 'loop' | 'segment'; feed: CoreFeed } | { what: 'intake'; feed: IntakeFeed }

// One case of the core benchmark, in a process of its own: no case inherits memory or warm code from another.

const one = argumentOf<CoreCase>()
const measure = () => {
  if (one.what === 'intake') return wholeIntake(one.feed)
  return one.what === 'loop' ? holdAndPublish(one.feed, systemClock) : wholeSegment(one.feed, systemClock)
}
answerParent({ measure })
