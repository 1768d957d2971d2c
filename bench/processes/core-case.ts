import { systemClock } from '../../aws/system-clock.ts'
import { type CoreFeed, holdAndPublish } from '../core/hold-and-publish.ts'
import { wholeSegment } from '../core/whole-segment.ts'
import { answerParent, argumentOf } from './child.ts'

export interface CoreCase {
  what: 'loop' | 'segment'
  feed: CoreFeed
}

// One case of the core benchmark, in a process of its own: no case inherits memory or warm code from another.

const { what, feed } = argumentOf<CoreCase>()
const measure = what === 'loop' ? holdAndPublish : wholeSegment
answerParent({ measure: () => measure(feed, systemClock) })
