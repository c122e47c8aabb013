/** What a SealedSecret's template asks for beside its items. */
export type Wish = "plain" | "immutable" | "unowned" | "managed" | "keep" | "recreate";

/** One case: a SealedSecret, and the Secret of its name that is there before it. */
export interface Row {
  readonly wish: Wish;
  /**
   * `absent`: there is none. `same`: its items, labels and annotations are the wanted ones. `more`: those, and more of each. `other`: an
   * item has another value.
   */
  readonly existing: "absent" | "same" | "more" | "other";
  /** The annotations that invite the controller. */
  readonly mark: "none" | "managed" | "patch" | "both" | "keep";
  readonly type: "same" | "other";
  readonly immutable: "no" | "yes";
  /** Who controls it. */
  readonly owner: "ours" | "theirs" | "none";
}

/**
 * What becomes of it. `kept`: not written at all. `replaced`: what the SealedSecret says and nothing else. `merged`: its items, labels
 * and annotations over what is there; `taken over`: merged, and owned from then on. A reason: not written, and the status says so.
 */
export type Result = "kept" | "replaced" | "merged" | "taken over" | "NotManaged" | "TypeChange" | "Immutable";

/** The first line that fits a row says what becomes of it: `*` fits everything. */
const RULES = `
  wish       existing   mark          type   immutable  owner        result
  *          absent     *             *      *          *            replaced

  plain      same       none          same   *          ours         kept
  plain      same,more  patch         same   *          *            kept
  plain      same,more  both          same   *          ours         kept
  unowned    same       none          same   *          none         kept
  managed    same       managed       same   *          ours         kept
  keep       same       keep          same   *          none         kept
  recreate   same       none          same   *          ours         kept

  *          *          none          *      *          none,theirs  NotManaged
  recreate   *          none          other  *          ours         replaced
  recreate   *          none          *      yes        ours         replaced
  *          *          *             other  *          *            TypeChange
  *          other      *             *      yes        *            Immutable
  *          more       none,managed  *      yes        *            Immutable

  *          *          none,managed,keep  *  *         *            replaced
  managed    *          patch         *      *          *            taken over
  *          *          patch         *      *          *            merged
  *          *          both          *      *          *            taken over
`;

/**
 * Where the Go controller ends otherwise, and we mean it. There an existing Secret never becomes immutable, and one that it made without
 * an owner counts as somebody else's from that moment on. What Sealwright has added it does not know.
 */
const OTHERWISE_IN_GO = `
  wish       existing   mark          type   immutable  owner
  unowned    absent     *             *      *          *
  immutable  same       none          same   no         ours
  immutable  other      none          same   no         ours
  immutable  other      managed       same   no         none
  immutable  other      patch         same   no         none
  keep       absent     *             *      *          *
  keep       *          none          *      *          ours
  keep       *          managed,keep  *      *          *
  *          *          keep          *      *          *
  recreate   *          none          other  no         ours
  recreate   other      none          same   yes        ours
  unowned    same       none          same   no         none
`;

const COLUMNS = ["wish", "existing", "mark", "type", "immutable", "owner"] as const;

/** Every row: all Secrets there can be for a plain wish, and for the others those where the wish tells. */
export function reconcileTable(): readonly Row[] {
  const absent = { existing: "absent", mark: "none", type: "same", immutable: "no", owner: "none" } as const;
  const wishes = ["plain", "immutable", "unowned", "managed", "keep", "recreate"] as const;
  const plain = product({
    wish: ["plain"],
    existing: ["same", "more", "other"],
    mark: ["none", "managed", "patch", "both"],
    type: ["same", "other"],
    immutable: ["no", "yes"],
    owner: ["ours", "theirs", "none"],
  });
  const asWished = wishes.slice(1).flatMap((wish): Row[] => {
    // Where an annotation is wished for that is a mark, a Secret without it is not the same.
    const mark = wish === "managed" || wish === "keep" ? wish : "none";
    return [
      { ...absent, wish, existing: "same", mark, owner: "ours" },
      { ...absent, wish, existing: "same", mark },
      { ...absent, wish, existing: "other", owner: "ours" },
      { ...absent, wish, existing: "other" },
      { ...absent, wish, existing: "other", mark: "managed" },
      { ...absent, wish, existing: "other", mark: "patch" },
    ];
  });
  const afterKeeping: readonly Row[] = [
    { ...absent, wish: "plain", existing: "same", mark: "keep" },
    { ...absent, wish: "plain", existing: "other", mark: "keep", owner: "theirs" },
  ];
  const unchangeable = (["ours", "none"] as const).flatMap((owner): Row[] => {
    const mark = owner === "ours" ? "none" : "managed";
    return [
      { ...absent, wish: "recreate", existing: "same", mark, type: "other", owner },
      { ...absent, wish: "recreate", existing: "other", mark, immutable: "yes", owner },
    ];
  });
  return [...wishes.map((wish): Row => ({ ...absent, wish })), ...plain, ...asWished, ...afterKeeping, ...unchangeable];
}

/** The row as a name of an object. */
export function nameOf({ wish, existing, mark, type, immutable, owner }: Row): string {
  return `${wish}-${existing}-${mark}-${type}-${immutable}-${owner}`;
}

/** What we hold becomes of a row. */
export function resultOf(row: Row): Result {
  const line = linesOf(RULES).find((line) => fits(row, line));
  if (line === undefined) throw new Error(`no rule fits ${nameOf(row)}`);
  return line.slice(COLUMNS.length).join(" ") as Result;
}

export function endsOtherwiseInGo(row: Row): boolean {
  return linesOf(OTHERWISE_IN_GO).some((line) => fits(row, line));
}

function linesOf(table: string): readonly (readonly string[])[] {
  const [, ...lines] = table.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => line.trim().split(/\s+/));
}

function fits(row: Row, line: readonly string[]): boolean {
  return COLUMNS.every((column, index) => line[index] === "*" || line[index]?.split(",").includes(row[column]));
}

function product(values: { readonly [Column in keyof Row]: readonly Row[Column][] }): readonly Row[] {
  return COLUMNS.reduce<readonly Partial<Row>[]>(
    (rows, column) => rows.flatMap((row) => values[column].map((value) => ({ ...row, [column]: value }))),
    [{}],
  ) as readonly Row[];
}
