const DATE = "([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})";
const CLOCK = "([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?";
const ZONE = "(?:Z|[+-]([0-9]{2}):([0-9]{2}))";
const TIMESTAMP = new RegExp(`^${DATE}(?:[Tt]${CLOCK}${ZONE}| ${CLOCK})?$`);

/** Whether go-yaml would take a text for a timestamp: which matters only where `!!timestamp` says that it is one. */
export function isTimestamp(text: string): boolean {
  const match = TIMESTAMP.exec(text);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, ...clock] = match.slice(1).map((digits) => Number(digits ?? 0));
  const [hour = 0, minute = 0, second = 0, zoneHour = 0, zoneMinute = 0, ...local] = clock;
  return (
    isDate(year, month, day) &&
    isClock(hour, minute, second) &&
    isClock(local[0] ?? 0, local[1] ?? 0, local[2] ?? 0) &&
    zoneHour <= 24 &&
    zoneMinute <= 60
  );
}

function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return day >= 1 && day <= days;
}

function isClock(hour: number, minute: number, second: number): boolean {
  return hour < 24 && minute < 60 && second < 60;
}
