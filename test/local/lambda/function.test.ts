import { expect } from 'chai'
import { startFunction } from '../../../local/lambda/function.ts'
import type { FunctionError } from '../../../local/lambda/function-error.ts'
import type { FunctionSpec } from '../../../local/lambda/sandbox.ts'
import { functionOf } from '../support/functions.ts'

describe('a local function', () => {
  const started: { stop(): Promise<void> }[] = []
  const logs: unknown[] = []
  const start = (body: string, more?: Partial<FunctionSpec>) => {
    const local = startFunction(functionOf(body, more), (level, record) => logs.push({ level, ...record }))
    started.push(local)
    return local
  }
  const failureOf = (invocation: Promise<unknown>): Promise<FunctionError> =>
    invocation.then(
      () => expect.fail('the invocation does not fail'),
      (error) => error,
    )

  afterEach(async () => {
    await Promise.all(started.splice(0).map((local) => local.stop()))
    logs.length = 0
  })

  it('answers with what the handler returns, as JSON', async () => {
    const local = start('return { got: event, at: new Date(0), nothing: undefined }')
    expect(await local.invoke({ a: 1 })).to.deep.equal({ got: { a: 1 }, at: '1970-01-01T00:00:00.000Z' })
  })

  it('answers null when the handler returns nothing', async () => {
    expect(await start('').invoke({})).to.equal(null)
  })

  it('fails with the type and the message of what the handler throws', async () => {
    const error = await failureOf(start('throw new TypeError("no good")').invoke({}))
    expect(error.details).to.include({ errorType: 'TypeError', errorMessage: 'no good' })
    expect(error.name).to.equal('TypeError')
  })

  it('sees the variables it declares and none of this process', async () => {
    process.env.NOT_FOR_FUNCTIONS = 'x'
    const local = start('return process.env', { environment: { MINE: '1' } })
    expect(await local.invoke({})).to.deep.equal({ MINE: '1' })
    delete process.env.NOT_FOR_FUNCTIONS
  })

  it('tells the handler how long it has left', async () => {
    const local = start('return [context.getRemainingTimeInMillis(), context.functionName]', { timeoutMs: 3_000 })
    const [left, name] = (await local.invoke({})) as [number, string]
    expect(left).to.be.within(1, 3_000)
    expect(name).to.equal('fn')
  })

  it('handles many invocations at once in one instance', async () => {
    const local = start('calls++; await new Promise((done) => setTimeout(done, 50)); return calls')
    expect(await Promise.all([local.invoke({}), local.invoke({}), local.invoke({})])).to.deep.equal([3, 3, 3])
  })

  it('keeps what exceeds its concurrency waiting', async () => {
    const body = 'const mine = ++calls; await new Promise((done) => setTimeout(done, 20)); return [mine, calls]'
    const local = start(body, { concurrency: 1 })
    expect(await Promise.all([local.invoke({}), local.invoke({})])).to.deep.equal([
      [1, 1],
      [2, 2],
    ])
  })

  it('is killed at its timeout, even in an endless loop, and answers the next invocation', async () => {
    const local = start('if (event.loop) for (;;); return "fine"', { timeoutMs: 300 })
    expect((await failureOf(local.invoke({ loop: true }))).name).to.equal('Sandbox.Timedout')
    expect(await local.invoke({})).to.equal('fine')
  })

  it('has its timeout begin when it is loaded, however long that takes', async () => {
    const { code } = functionOf('return "fine"')
    const slow = `const untilMs = Date.now() + 500; while (Date.now() < untilMs);\n${code}`
    expect(await start('', { code: slow, timeoutMs: 300 }).invoke({})).to.equal('fine')
  })

  it('takes the invocations beside it down when it crashes, and answers the next', async () => {
    const local = start(
      'if (event.crash) setImmediate(() => { throw new Error("bang") }); else if (event.ok) return 1; await new Promise(() => setInterval(() => {}, 1000))',
    )
    const crashes = [failureOf(local.invoke({})), failureOf(local.invoke({ crash: true }))]
    expect((await Promise.all(crashes)).map(({ name }) => name)).to.deep.equal(['Lambda.Unknown', 'Lambda.Unknown'])
    expect(await local.invoke({ ok: true })).to.equal(1)
    expect(logs).to.have.lengthOf(1).and.have.nested.property('[0].message', 'function crashed')
  })

  it('crashes on a rejection nobody awaits', async () => {
    const local = start('Promise.reject(new Error("forgotten")); await new Promise(() => setInterval(() => {}, 1000))')
    expect((await failureOf(local.invoke({}))).message).to.contain('forgotten')
  })

  it('passes on what it logs as records', async () => {
    await start('console.info({ message: "m", error: new Error("e") }); console.warn("plain %s", "text")').invoke({})
    expect(logs).to.have.nested.property('[0].error.message', 'e')
    expect(logs).to.deep.include({ level: 'warn', message: 'plain text' })
  })

  it('keeps metrics to itself', async () => {
    await start('console.log(JSON.stringify({ _aws: {} })); process.stdout.write("{\\"_aws\\":{}}\\n")').invoke({})
    expect(logs).to.deep.equal([])
  })

  it('logs nothing below its log level', async () => {
    const local = start('console.debug({ message: "d" }); console.info({ message: "i" })', {
      environment: { AWS_LAMBDA_LOG_LEVEL: 'INFO' },
    })
    await local.invoke({})
    expect(logs).to.deep.equal([{ level: 'info', message: 'i' }])
  })

  it('says what is wrong with a bundle that does not load', async () => {
    const local = start('', { code: 'throw new Error("broken bundle")' })
    expect((await failureOf(local.warm())).message).to.contain('broken bundle')
  })

  it('finds the packages of the repository', async () => {
    expect(await start('return typeof require("zod").object').invoke({})).to.equal('function')
  })
})
