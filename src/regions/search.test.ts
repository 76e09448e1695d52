import { test } from 'node:test'
import { searchRegions } from './search.ts'
import { fullTestDatabase } from '#test/support/postgres.ts'

test('probe', async () => {
  const { db } = await fullTestDatabase()
  for (const q of (process.env['Q'] ?? 'karanganyar;karanganyer;margahayu bekasi;margahayu bek;33.13;3313;kec. karanganyar kebumen;kota bekasi;bekasi timur;Margahay, Bekasi Timur, Kota Bekasi, Jawa Barat;jawa barat;jabar;sukamaju;su;suk;ka;timur;karang anyar jateng;jakarta selatan;dki;margahayu bekassi;marghayu bekassi;zzzzqqq;bekosi;ba\'u;sukamakmurindh;Karanganyar, Karanganyar, Kabupaten Karanganyar, Jawa Tengah').split(';')) {
    const times: number[] = []
    let rows: any[] = []
    for (let i = 0; i < 5; i++) {
      const b = performance.now()
      rows = await db.asPublic((tx) => searchRegions(tx, q, { limit: 10 }))
      times.push(performance.now() - b)
    }
    console.log(`## ${q}`, times.map((t) => t.toFixed(1)).join(' '))
    for (const r of rows.slice(0, 7)) console.log('   ', r.code, r.kind, r.pathName)
  }
})
