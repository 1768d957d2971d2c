import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { type DynamoDBInMemory, type Request, requestName } from '../memory/dynamodb.ts'
import { eventsInMemory } from '../memory/events-table.ts'
import type { World } from './world.ts'

/** What goes wrong at a call: it is not carried out; or it is, and only the answer is lost, whereupon the SDK may repeat it. */
export const FAULTS = ['is refused', 'loses its answer', 'is repeated by the SDK'] as const
export type Fault = (typeof FAULTS)[number]

/** Stands before or behind each call of AWS. `call` carries it out. */
type Around = <T>(name: string, call: () => Promise<T>) => Promise<T>

/** The same world, of whose requests to the table, runners and express lane one goes wrong: call `at` (from 1). */
export function failingAt(world: World, at: number, fault: Fault): World & { calls(): number } {
  let calls = 0
  const around: Around = async (name, call) => {
    if (++calls !== at) return call()
    if (fault !== 'is refused') await call()
    if (fault === 'is repeated by the SDK') return call()
    throw new Error(`call ${at}, ${name}, ${fault}`)
  }
  return { ...surrounded(world, around), calls: () => calls }
}

/**
 * The same world, for a process that is killed before call `at` (from 1): from then on nothing it does has an effect,
 * and none of its waits ends. Publishes count as calls.
 */
export function dyingAt(world: World, at: number): World & { calls(): number; died: Promise<void> } {
  let calls = 0
  let die = () => {}
  const died = new Promise<void>((resolve) => (die = resolve))
  const never = new Promise<never>(() => {})
  const around: Around = (_, call) => {
    if (++calls < at) return call()
    die()
    return never
  }
  const sleep: World['clock']['sleep'] = async (ms, signal) => {
    await world.clock.sleep(ms, signal)
    if (calls >= at) await never
  }
  const { publish, notify } = world.topics
  const topics: World['topics'] = {
    ...world.topics,
    publish: (target, events) => around('publish', () => publish(target, events)),
    notify: (topic, message) => around('notify', () => notify(topic, message)),
  }
  const mortal = surrounded({ ...world, clock: { ...world.clock, sleep } }, around)
  return { ...mortal, topics, calls: () => calls, died }
}

/**
 * The same world, for a function that can stand still, as if its machine were suspended, and go on: meanwhile none of its
 * calls begins or comes back, and none of its waits ends. Its clock shows the true time, as those of machines do.
 */
export function freezing(world: World): World & { freeze(): void; thaw(): void } {
  let thawed = Promise.resolve()
  let thaw = () => {}
  const around: Around = async (_, call) => {
    await thawed
    return call().finally(() => thawed)
  }
  const sleep: World['clock']['sleep'] = async (ms, signal) => {
    await world.clock.sleep(ms, signal)
    await thawed
  }
  const { publish, notify } = world.topics
  const topics: World['topics'] = {
    ...world.topics,
    publish: (target, events) => around('publish', () => publish(target, events)),
    notify: (topic, message) => around('notify', () => notify(topic, message)),
  }
  return {
    ...surrounded({ ...world, clock: { ...world.clock, sleep } }, around),
    topics,
    freeze(): void {
      thawed = new Promise((resolve) => (thaw = resolve))
    },
    thaw: () => thaw(),
  }
}

/** The same world, for a request that finds every lease lapsed, though who has taken it may still be at it. */
export function leasesLapsed(world: World): World {
  return { ...world, table: { ...world.table, takeLease: async () => [], giveLeaseBack: async () => true } }
}

/** The same world, with something around every request to the table, and every start of a runner or an express execution. */
export function surrounded(world: World, around: Around): World {
  const { clock, random, runners, express } = world
  const dynamodb = requestsThrough(world.dynamodb, around)
  return {
    ...world,
    dynamodb,
    table: eventsInMemory({ clock, random, dynamodb }),
    runners: { ...runners, start: (name, input) => around('start', () => runners.start(name, input)) },
    express: { ...express, deliver: (wakeAt, events) => around('deliver', () => express.deliver(wakeAt, events)) },
  }
}

/** The same table, with something around each request to it. */
export function requestsThrough(dynamodb: DynamoDBInMemory, around: Around): DynamoDBInMemory {
  const send = (command: Request) => around(requestName(command), () => dynamodb.client.send(command as never))
  return { ...dynamodb, client: { send: send as DynamoDBDocumentClient['send'] } }
}
