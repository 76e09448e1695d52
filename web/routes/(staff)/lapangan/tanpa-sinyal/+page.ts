/** Given out empty: the service worker keeps it, and lets it stand in for pages that cannot be fetched. */
export const ssr = false
