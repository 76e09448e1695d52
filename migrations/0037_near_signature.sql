-- How near two signatures are taken for one: from the trembling of a hand as it was tried out (signature-mark.test.ts); fewer than 15 in
-- a hundred would leave copies out.
update distribution_term set amount = 20 where key = 'near_signature' and valid_from = '2020-01-01';
