-- 0023 let go of the region of a programme, because the programmes of a province are shipped before the regions are loaded. New rows are held
-- to it again from here on; those that were shipped as soon as the regions are there (src/regions/load.ts validates it).
alter table programme add constraint programme_region_code_fkey foreign key (region_code) references region
  deferrable initially deferred not valid;
