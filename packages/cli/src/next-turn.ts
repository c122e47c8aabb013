/** Lets whoever waits for the thread have it first: a signal, most of all. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
