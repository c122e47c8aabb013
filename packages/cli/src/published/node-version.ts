/** What package.json asks for, of which package managers only warn. */
const OLDEST = [22, 19] as const;

/** What to tell somebody whose Node is too old; null where it is not. @param version such as `22.19.0` */
export function complaintAbout(version: string): string | null {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return null;
  return `error: this is Node ${version}, and ${OLDEST.join(".")} or newer is needed\n`;
}
