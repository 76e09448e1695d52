/** Whether the page works by itself yet: a form without an address, sent before that, would put what was typed into the address and lose it. */
export function whenReady(): { readonly now: boolean } {
  let now = $state(false)
  $effect(() => {
    now = true
  })
  return {
    get now() {
      return now
    },
  }
}
