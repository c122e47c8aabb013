import { printable } from "@sealwright/core";
import { type Cluster, type ClusterRequest, clusterError, withCluster } from "../cluster/cluster.ts";
import { followStates, listStates, type States } from "../cluster/follow-states.ts";
import { type Resource, sealedSecretsIn } from "../cluster/resource.ts";
import type { SealedSecretState } from "../cluster/sealed-secret-state.ts";
import type { Io } from "../io.ts";
import { contextNamespace, DEFAULT_NAMESPACE } from "../kube-namespace.ts";
import { jsonText, type ListFormat } from "../list-format.ts";
import { age, isoSecond } from "../terminal/age.ts";
import { painter } from "../terminal/colour.ts";
import { table } from "../terminal/table.ts";

export interface StatusRequest {
  readonly cluster: ClusterRequest;
  /** Where absent, the context's; null for all of them. */
  readonly namespace: string | null | undefined;
  /** Of labels; empty for all. */
  readonly selector: string;
  readonly format: ListFormat;
  /** Go on, and print anew whenever it changes. */
  readonly watch: boolean;
}

/** Characters of a reason and a message that are shown: a controller writes less, but anybody may write a status. */
const SHOWN_REASON = 40;
const SHOWN_MESSAGE = 1_000;
/** Milliseconds in which changes are gathered before they are printed. */
const GATHERED = 200;
const CLEAR = "\u001b[H\u001b[2J";

/**
 * Prints the SealedSecrets that are not in sync, and why.
 *
 * @throws CommandError `cluster` with `out_of_sync` where there are any
 */
export async function showStatus(request: StatusRequest, io: Io): Promise<void> {
  const { cluster: clusterRequest, namespace: asked, selector } = request;
  const namespace =
    asked === undefined ? ((await contextNamespace(clusterRequest.kubeconfig, io)) ?? DEFAULT_NAMESPACE) : asked;
  const resource = sealedSecretsIn(namespace);
  await withCluster(clusterRequest, io, async (cluster) => {
    if (request.watch) return watch(cluster, resource, request, io);
    const { states } = await listStates(cluster, resource, selector);
    const summary = summaryOf(states);
    await io.stdout.write(textOf(summary, resource, request.format, io));
    const count = summary.others.length;
    if (count > 0) throw clusterError({ code: "out_of_sync", count, of: states.size });
  });
}

interface Summary {
  readonly total: number;
  readonly failed: number;
  /** All that are not in sync, by namespace and name. */
  readonly others: readonly SealedSecretState[];
}

function summaryOf(states: States): Summary {
  const others = [...states.values()].filter(({ sync }) => sync !== "synced").sort(byName);
  return { total: states.size, failed: others.filter(({ sync }) => sync === "failed").length, others };
}

/** By their bytes, as kubectl. */
function byName(a: SealedSecretState, b: SealedSecretState): number {
  const [left, right] = [`${a.namespace}/${a.name}`, `${b.namespace}/${b.name}`];
  return left < right ? -1 : left > right ? 1 : 0;
}

async function watch(cluster: Cluster, resource: Resource, request: StatusRequest, io: Io): Promise<void> {
  const news = new News<States>();
  const following = followStates(cluster, { resource, selector: request.selector }, (states) => news.tell(states), io);
  let printed = "";
  for (;;) {
    const states = await Promise.race([news.next(), following]);
    const summary = summaryOf(states);
    // Ages go by; they alone are no news.
    const said = JSON.stringify(summary);
    if (said !== printed) {
      const text = textOf(summary, resource, request.format, io, request.watch);
      await io.stdout.write(printed === "" || request.format === "json" ? text : anew(text, io));
      printed = said;
    }
    await io.clock.sleep(GATHERED);
  }
}

/** On a terminal in the place of what was there. */
function anew(text: string, { stdout }: Io): string {
  return stdout.isTerminal === true ? CLEAR + text : `\n${text}`;
}

/** The latest of what is told, for one listener; what is told meanwhile is passed over. */
class News<T> {
  #latest: { readonly value: T } | null = null;
  #listener: ((value: T) => void) | null = null;

  tell(value: T): void {
    if (this.#listener === null) this.#latest = { value };
    else this.#listener(value);
    this.#listener = null;
  }

  next(): Promise<T> {
    const latest = this.#latest;
    this.#latest = null;
    if (latest !== null) return Promise.resolve(latest.value);
    return new Promise((resolve) => {
      this.#listener = resolve;
    });
  }
}

function textOf(summary: Summary, resource: Resource, format: ListFormat, io: Io, onOneLine = false): string {
  if (format === "table") return tableOf(summary, resource, io);
  const { total, failed, others } = summary;
  const sealedSecrets = others.map(({ namespace, name, sync, reason, message, since }) => {
    return { namespace, name, state: sync, reason, message, since: isoSecond(since) };
  });
  const json = { total, synced: total - others.length, failed, pending: others.length - failed, sealedSecrets };
  return onOneLine ? `${JSON.stringify(json)}\n` : jsonText(json);
}

function tableOf({ total, failed, others }: Summary, { namespace }: Resource, io: Io): string {
  const place = namespace === null ? "the cluster" : printable(namespace);
  if (total === 0) return `There are no SealedSecrets in ${place}.\n`;
  const now = io.clock.now();
  const pending = others.length - failed;
  const counts = [
    `${total - others.length} in sync`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(pending > 0 ? [`${pending} pending`] : []),
  ];
  const total_ = total === 1 ? "1 SealedSecret" : `${total} SealedSecrets`;
  const summary = `${total_} in ${place}: ${counts.join(", ")}\n`;
  if (others.length === 0) return summary;
  const rows = others.map((state) => rowOf(state, now));
  const paint = painter(io.stdout, io.env);
  const colourOf = (row: number) => (others[row]?.sync === "failed" ? "red" : "yellow");
  const shown = table(
    ["NAMESPACE", "NAME", "REASON", "SINCE", "MESSAGE"],
    rows,
    io.stdout.columns ?? null,
    (text, row, column) => (column === 2 ? paint(text, colourOf(row)) : text),
  );
  return `${shown}\n${summary}`;
}

function rowOf({ namespace, name, sync, reason, message, since }: SealedSecretState, now: Date): readonly string[] {
  const [why, words] =
    sync === "failed" ? [reason || "Failed", message] : ["Pending", "no controller has looked at it as it is now"];
  const shownWhy = printable(why, SHOWN_REASON).replaceAll(" ", "_");
  return [printable(namespace, 63), printable(name, 253), shownWhy, age(since, now), printable(words, SHOWN_MESSAGE)];
}
