import { createRequire } from 'node:module'
import { expect } from 'chai'
import sinon from 'sinon'
import { type Parser, parseOnce } from '../../local/dynalite-expressions.ts'

const parserOf = () => {
  const { parse } = createRequire(import.meta.url)('dynalite/db/conditionParser') as Parser
  const spy = sinon.spy(parse)
  const parser = { parse: spy as Parser['parse'] }
  parseOnce(parser)
  return { parser, spy }
}
const allIn = (named: object): Record<string, boolean> =>
  Object.fromEntries(Object.keys(named).map((name) => [name, true]))
const contextOf = (attrNames: Record<string, string>, attrVals?: object) => ({
  attrNames,
  ...(attrVals && { attrVals: attrVals as Record<string, Record<string, unknown>> }),
  unusedAttrNames: allIn(attrNames),
  unusedAttrVals: allIn(attrVals ?? {}),
  isReserved: () => false,
})
const isMore = (_: string, one: { N: string }, other: { N: string }) => Number(one.N) > Number(other.N)

describe('a condition that dynalite is given', () => {
  const CONDITION = 'attribute_not_exists(#sk)'

  it('is parsed once if it has no values, and means the same whenever it comes again', () => {
    const { parser, spy } = parserOf()
    const parsed = [1, 2, 3].map(() => parser.parse(CONDITION, { context: contextOf({ '#sk': 'sk' }) }))
    expect(spy.callCount).to.equal(1)
    expect(parsed[0]).to.have.property('expression')
    expect(parsed[2]).to.deep.equal(parsed[0])
  })

  it('is parsed again where its names stand for something else', () => {
    const { parser } = parserOf()
    const [one, other] = ['sk', 'pk'].map((name) => parser.parse(CONDITION, { context: contextOf({ '#sk': name }) }))
    expect(one).to.not.deep.equal(other)
  })

  it('has used its names each time, and no others', () => {
    const { parser } = parserOf()
    for (let i = 0; i < 2; i++) {
      const context = contextOf({ '#sk': 'sk', '#pk': 'pk' })
      parser.parse(CONDITION, { context })
      expect(Object.keys(context.unusedAttrNames)).to.deep.equal(['#pk'])
    }
  })

  it('has used those too that another expression of the first request had used before', () => {
    const { parser } = parserOf()
    parser.parse(CONDITION, { context: { ...contextOf({ '#sk': 'sk' }), unusedAttrNames: {} } })
    const context = contextOf({ '#sk': 'sk' })
    parser.parse(CONDITION, { context })
    expect(context.unusedAttrNames).to.deep.equal({})
  })

  it('is parsed once for all values of the same types, and means those that it is given', () => {
    const { parser, spy } = parserOf()
    const parse = (S: string) => parser.parse('#by = :by', { context: contextOf({ '#by': 'by' }, { ':by': { S } }) })
    for (const S of ['me', 'you', ''])
      expect(parse(S))
        .to.have.property('expression')
        .with.deep.property('args', [['by'], { S }])
    expect(spy.callCount).to.equal(1)
  })

  it('is parsed again where a value is of another type', () => {
    const { parser } = parserOf()
    const parse = (value: object) =>
      parser.parse('begins_with(#by, :by)', { context: contextOf({ '#by': 'by' }, { ':by': value }) })
    parse({ S: '1' })
    expect(parse({ N: '1' })).to.include('operand type: N')
  })

  it('has used its values each time, and no others', () => {
    const { parser } = parserOf()
    for (let i = 0; i < 2; i++) {
      const context = contextOf({ '#by': 'by' }, { ':by': { S: `${i}` }, ':other': { S: '' } })
      parser.parse('#by = :by', { context })
      expect(Object.keys(context.unusedAttrVals)).to.deep.equal([':other'])
    }
  })

  it('is not touched by what becomes of one that was parsed before', () => {
    const { parser } = parserOf()
    const parse = () => parser.parse(CONDITION, { context: contextOf({ '#sk': 'sk' }) }) as { expression?: object }
    delete parse().expression
    expect(parse()).to.have.property('expression')
  })

  for (const [condition, values, wrong] of [
    ['#by between :a and :b', [{ N: '1' }, { N: '2' }], [{ N: '2' }, { N: '1' }]],
    ['attribute_type(#by, :a) and #by = :b', [{ S: 'N' }, { N: '1' }], [{ S: 'X' }, { N: '1' }]],
  ] as const)
    it(`is parsed each time if it depends on its values: ${condition}`, () => {
      const { parser, spy } = parserOf()
      const parse = ([a, b]: readonly object[]) =>
        parser.parse(condition, {
          context: Object.assign(contextOf({ '#by': 'by' }, { ':a': a, ':b': b }), { compare: isMore }),
        })
      parse(values)
      expect(parse(wrong)).to.be.a('string')
      expect(spy.callCount).to.equal(2)
    })

  it('is refused each time if it is wrong', () => {
    const { parser } = parserOf()
    for (let i = 0; i < 2; i++)
      expect(() => parser.parse('attribute_not_exists(', { context: contextOf({}) })).to.throw('Expected')
  })

  it('is forgotten, as others are, when there are too many', () => {
    const { parser, spy } = parserOf()
    for (let i = 0; i < 1_001; i++) parser.parse(CONDITION, { context: contextOf({ '#sk': `sk${i}` }) })
    parser.parse(CONDITION, { context: contextOf({ '#sk': 'sk0' }) })
    expect(spy.callCount).to.equal(1_002)
  })
})
