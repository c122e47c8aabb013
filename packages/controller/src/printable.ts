/** Texts that come from outside: enough of one to recognise it, not enough to flood a status or a log line. */
const SHOWN = 80;

/** The text as a terminal, a status or a log line may show it: on one line, without control characters, cut at 80. */
export function printable(text: string): string {
  const clean = text.replace(/[^\x20-\x7e]/gu, "?");
  return clean.length <= SHOWN ? clean : `${clean.slice(0, SHOWN)}...`;
}
