-- Which process changed a count of tries last: what it wrote itself it need not read again (src/distribution/check/meter.ts).
alter table check_count add column changed_by uuid;
