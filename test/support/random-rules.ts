import fc from 'fast-check'
import type { Field } from '#src/programmes/rules/facts.ts'
import type { RuleDefinition } from '#src/programmes/rules/index.ts'

/* Random well-typed rules as text, and what goes wrong when a person types them. */

type Roll = fc.GeneratorValue
/** What a place knows: people and single values of loops. */
type Names = { people: string[]; ints: string[]; texts: string[]; left: number; loops: number }

const pick = <T>(roll: Roll, list: readonly T[]): T => {
  const one = list[roll(fc.nat, { max: list.length - 1 })]
  if (one === undefined) throw new Error('an empty list')
  return one
}
const deeper = (names: Names): Names => ({ ...names, left: names.left - 1 })
let made = 0
const fresh = () => `v${(made++ % 90) + 10}`

const enums: Readonly<Record<string, readonly string[]>> = {
  sex: ['female', 'male'],
  relationship: ['head', 'spouse', 'child', 'parent'],
  maritalStatus: ['single', 'married', 'widowed'],
  schooling: ['none', 'attending', 'left'],
  schoolLevel: ['primary', 'junior', 'senior'],
  'answers.workStatus': ['self', 'casual', 'none'],
  'answers.highestDiploma': ['none', 'sd'],
  'health.nutrition': ['good', 'stunted'],
}
const familyEnums: Readonly<Record<string, readonly string[]>> = {
  'answers.floor': ['earth', 'cement'],
  'answers.electricity': ['none', '450'],
  status: ['active'],
}
const lists: Readonly<Record<string, readonly string[]>> = {
  disabilities: ["'physical'", "'mental'"],
  ppks: ['5', '16', '25', '7'],
  chronicIllnesses: ["'asma'"],
  'health.aid': ["'cane'"],
}
const familyLists: Readonly<Record<string, readonly string[]>> = {
  programmes: ["'PKH'", "'BST'"],
  'answers.assets': ["'car'", "'gold'"],
}
const ages = [-1, 0, 1, 6, 7, 18, 60, 70]
const days = ["'2019-11-22'", "'2024-02-29'", "'2026-11-22'", "'1966-03-01'"]

export function int(roll: Roll, names: Names): string {
  const person = names.people.length > 0 ? pick(roll, names.people) : undefined
  const simple = [
    () => String(roll(fc.integer, { min: -3, max: 90 })),
    () => 'family.decile',
    () => 'size(members)',
    () => `size(family.${pick(roll, Object.keys(familyLists))})`,
    () => 'family.answers.floorArea',
    () => 'family.answers.monthlySpending',
    ...names.ints.map((name) => () => name),
    ...(person === undefined
      ? []
      : [
          () => `${person}.age`,
          () => `${person}.age`,
          () => `${person}.ageMonths`,
          () => `${person}.answers.monthlyIncome`,
          () => `size(${person}.${pick(roll, Object.keys(lists))})`,
        ]),
  ]
  if (names.left <= 0) return pick(roll, simple)()
  const down = deeper(names)
  const compound = [
    () => `${int(roll, down)} + ${int(roll, down)}`,
    () => `(${int(roll, down)} - ${int(roll, down)})`,
    () => `${roll(fc.integer, { min: -3, max: 3 })} * (${int(roll, down)})`,
    () => `(${int(roll, down)}) / ${pick(roll, ['2', '-3', '7'])}`,
    () => `(${int(roll, down)}) % ${pick(roll, ['2', '-3', '7'])}`,
    () => `-(${int(roll, down)})`,
    () => `(${bool(roll, down)} ? ${int(roll, down)} : ${int(roll, down)})`,
    () => `size(${people(roll, down)})`,
    () => `size(${text(roll, down)})`,
    () => `(size(members) > 0 ? ${int(roll, down)} / size(members) : 0)`,
  ]
  return pick(roll, [...simple, ...compound, ...compound])()
}

function text(roll: Roll, names: Names): string {
  const person = names.people.length > 0 ? pick(roll, names.people) : undefined
  const simple = [
    () =>
      pick(
        roll,
        ["'active'", "'primary'", "'a''", "'32.75'", "'é😀'", "''"].map((one) => one.replace("'a''", '"a\'"')),
      ),
    () => pick(roll, ['family.region', 'family.decileSource', 'family.decilePeriod']),
    () => `family.${pick(roll, Object.keys(familyEnums))}`,
    ...names.texts.map((name) => () => name),
    ...(person === undefined ? [] : [() => `${person}.${pick(roll, [...Object.keys(enums), 'work'])}`]),
  ]
  if (names.left <= 0) return pick(roll, simple)()
  const down = deeper(names)
  return pick(roll, [...simple, () => `(${bool(roll, down)} ? ${text(roll, down)} : ${text(roll, down)})`])()
}

function day(roll: Roll, names: Names): string {
  const person = names.people.length > 0 ? pick(roll, names.people) : undefined
  const down = deeper(names)
  return pick(roll, [
    () => pick(roll, days),
    () => 'family.checkedOn',
    ...(person === undefined ? [] : [() => `${person}.birthDate`, () => `${person}.birthDate`]),
    ...(names.left > 0 && person !== undefined
      ? [() => `(${bool(roll, down)} ? ${person}.birthDate : family.checkedOn)`]
      : []),
  ])()
}

/** A list of members. */
function people(roll: Roll, names: Names): string {
  if (names.left <= 0 || names.loops <= 0) return 'members'
  const name = fresh()
  const inner = { ...deeper(names), people: [...names.people, name], loops: names.loops - 1 }
  return pick(roll, [() => 'members', () => `${people(roll, deeper(names))}.filter(${name}, ${bool(roll, inner)})`])()
}

const macro = (roll: Roll) => pick(roll, ['exists', 'all', 'exists_one', 'exists'])
const order = (roll: Roll) => pick(roll, ['==', '!=', '<', '<=', '>', '>='])

export function bool(roll: Roll, names: Names): string {
  const person = names.people.length > 0 ? pick(roll, names.people) : undefined
  const field = (of: Readonly<Record<string, readonly string[]>>, owner: string) => {
    const name = pick(roll, Object.keys(of))
    return `${owner}.${name} ${pick(roll, ['==', '!='])} '${pick(roll, of[name] ?? [])}'`
  }
  const list = (of: Readonly<Record<string, readonly string[]>>, owner: string) => {
    const name = pick(roll, Object.keys(of))
    return `${pick(roll, of[name] ?? [])} in ${owner}.${name}`
  }
  const simple = [
    () => field(familyEnums, 'family'),
    () => list(familyLists, 'family'),
    () => `has(family.${pick(roll, ['decile', 'checkedOn', 'answers.floorArea', 'answers.assets', 'region'])})`,
    () => `family.decile ${order(roll)} ${roll(fc.integer, { min: 0, max: 11 })}`,
    () => `family.region.startsWith('${pick(roll, ['32', '33'])}')`,
    ...(person === undefined
      ? []
      : [
          () => field(enums, person),
          () => field(enums, person),
          () => list(lists, person),
          () => `${person}.age ${order(roll)} ${pick(roll, ages)}`,
          () => `${person}.age ${order(roll)} ${pick(roll, ages)}`,
          () => `${pick(roll, [-1, 0, 1, 12, 83, 84, 720])} ${order(roll)} ${person}.ageMonths`,
          () => `${person}.${pick(roll, ['pregnant', 'isHead', 'isPayee', 'answers.canRead'])}`,
          () =>
            `has(${person}.${pick(roll, ['pregnant', 'age', 'birthDate', 'answers.canRead', 'health.nutrition', 'health.aid', 'isHead'])})`,
        ]),
  ]
  if (names.left <= 0) return pick(roll, simple)()
  const down = deeper(names)
  const compound = [
    () => `${bool(roll, down)} && ${bool(roll, down)}`,
    () => `(${bool(roll, down)} || ${bool(roll, down)})`,
    () => `!(${bool(roll, down)})`,
    () => `(${bool(roll, down)} ? ${bool(roll, down)} : ${bool(roll, down)})`,
    () => `(${bool(roll, down)}) ${pick(roll, ['==', '!='])} (${bool(roll, down)})`,
    () => `${int(roll, down)} ${order(roll)} ${int(roll, down)}`,
    () => `${int(roll, down)} in [${roll(fc.nat, { max: 9 })}, ${int(roll, down)}]`,
    () => `family.checkedOn ${order(roll)} ${day(roll, down)}`,
    ...(person === undefined ? [] : [() => `${day(roll, down)} ${order(roll)} ${person}.birthDate`]),
    () => `${day(roll, down)} in [${day(roll, down)}, ${day(roll, down)}]`,
    () => `${text(roll, down)}.${pick(roll, ['startsWith', 'endsWith', 'contains'])}(${text(roll, down)})`,
    () => `family.decileSource == ${pick(roll, ['family.region', "'BPS'"])}`,
    ...(names.loops > 0 ? [() => loop(roll, down), () => loop(roll, down), () => loop(roll, down)] : []),
  ]
  return pick(roll, [...simple, ...compound, ...compound])()
}

/** A condition that asks about one field, whatever its type; of a person: whether there is one, all are so. */
export function aboutField(roll: Roll, field: Field): string {
  const text = `${field.of === 'family' ? 'family' : 'm'}.${field.name}`
  const quoted = (values?: readonly string[]) => `'${pick(roll, values?.length ? values : ['PKH', 'a', '32'])}'`
  const { type } = field
  const asked = (): string => {
    switch (type.kind) {
      case 'bool':
        return text
      case 'int':
        return `${text} ${order(roll)} ${roll(fc.integer, { min: Math.max(0, type.min), max: Math.min(90, type.max) })}`
      case 'date':
        return `${text} ${order(roll)} ${pick(roll, days)}`
      case 'text':
        return pick(roll, [
          () => `${text} ${pick(roll, ['==', '!='])} ${quoted(type.values)}`,
          () => `${text}.${pick(roll, ['contains', 'startsWith'])}(${quoted(type.values)})`,
        ])()
      case 'list':
        return pick(roll, [
          () => `${type.of.kind === 'int' ? type.of.min : quoted(type.of.values)} in ${text}`,
          () => `size(${text}) ${order(roll)} ${roll(fc.nat, { max: 2 })}`,
        ])()
    }
  }
  const one = pick(roll, [asked, () => `has(${text}) && ${asked()}`, () => `!(${asked()})`])()
  return field.of === 'family' ? one : `members.${macro(roll)}(m, ${one})`
}

function loop(roll: Roll, names: Names): string {
  const name = fresh()
  const loops = names.loops - 1
  const withPerson = { ...names, people: [...names.people, name], loops }
  const person = names.people.length > 0 ? pick(roll, names.people) : undefined
  const inner = fresh()
  return pick(roll, [
    () => `${people(roll, { ...names, loops })}.${macro(roll)}(${name}, ${bool(roll, withPerson)})`,
    () => `members.${macro(roll)}(${name}, ${bool(roll, withPerson)})`,
    () =>
      `members.map(${name}, ${int(roll, withPerson)}).${macro(roll)}(${inner}, ${bool(roll, { ...names, ints: [...names.ints, inner], loops })})`,
    () => `${int(roll, names)} in members.map(${name}, ${bool(roll, withPerson)}, ${int(roll, withPerson)})`,
    () => `${day(roll, names)} in members.map(${name}, ${name}.birthDate)`,
    () => `members.map(${name}, ${bool(roll, withPerson)}).${macro(roll)}(${inner}, ${inner})`,
    () => `size(members.map(${name}, ${name}.age).filter(${inner}, ${inner} > 17)) ${order(roll)} 1`,
    () =>
      `family.${pick(roll, Object.keys(familyLists))}.${macro(roll)}(${inner}, ${bool(roll, { ...names, texts: [...names.texts, inner], loops })})`,
    ...(person === undefined
      ? []
      : [
          () =>
            `${person}.ppks.${macro(roll)}(${inner}, ${bool(roll, { ...names, ints: [...names.ints, inner], loops })})`,
          () =>
            `${person}.${pick(roll, ['disabilities', 'health.aid'])}.${macro(roll)}(${inner}, ${inner}.contains('a'))`,
        ]),
  ])()
}

const none: Names = { people: [], ints: [], texts: [], left: 3, loops: 2 }
const ofPerson: Names = { people: ['m'], ints: [], texts: [], left: 2, loops: 1 }

/** A rule of one to three conditions and some components. */
export function randomRule(roll: Roll): RuleDefinition {
  const some = (most: number) => Array.from({ length: roll(fc.nat, { max: most }) }, (_, index) => index)
  const named = (code: string) => ({ code, name: code, nameEn: code })
  return {
    conditions: [0, ...some(2)].map((_, index) => ({ ...named(`c${index}`), cel: bool(roll, none) })),
    components: some(3).map((index) => {
      const per = pick(roll, ['person', 'person', 'family'] as const)
      const names = per === 'person' ? ofPerson : { ...none, left: 2 }
      const amount = pick(roll, [
        () => '600000',
        () => '0',
        () => `(${bool(roll, { ...names, left: 1 })} ? 75000 : 30000)`,
        () => `100000 + 5000 * size(members)`,
        () => `1000 * family.decile`,
      ])()
      const most = per === 'person' && roll(fc.boolean) ? { most: roll(fc.integer, { min: 1, max: 3 }) } : {}
      return {
        ...named(`p${index}`),
        per,
        when: pick(roll, [() => 'true', () => bool(roll, names)])(),
        amount,
        ...most,
      }
    }),
    limits: roll(fc.boolean) ? { persons: roll(fc.integer, { min: 1, max: 4 }) } : {},
    ranking: some(2).map(() => ({
      cel: pick(roll, [int, text, bool, day])(roll, { ...none, left: 1 }),
      direction: pick(roll, ['asc', 'desc'] as const),
    })),
  }
}

const shreds = ['(', ')', '!', '&&', '||', '.', ' in ', "'", '"', '\\', '0', '-', '9007199254740993', '/ 0', '%', '[0]', '?', ':', 'm', 'm.', 'members', 'family', '.exists(', 'has(', '\u0000', '\ud800', 'null', '1.5', '1u', "b'a'", 'r"', '//', '\n', '😀', '@result', '`a`', '{', '}', '[', ']', ',', 'size', '.matches("(a+)+$")', 'true', 'int(', 'type(', '__proto__', 'constructor'] // prettier-ignore

/** A text as somebody leaves it who was not careful, or means harm. */
export function mangled(roll: Roll, given: string): string {
  let text = given
  for (let times = roll(fc.integer, { min: 1, max: 3 }); times > 0; times--) {
    const at = roll(fc.nat, { max: text.length })
    const to = Math.min(text.length, at + roll(fc.nat, { max: 12 }))
    text = pick(roll, [
      () => text.slice(0, at) + pick(roll, shreds) + text.slice(at),
      () => text.slice(0, at) + text.slice(to),
      () => text.slice(0, at) + pick(roll, shreds) + text.slice(to),
      () => text.slice(0, to) + text.slice(at),
      () => text.replace(/\d+/, String(roll(fc.maxSafeInteger))),
      () => text.replace('members', 'members.filter(q, has(q.age)).map(q, q.age)'),
    ])()
  }
  return text
}
