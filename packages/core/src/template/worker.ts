import { Instance, InstanceDied } from "./instance.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

/** The worker's end of the line to the engine. */
export interface WorkerPort {
  send(message: FromWorker, transfer: readonly ArrayBuffer[]): void;
  onMessage(listener: (message: ToWorker) => void): void;
}

/** Owns an instance of the module and renders with it what it is told, until it is ended from outside. */
export function serve(port: WorkerPort): void {
  let instance: Instance | undefined;
  port.onMessage((message) => {
    try {
      if (message.kind === "start") {
        instance = new Instance(message.module);
        port.send({ kind: "ready" }, []);
      } else if (instance !== undefined) {
        renderAll(instance, message, port);
      }
    } catch (error) {
      if (!(error instanceof InstanceDied)) throw error;
      port.send({ kind: "died", cause: error.causeOfDeath }, []);
    }
  });
}

function renderAll(instance: Instance, job: Extract<ToWorker, { kind: "render" }>, port: WorkerPort): void {
  let { outputLimit } = job;
  instance.load(job.items);
  for (const template of job.templates) {
    const rendered = instance.render(template, outputLimit);
    if (rendered.status !== "ok") {
      port.send({ kind: "rendered", rendered }, []);
      break;
    }
    outputLimit -= rendered.output.length;
    port.send({ kind: "rendered", rendered }, [rendered.output.buffer]);
  }
  instance.forget();
  port.send({ kind: "done", memory: instance.memory }, []);
}
