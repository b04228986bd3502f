import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { applyConnectors } from "../../../lab/connect/applyConnectors";
import type { ConnectorStatus } from "../../../kafka/connectRest";
import { spawnWorker, type Worker } from "../../../lab/connect/workers";
import { workerProperties } from "../../../lab/connect/workerProperties";
import { freePorts } from "../../../lab/process/ports";
import { connectorsOf, type MirrorCase } from "./mirrorCase";
import type { RightsLab } from "./rightsLab";

const HEAP_MEGABYTES = 320;

/** A Connect worker as the target user of one case; it runs the connectors of this and other cases. */
export class RightsWorker {
    private readonly lines: string[] = [];
    private bytesRead = 0;
    private unfinished = "";

    private constructor(
        private readonly lab: RightsLab,
        private readonly worker: Worker,
    ) {}

    /**
     * Starts a worker, and does not wait until it is healthy.
     * @param name of its folder and its log
     */
    static async start(
        lab: RightsLab,
        host: MirrorCase,
        name = `${host.mm2.metadata.name}-worker`,
    ): Promise<RightsWorker> {
        const [restPort = 0] = await freePorts(1);
        const worker = await spawnWorker(
            lab.context,
            {
                name,
                restPort,
                properties: workerProperties(host.mm2, lab.environment, restPort),
                heapMegabytes: HEAP_MEGABYTES,
            },
            { mayEnd: true },
        );
        return new RightsWorker(lab, worker);
    }

    get process() {
        return this.worker.process;
    }

    get rest() {
        return this.worker.rest;
    }

    async untilHealthy(): Promise<void> {
        await this.lab.until(`${this.process.name} is healthy`, () => this.rest.isHealthy());
    }

    /** Creates the connectors of cases, each with its own users. */
    async add(cases: readonly MirrorCase[]): Promise<void> {
        const definitions = cases.flatMap((one) => connectorsOf(this.lab, one));
        await applyConnectors(this.rest, definitions, this.lab.context.supervisor.signal);
    }

    /** Requests the first connector of a case once. @throws if it is not created within 10 s */
    async create(one: MirrorCase): Promise<void> {
        const [definition] = connectorsOf(this.lab, one);
        await this.rest.create(definition!.name, definition!.config, "running");
    }

    /** Restarts the task of a connector, as soon as the worker is not busy with another change. */
    async restartTask(connector: string): Promise<void> {
        const route = `connectors/${encodeURIComponent(connector)}/tasks/0/restart`;
        await this.lab.until(`the task of ${connector} is restarted`, async () => {
            const answer = await fetch(`${this.rest.url}/${route}`, { method: "POST" });
            if (!answer.ok) {
                throw new Error(await answer.text());
            }
            return true;
        });
    }

    async status(connector: string): Promise<ConnectorStatus | undefined> {
        return this.rest.status(connector);
    }

    /** All lines of the log so far. Lines already read stay in memory: the log grows to tens of megabytes. */
    logLines(): readonly string[] {
        const file = openSync(this.process.logFile, "r");
        try {
            const { size } = fstatSync(file);
            const buffer = Buffer.alloc(Math.max(0, size - this.bytesRead));
            const read = readSync(file, buffer, 0, buffer.length, this.bytesRead);
            this.bytesRead += read;
            const parts = (this.unfinished + buffer.toString("utf8", 0, read)).split("\n");
            this.unfinished = parts.pop() ?? "";
            for (const line of parts) {
                this.lines.push(line);
            }
            return this.lines;
        } finally {
            closeSync(file);
        }
    }

    /** Log lines with the stacks of all threads; none if the worker ends meanwhile. */
    async threadDump(): Promise<readonly string[]> {
        const { pid } = this.process;
        const before = this.logLines().length;
        if (pid === undefined || !this.process.running) {
            return [];
        }
        process.kill(pid, "SIGQUIT");
        await this.lab.until(`${this.process.name} has shown its threads, or ended`, () => {
            return (
                !this.process.running ||
                this.logLines()
                    .slice(before)
                    .some((line) => line.startsWith("JNI global refs"))
            );
        });
        return this.logLines().slice(before);
    }

    async stop(): Promise<void> {
        await this.process.stop(0);
    }
}
