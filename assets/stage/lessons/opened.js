/** A run file by its address below assets/, fetched and parsed; throws an Error if it is not there or is none. */
import { parseRun } from '../runfile.js';

export async function opened(address) {
  const answer = await fetch(new URL(`../../${address}`, import.meta.url));
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return parseRun(await answer.arrayBuffer());
}
