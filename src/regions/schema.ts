import { type Static, Type } from 'typebox'

const strict = { additionalProperties: false }
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

export const Tier = Type.Enum(['nation', 'province', 'regency', 'district', 'village'])
export type Tier = Static<typeof Tier>

export const RegionKind = Type.Enum([
  'negara',
  'provinsi',
  'kabupaten',
  'kota',
  'kecamatan',
  'distrik',
  'kelurahan',
  'desa',
  'desa_adat',
])
export type RegionKind = Static<typeof RegionKind>

export const RegionCode = Type.String({
  pattern: '^[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{4})?)?)?$',
  description: "Code of the Ministry of Home Affairs with dots; '00' is the nation",
})

/** A region in a list: enough to tell it from its namesakes. */
export const RegionRef = Type.Object(
  {
    code: RegionCode,
    name: Type.String(),
    kind: RegionKind,
    tier: Tier,
    pathName: Type.String({ description: 'Margahayu, Bekasi Timur, Kota Bekasi, Jawa Barat' }),
  },
  strict,
)
export type RegionRef = Static<typeof RegionRef>

export const Region = Type.Object(
  {
    ...RegionRef.properties,
    timeZone: Type.Enum(['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura']),
    path: Type.Array(RegionRef, { description: 'The regions above, the nation first' }),
    children: Type.Array(Type.Object({ kind: RegionKind, count: Type.Integer() }, strict), {
      description: 'How many regions of each kind lie directly beneath',
    }),
  },
  strict,
)
export type Region = Static<typeof Region>

const MapPoint = Type.Object({ code: RegionCode, name: Type.String(), lat: Type.Number(), lon: Type.Number() }, strict)

export const RegionMap = Type.Object(
  {
    focus: nullable(
      Type.Object(
        { ...MapPoint.properties, isOwn: Type.Boolean({ description: 'False: the point of a region above it' }) },
        strict,
      ),
    ),
    box: Type.Array(Type.Number(), { description: 'West, south, east, north in degrees', minItems: 4, maxItems: 4 }),
    land: Type.Array(Type.Array(Type.Number()), { description: 'Rings: longitude and latitude in turn' }),
    places: Type.Array(MapPoint),
  },
  { ...strict, description: 'Places: GeoNames, CC BY 4.0. Land: Natural Earth.' },
)
export type RegionMap = Static<typeof RegionMap>

export const agencies = [
  'social',
  'health',
  'education',
  'civil_registry',
  'health_insurance',
  'housing',
  'manpower',
  'women_children',
] as const
export const Agency = Type.Enum([...agencies])
export type Agency = Static<typeof Agency>

/** Where an office can be reached. Sent as a whole; null takes a part away. */
export const OfficeContact = Type.Object(
  {
    name: Type.String({ minLength: 3, maxLength: 160, pattern: '\\S' }),
    address: nullable(Type.String({ minLength: 1, maxLength: 300, pattern: '\\S' })),
    phone: nullable(Type.String({ pattern: '^[+]?[0-9 ()./-]{4,30}$' })),
    email: nullable(Type.String({ format: 'email', maxLength: 120 })),
  },
  strict,
)
export type OfficeContact = Static<typeof OfficeContact>

export const Office = Type.Object(
  {
    id: Type.String({ description: "Region and agency: '32.75.05.1003/social'" }),
    regionCode: RegionCode,
    agency: Agency,
    tier: Tier,
    name: Type.String(),
    address: nullable(Type.String()),
    phone: nullable(Type.String()),
    email: nullable(Type.String()),
    staffed: Type.Boolean({ description: 'Somebody can act for it today' }),
  },
  strict,
)
export type Office = Static<typeof Office>

/** One social office on the way from a village up to the nation. */
export const OfficeLink = Type.Object(
  { id: Type.String(), name: Type.String(), tier: Tier, regionCode: RegionCode, staffed: Type.Boolean() },
  strict,
)
export type OfficeLink = Static<typeof OfficeLink>

export const DayText = Type.String({ format: 'date' })
const Clock = Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'HH:MM' })

export const HolidayKind = Type.Enum(['national', 'collective_leave', 'regional'])
export type HolidayKind = Static<typeof HolidayKind>

const holidayName = Type.String({ minLength: 1, maxLength: 120, pattern: '\\S' })

export const NewHoliday = Type.Object(
  { regionCode: RegionCode, day: DayText, name: holidayName, kind: HolidayKind },
  strict,
)
export type NewHoliday = Static<typeof NewHoliday>

export const HolidayChange = Type.Object({ name: holidayName, kind: HolidayKind }, strict)
export type HolidayChange = Static<typeof HolidayChange>

/** What the reader may do with a row. */
const Can = Type.Object({ change: Type.Boolean() }, strict)

export const Holiday = Type.Object(
  { regionCode: RegionCode, regionName: Type.String(), day: DayText, name: Type.String(), kind: HolidayKind, can: Can },
  strict,
)
export type Holiday = Static<typeof Holiday>

export const WorkingWeekChange = Type.Object(
  {
    weekdays: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
      minItems: 1,
      maxItems: 7,
      uniqueItems: true,
      description: '1 Monday … 7 Sunday',
    }),
    opens: Clock,
    closes: Clock,
  },
  strict,
)
export type WorkingWeekChange = Static<typeof WorkingWeekChange>

export const WorkingWeek = Type.Object(
  { regionCode: RegionCode, regionName: Type.String(), validFrom: DayText, ...WorkingWeekChange.properties, can: Can },
  strict,
)
export type WorkingWeek = Static<typeof WorkingWeek>
