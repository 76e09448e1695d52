import { totalmem } from 'node:os'

const MB = 1024 * 1024

/**
 * The settings a server of our own starts with, as `-c name=value`.
 *
 * `durable: false` is for tests: nothing is flushed, so a power cut loses the database, and everything is faster.
 */
export function embeddedSettings(options: { port: number; durable: boolean }): string[] {
  const memory = totalmem() / MB
  const within = (low: number, value: number, high: number) => `${Math.round(Math.min(Math.max(low, value), high))}MB`
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(options.port),
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: within(64, memory / 8, 1024),
    effective_cache_size: within(256, memory / 2, 8192),
    work_mem: '16MB',
    maintenance_work_mem: within(64, memory / 16, 256),
    max_wal_size: '2GB',
    // Short queries on solid-state disks: compiling a plan costs more than it saves, and an index page is near.
    jit: 'off',
    random_page_cost: '1.1',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Nothing personal in logs: no statement with its values, no "Key (nik)=(…) already exists".
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_line_prefix: '%m [%p] %u@%d ',
  }
  if (!options.durable) {
    Object.assign(settings, {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '200',
      shared_buffers: '128MB',
    })
  }
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
