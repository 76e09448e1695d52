import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import fc from 'fast-check'
import writeExcelFile from 'write-excel-file/node'
import { proposeMapping } from './columns.ts'
import { decideOrder, noEvidence, readDay, readPeriod, weigh } from './dates.ts'
import { readKey, readSixteen, readWhole } from './digits.ts'
import { headersHash } from './file/header.ts'
import { NUMBER, shownCell, Unreadable } from './file/row.ts'
import { recogniseTable, tableRows } from './file/table.ts'
import { serialDay } from './file/xlsx.ts'
import { firstSeen } from './seen.ts'

/** The content in pieces of an odd size, as it comes over a slow line. */
const contentOf =
  (bytes: Buffer, piece = 7) =>
  () =>
    Promise.resolve(
      Readable.from(
        Array.from({ length: Math.ceil(bytes.length / piece) }, (_, at) =>
          bytes.subarray(at * piece, (at + 1) * piece),
        ),
      ),
    )

async function read(bytes: Buffer, piece?: number) {
  const content = contentOf(bytes, piece)
  const { form, rows } = await recogniseTable(content, { rows: 1000 })
  const all: { at: number; cells: string[] }[] = []
  for await (const some of tableRows(content, form)) all.push(...some)
  assert.equal(all.length, rows)
  return { form, rows: all, shown: all.map((row) => row.cells.map(shownCell)) }
}
const utf8 = (text: string) => Buffer.from(text, 'utf8')
const refused = (code: string) => (error: unknown) => error instanceof Unreadable && error.code === code

test('delimiters, byte order mark, line endings, quotes, titles, empty and repeated lines', async () => {
  for (const [delimiter, eol] of [
    [',', '\n'],
    [';', '\r\n'],
    ['\t', '\n'],
    ['|', '\r\n'],
    [';', '\r'],
  ] as const) {
    const line = (...cells: string[]) => cells.join(delimiter) + eol
    const text = [
      line('DAFTAR KELUARGA PENERIMA', '', ''),
      eol,
      line('NIK', 'Nama', 'Alamat'),
      line('(1)', '(2)', '(3)'),
      line('3275011708859001', `"Siti ""Ayu""${delimiter} S.Pd"`, `"Jl. Mawar${eol}No. 3"`),
      line('NIK', 'Nama', 'Alamat'),
      line('3275011708859002', 'Ahmad "Mamad" Yani', '  Gg.\u00a0Haji\u200b  Abdul '),
    ].join('')
    const { form, shown } = await read(utf8(`\ufeff${text}`))
    assert.equal(form.kind === 'csv' && form.delimiter, delimiter, JSON.stringify([delimiter, eol]))
    assert.deepEqual(form.headers, ['NIK', 'Nama', 'Alamat'])
    assert.deepEqual(shown, [
      ['3275011708859001', `Siti "Ayu"${delimiter === '\t' ? '' : delimiter} S.Pd`, 'Jl. Mawar No. 3'],
      ['3275011708859002', 'Ahmad "Mamad" Yani', 'Gg. Haji Abdul'],
    ])
  }
})

test('CP1252 and UTF-16 are told from UTF-8, even by the last byte', async () => {
  const text = `NIK;Nama\n${'3275011708859001;Budi\n'.repeat(300)}3275011708859001;Renée\n`
  const last = (rows: string[][]) => rows.at(-1)?.[1]
  assert.equal(last((await read(Buffer.from(text, 'latin1'), 997)).shown), 'Renée')
  assert.equal(last((await read(utf8(text), 997)).shown), 'Renée')
  assert.equal(
    last((await read(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]), 997)).shown),
    'Renée',
  )
})

test('however a file is cut into pieces, its rows are the same', async () => {
  const cell = fc.stringMatching(/^[ -~]{0,12}$/)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 40 }),
      async (pairs, piece) => {
        const quoted = pairs.map((pair) => pair.map((one) => `"${one.replaceAll('"', '""')}"`).join(','))
        const bytes = utf8(`NIK,Nama,Alamat\n"x",${quoted.join('\n"x",')}\n`)
        const { rows } = await read(bytes, piece)
        assert.deepEqual(
          rows.map((row) => row.cells.slice(1)),
          pairs,
        )
      },
    ),
    { numRuns: 60 },
  )
})

test('headers under merged cells, twice the same, and the same headers for remembering', async () => {
  const { form } = await read(utf8('No;NIK;Nama;Alamat;;;Nama\n;;;Jalan;RT;RW;\n1;3275011708859001;Siti;Jl. A;1;2;x\n'))
  assert.deepEqual(form.headers, ['No', 'NIK', 'Nama', 'Alamat Jalan', 'Alamat RT', 'Alamat RW', 'Nama (2)'])
  assert.deepEqual(proposeMapping(form.headers), { 1: 'nik', 2: 'name', 3: 'address', 4: 'rt', 5: 'rw' })
  assert.equal(headersHash(['NO. KK', 'Nama']), headersHash(['no kk', 'NAMA ']))
  assert.equal(headersHash(['No KK', 'Nama', 'Baris asal', 'Alasan']), headersHash(['No KK', 'Nama']))
  assert.notEqual(headersHash(['No KK', 'Nama']), headersHash(['Nama', 'No KK']))
})

test('columns of SIKS are known by name', () => {
  const known = (headers: string) => Object.values(proposeMapping(headers.split(', ')))
  assert.deepEqual(known('id_keluarga, idsemesta, nama, nik, no_kk, hub_kepala_keluarga, pekerjaan_utama'), [
    'familyKey',
    'personKey',
    'name',
    'nik',
    'kk',
    'relationship',
    'work',
  ])
  assert.deepEqual(
    known(
      'nama_kepala_keluarga, alamat, rt, rw, provinsi, kabupaten, kecamatan, kelurahan, id_wilayah, desil_nasional',
    ),
    ['headName', 'address', 'rt', 'rw', 'province', 'regency', 'district', 'village', 'villageCode', 'decile'],
  )
  assert.deepEqual(
    known(
      'desa_kelurahan, NOKK, masih_hidup_label, keterangan_disabilitas, isAktifHamil, PKH, periode_PKH, BPNT, periode_BPNT',
    ),
    [
      'village',
      'kk',
      'alive',
      'disability',
      'pregnant',
      'assistance:PKH',
      'period:PKH',
      'assistance:SEMBAKO',
      'period:SEMBAKO',
    ],
  )
})

test('what is no table is refused with a reason', async () => {
  await assert.rejects(read(utf8('')), refused('no_rows'))
  await assert.rejects(read(utf8('NIK;Nama\n')), refused('no_rows'))
  await assert.rejects(read(utf8('1;2;3\n4;5;6\n')), refused('no_header'))
  await assert.rejects(read(utf8('<!DOCTYPE html><html></html>')), refused('not_a_table'))
  await assert.rejects(read(Buffer.from('d0cf11e0a1b11ae1', 'hex')), refused('old_excel'))
  await assert.rejects(read(Buffer.from('PK\u0003\u0004 and nothing else', 'latin1')), refused('not_a_table'))
  await assert.rejects(read(Buffer.from([1, 0, 2, 0, 0, 3])), refused('not_a_table'))
  await assert.rejects(read(utf8(`NIK;Nama\n1;"never closed ${'x'.repeat(30_000)}`), 4096), refused('quote_open'))
  await assert.rejects(read(utf8(`NIK;Nama\n${'1;a\n'.repeat(1001)}`), 4096), refused('too_many_rows'))
})

test('a workbook: text, numbers, dates, title rows, columns left out', async () => {
  const book = await writeExcelFile([
    {
      sheet: 'Data',
      data: [
        [{ value: 'Daftar keluarga', type: String }],
        [],
        ['NIK', 'Nama', null, 'Tanggal Lahir', 'RT'].map((value) => (value === null ? null : { value, type: String })),
        [
          { value: '9171011708859001', type: String },
          { value: 'Yohana & <Maria>', type: String },
          null,
          { value: new Date(Date.UTC(1985, 7, 17)), type: Date, format: 'dd/mm/yyyy' },
          { value: 7, type: Number },
        ],
        [
          { value: 3275011708859000, type: Number },
          { value: '=1+1', type: String },
        ],
      ],
    },
  ]).toBuffer()
  const { form, rows, shown } = await read(book, 1000)
  assert.equal(form.sheetName, 'Data')
  assert.deepEqual(form.headers, ['NIK', 'Nama', 'Kolom C', 'Tanggal Lahir', 'RT'])
  assert.deepEqual(shown[0], ['9171011708859001', 'Yohana & <Maria>', '', '1985-08-17', '7'])
  assert.deepEqual(readSixteen(rows[1]?.cells[0] ?? ''), { fault: 'lost' })
  const damaged = Buffer.from(book)
  damaged.fill(7, Math.floor(book.length * 0.2), Math.floor(book.length * 0.6))
  await assert.rejects(read(damaged, 1000), (error) => error instanceof Unreadable)
})

test('a number of sixteen digits is whole or named as lost, never guessed', () => {
  const whole = (cell: string) => assert.deepEqual(readSixteen(cell), { digits: '3275011708859001' }, cell)
  for (const cell of [
    '3275011708859001',
    "'3275011708859001",
    '3275 0117 0885 9001',
    '3275.0117.0885.9001',
    `${NUMBER}3275011708859001`,
    '3275011708859001.0',
  ])
    whole(cell)
  assert.deepEqual(readSixteen('9603011708859001'), { digits: '9603011708859001' })
  for (const cell of [
    '3.27501E+15',
    '3,27501E+15',
    '3.275e15',
    `${NUMBER}3.27501170885900E+15`,
    `${NUMBER}3275011708859000`,
    '9603011708859002.0',
  ])
    assert.deepEqual(readSixteen(cell), { fault: 'lost' }, cell)
  assert.deepEqual(readSixteen('3275011708859000'), { digits: '3275011708859000' })
  assert.deepEqual(readSixteen('3275011708859000', true), { fault: 'lost' })
  for (const cell of ['327501170885900', '32750117088590011', 'NIK', '3275O11708859001'])
    assert.deepEqual(readSixteen(cell), { fault: 'length' }, cell)
  for (const cell of ['', '-', '0', '0000000000000000', 'tidak ada', 'NULL'])
    assert.equal(readSixteen(cell), null, cell)
  assert.deepEqual(readKey('1.2E+17'), { fault: 'lost' })
  assert.deepEqual(readKey('ab-001'), { key: 'AB-001' })
  fc.assert(
    fc.property(fc.stringMatching(/^[1-9][0-9]{15}$/), (digits) => {
      assert.deepEqual(readSixteen(digits), { digits })
    }),
  )
  assert.deepEqual(['3', '3,0', '3.00', 'Desil 3', '3,5', 'tiga'].map(readWhole), [3, 3, 3, 3, null, null])
})

test('the order of day and month is what the column shows, by its values or by the NIK beside them', () => {
  const shown = (...cells: [string, string?][]) => {
    const evidence = noEvidence()
    for (const [cell, nik] of cells) weigh(evidence, cell, nik ?? null)
    return decideOrder(evidence)
  }
  assert.equal(shown(['17/08/1985'], ['05/06/1990']), 'dmy')
  assert.equal(shown(['08/17/1985'], ['05/06/1990']), 'mdy')
  assert.equal(shown(['05/06/1990']), null)
  assert.equal(shown(['05/06/1990', '3275010506909001']), 'dmy')
  assert.equal(shown(['05/06/1990', '3275014605909001']), 'mdy')
  assert.equal(shown(['17/08/1985'], ['08/17/1985']), null)
  assert.equal(shown(['1990-06-05'], ['5 Juni 1990']), 'dmy')
})

test('days', () => {
  const on = (cell: string, order: 'dmy' | 'mdy' = 'dmy') => readDay(cell, order, '2026-11-20')
  for (const cell of [
    '17/08/1985',
    '17-8-1985',
    '17.08.1985',
    '17 Agustus 1985',
    '17-Agt-85',
    '1985-08-17',
    '19850817',
    'Bekasi, 17 Agustus 1985',
    '31276',
    `${NUMBER}31276`,
  ])
    assert.deepEqual(on(cell), { day: '1985-08-17' }, cell)
  assert.deepEqual(on('08/17/1985', 'mdy'), { day: '1985-08-17' })
  assert.deepEqual(on('08/17/1985'), { fault: 'unclear' })
  assert.deepEqual(on('31/02/1985'), { fault: 'impossible' })
  assert.deepEqual(on('01/01/2030'), { fault: 'future' })
  assert.deepEqual(on('01/01/15'), { fault: 'unclear' })
  assert.deepEqual(on('entah'), { fault: 'unclear' })
  assert.equal(serialDay(60), '1900-02-28')
  assert.equal(serialDay(61), '1900-03-01')
  assert.equal(serialDay(0, true), '1904-01-01')
  assert.deepEqual(readPeriod('JAN-MAR 2026'), { from: '2026-01-01', to: '2026-03-31' })
  assert.deepEqual(readPeriod('TW3 2026'), { from: '2026-07-01', to: '2026-09-30' })
  assert.deepEqual(readPeriod('2026-02'), { from: '2026-02-01', to: '2026-02-28' })
  assert.equal(readPeriod('kemarin'), null)
})

test('first rows of keys are remembered exactly, whatever their number', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.stringMatching(/^[1-9][0-9]{15}$/), fc.string({ maxLength: 20 })), { maxLength: 3000 }),
      (keys) => {
        const seen = firstSeen()
        const known = new Map<string, number>()
        for (const [row, key] of keys.entries()) {
          assert.equal(seen.put(key, row + 1), known.get(key))
          if (!known.has(key)) known.set(key, row + 1)
        }
      },
    ),
    { numRuns: 20 },
  )
  const near = firstSeen()
  assert.equal(near.put('9671011708859001', 1), undefined)
  assert.equal(near.put('9671011708859002', 2), undefined)
  assert.equal(near.put('9671011708859001', 3), 1)
})
