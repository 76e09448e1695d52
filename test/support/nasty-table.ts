/** A list of families with every fault people send: read what each row is about beside it in src/people/imports/imports.test.ts. */
export const nasty = [
  'DAFTAR KELUARGA KOTA BEKASI;;;;;;;;;;',
  'No KK;NIK;Nama;Hubungan;JK;Tgl Lahir;Kelurahan;Kecamatan;Desil;Disabilitas;PKH;Periode PKH',
  '3275010101019001;3275011708859001;Siti Aminah;Kepala Keluarga;P;17/08/1985;Margahayu;Bekasi Timur;2;;YA;2026',
  '3275010101019001;9971011002129002;Budi;Anak;L;10/02/2012;Margahayu;Bekasi Timur;2,0;Netra;TIDAK;',
  '3275010101019001;9971011002129002;Budi;Anak;L;10/02/2012;Margahayu;Bekasi Timur;2;;;',
  '3275010101019002;3,27501E+15;Angka Hilang;Kepala Keluarga;L;01/02/1970;Margahayu;Bekasi Timur;3;;;',
  '3275010101019003;99750101;Kurang Angka;Kepala Keluarga;L;01/02/1970;Margahayu;Bekasi Timur;3;;;',
  ';9975010102709004;Tanpa Keluarga;Kepala Keluarga;L;01/02/1970;Margahayu;Bekasi Timur;3;;;',
  '3275010101019005;9975010102709005;;Kepala Keluarga;L;01/02/1970;Margahayu;Bekasi Timur;3;;;',
  '3275010101019006;9975010102709006;Tempat Asing;Kepala Keluarga;L;01/02/1970;Antah;Berantah;3;;;',
  '3275010101019007;9975010102709007;Luar Wilayah;Kepala Keluarga;L;01/02/1970;Bejen;Karanganyar;3;;;',
  '3275010101019008;9975010102709008;Salah Tanggal;Kepala Keluarga;L;31/02/1970;Margahayu;Bekasi Timur;3;;;',
  '3275010101019009;9975010102709009;Desil Sebelas;Kepala Keluarga;L;01/02/1970;Margahayu;Bekasi Timur;11;;;',
  '3275010101019010;;=cmd|calc;Kepala Keluarga;X;01/02/1970;KEL. MARGAHAYU;Kec. Bekasi Timur;3;entah;mungkin;',
].join('\r\n')
