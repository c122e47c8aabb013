const AT_A_TIME = 16;

/** Does something with each of many, some at a time; the results are in the order of the many. */
export async function concurrently<T, R>(
  many: readonly T[],
  action: (one: T, index: number) => Promise<R>,
  atATime = AT_A_TIME,
): Promise<readonly R[]> {
  const results: R[] = [];
  const entries = many.entries();
  const worker = async () => {
    for (const [index, one] of entries) results[index] = await action(one, index);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return results;
}
