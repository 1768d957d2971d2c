import type { Server } from 'node:http'
import { expect } from 'chai'
import { listen, serve } from '../../../local/endpoint/endpoint.ts'
import { type FrontPage, frontPage } from '../../../local/endpoint/front-page.ts'

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:in'

describe('the front page of the local stack', () => {
  let server: Server
  let endpoint: string
  let page: FrontPage
  beforeEach(async () => {
    const started = await listen(0)
    server = started.server
    endpoint = started.endpoint
    page = frontPage(endpoint, '1.2.3')
    serve(server, undefined, page)
  })
  afterEach(() => {
    server.closeAllConnections()
    server.close()
  })

  const get = (path: string, accept = '*/*') => fetch(`${endpoint}${path}`, { headers: { accept } })

  for (const path of ['/', '/health', '/health?now']) {
    it(`answers 503 at ${path} while the stack starts, with what it is doing`, async () => {
      page.starting('opening the stores')
      const answer = await get(path)
      expect(answer.status).to.equal(503)
      expect(answer.headers.get('retry-after')).to.equal('1')
      expect(await answer.text()).to.contain('starting (opening the stores)')
    })

    it(`answers 200 at ${path} once it is ready`, async () => {
      page.starting('opening the stores')
      page.ready({ inputTopicArn: TOPIC })
      const answer = await get(path)
      expect(answer.status).to.equal(200)
      expect(answer.headers.get('retry-after')).to.equal(null)
      expect(await answer.text())
        .to.contain('1.2.3')
        .and.contain(`inputTopicArn  ${TOPIC}`)
        .and.contain(`export AWS_ENDPOINT_URL=${endpoint}\n`)
        .and.not.contain('opening')
    })
  }

  it('is text to who asks for anything, as curl and browsers do, and JSON to who asks for that', async () => {
    page.ready({ inputTopicArn: TOPIC })
    for (const accept of ['*/*', 'text/html,application/xhtml+xml,*/*;q=0.8'])
      expect((await get('/', accept)).headers.get('content-type')).to.equal('text/plain; charset=utf-8')
    const answer = await get('/', 'application/json')
    expect(answer.headers.get('content-type')).to.equal('application/json')
    expect(await answer.json()).to.deep.equal({
      status: 'ready',
      version: '1.2.3',
      endpoint,
      outputs: { inputTopicArn: TOPIC },
      links: { home: `${endpoint}/`, health: `${endpoint}/health`, console: `${endpoint}/console` },
    })
  })

  it('answers HEAD without a body', async () => {
    page.ready({})
    const answer = await fetch(`${endpoint}/health`, { method: 'HEAD' })
    expect(answer.status).to.equal(200)
    expect(await answer.text()).to.equal('')
  })

  it('has no other pages, and none for other methods', async () => {
    page.ready({})
    expect((await get('/favicon.ico')).status).to.equal(403)
    expect((await fetch(endpoint, { method: 'POST' })).status).to.equal(403)
  })
})
