import { redirect } from '@sveltejs/kit'

/** The nation, from where every region is a few links away. */
export const GET = () => redirect(303, '/statistik/00')
