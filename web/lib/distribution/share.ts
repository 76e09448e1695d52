/** How much of what is to be handed over has been: 0 to 1. What was taken off the list does not count. */
export const shareOf = ({
  total,
  cancelled,
  delivered,
}: {
  total: number
  cancelled: number
  delivered: number
}): number => (total > cancelled ? delivered / (total - cancelled) : 0)
