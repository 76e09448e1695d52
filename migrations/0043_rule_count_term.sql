-- How long a count of a rule that is being written may take.
insert into determination_term (key, valid_from, amount, unit, source) values
  ('rule_count', '2020-01-01', 25, 'seconds', 'batas sendiri: lama paling panjang sebuah hitungan saat menulis aturan');
