export interface Signature {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly result: string;
}

/**
 * Functions by the types of their parameters and result. Left out are those whose value is new each time or depends on
 * the order of a map, and those that make keys. A parameter of type small, layout ... is one of a few literals, which
 * keep the work small.
 */
const LIST = `
abbrev: width string -> string
abbrevboth: width width string -> string
add: int int int -> int
add1: int -> int
add1f: float -> float
addf: float float -> float
adler32sum: string -> string
all: any any -> bool
any: any any -> bool
and: any any -> any
append: list any -> list
atoi: string -> int
b32dec: string -> string
b32enc: string -> string
b64dec: string -> string
b64enc: string -> string
base: string -> string
camelcase: string -> string
cat: any any -> string
ceil: float -> float
chunk: positive list -> list
clean: string -> string
coalesce: any any any -> any
compact: list -> list
concat: list list -> list
contains: string string -> bool
date: layout time -> string
dateInZone: layout time zone -> string
date_modify: duration time -> time
deepCopy: any -> any
deepEqual: any any -> bool
default: any any -> any
dict: key any key any -> dict
dig: key key any dict -> any
dir: string -> string
div: int int -> int
divf: float float -> float
duration: int -> string
durationRound: duration -> string
empty: any -> bool
eq: any any -> bool
ext: string -> string
fail: string -> string
first: list -> any
float64: any -> float
floor: float -> float
fromJson: json -> any
ge: int int -> bool
get: dict key -> any
gt: string string -> bool
has: any list -> bool
hasKey: dict key -> bool
hasPrefix: string string -> bool
hasSuffix: string string -> bool
html: any -> string
htmlDate: time -> string
indent: small string -> string
index: any small -> any
initial: list -> list
initials: string -> string
int: any -> int
int64: any -> int
isAbs: string -> bool
join: string any -> string
js: any -> string
kebabcase: string -> string
kindIs: kind any -> bool
kindOf: any -> string
last: list -> any
le: float float -> bool
len: any -> int
list: any any any -> list
lower: string -> string
lt: int int -> bool
max: int int -> int
maxf: float float -> float
merge: dict dict -> dict
mergeOverwrite: dict dict -> dict
min: int int -> int
minf: float float -> float
mod: int int -> int
mul: int int -> int
mulf: float float -> float
mustDateModify: duration time -> time
mustFromJson: json -> any
mustRegexFindAll: pattern string small -> list
mustRegexReplaceAll: pattern string string -> string
mustToDate: layout string -> time
mustToJson: any -> string
ne: any any -> bool
nindent: small string -> string
nospace: string -> string
not: any -> bool
omit: dict key key -> dict
or: any any -> any
osBase: string -> string
osClean: string -> string
pick: dict key -> dict
pluck: key dict dict -> list
plural: string string width -> string
prepend: list any -> list
print: any any any -> string
printf: format any any -> string
println: any -> string
quote: any any -> string
regexFind: pattern string -> string
regexFindAll: pattern string small -> list
regexMatch: pattern string -> bool
regexQuoteMeta: string -> string
regexReplaceAll: pattern string string -> string
regexReplaceAllLiteral: pattern string string -> string
regexSplit: pattern string small -> list
repeat: positive string -> string
replace: string string string -> string
rest: list -> list
reverse: list -> list
round: float small -> float
semver: version -> semver
semverCompare: constraint version -> bool
seq: small small -> string
set: dict key any -> dict
sha1sum: string -> string
sha256sum: string -> string
sha512sum: string -> string
slice: list small small -> list
snakecase: string -> string
sortAlpha: any -> list
split: string string -> dict
splitList: string string -> list
splitn: string small string -> dict
squote: any -> string
sub: int int -> int
subf: float float -> float
substr: small small string -> string
swapcase: string -> string
ternary: any any bool -> any
title: string -> string
toDate: layout string -> time
toDecimal: any -> int
toJson: any -> string
toPrettyJson: any -> string
toRawJson: any -> string
toString: any -> string
toStrings: any -> list
trim: string -> string
trimAll: string string -> string
trimPrefix: string string -> string
trimSuffix: string string -> string
trunc: width string -> string
typeIs: kind any -> bool
typeOf: any -> string
uniq: list -> list
unixEpoch: time -> string
unset: dict key -> dict
until: positive -> list
untilStep: small small small -> list
untitle: string -> string
upper: string -> string
urlJoin: dict -> string
urlParse: url -> dict
urlquery: any any -> string
without: list any -> list
wrap: width string -> string
wrapWith: width string string -> string
`;

/** In the order of the list. */
export const SIGNATURES: readonly Signature[] = LIST.trim().split("\n").map(readSignature);

function readSignature(line: string): Signature {
  const [name = "", types = ""] = line.split(": ");
  const [parameters = "", result = ""] = types.split(" -> ");
  return { name, parameters: parameters.split(" "), result };
}
