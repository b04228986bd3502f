import assert from "node:assert/strict";
import type { LogNames, MissingRight } from "../../support/missingRights";
import { connectStorage } from "../../../strimzi/builders/names";
import type { MirrorCase } from "./mirrorCase";
import type { RightsLab } from "./rightsLab";
import type { RightsWorker } from "./rightsWorker";
import { untilEnded } from "./workerEnd";

/** A running mirror under observation. It waits for events, never for a fixed time. */
export class ObservedMirror {
    private readonly counted = new Map<string, { lines: number; count: number }>();

    constructor(
        readonly lab: RightsLab,
        readonly worker: RightsWorker,
        readonly mirror: MirrorCase,
        /** Whether the worker runs only this mirror, so that every line of its log belongs to it. */
        private readonly alone = false,
    ) {}

    /** Waits for the documented effect of the missing right, in the log and the REST API. */
    async shows({ log, state }: Pick<MissingRight, "log" | "state">): Promise<void> {
        await this.logged(log);
        const { source, checkpoint } = this.mirror.connectors;
        switch (state) {
            case "RUNNING":
                return this.is({ source: "RUNNING", checkpoint: "RUNNING" });
            case "source task FAILED":
                return this.is({ source: "FAILED" });
            case "checkpoint task FAILED":
                return this.is({ source: "RUNNING", checkpoint: "FAILED" });
            case "no connector is created":
                await assert.rejects(this.worker.create(this.mirror));
                return this.lab.until("the worker answers, without a connector", async () => {
                    return (await this.worker.rest.connectors()).length === 0;
                });
            case "404, no status of a connector":
                return this.lab.until(
                    "the worker knows the connectors, without a status",
                    async () => {
                        const names = await this.worker.rest.connectors();
                        const states = await Promise.all(
                            names.map((name) => this.worker.status(name)),
                        );
                        const known = [source, checkpoint].every((name) => names.includes(name));
                        return known && states.every((status) => status === undefined);
                    },
                );
            case "the worker ends":
                return untilEnded(this.worker);
        }
    }

    /** Waits for a log line of this mirror: the line or its thread names it. */
    async logged(text: string, count = 1): Promise<void> {
        const wanted = this.named(text);
        await this.lab.until(
            `"${wanted}" is in the log ${count} times, for ${this.mirror.name}`,
            () => {
                return this.linesWith(wanted) >= count;
            },
        );
    }

    /** Runs an action, and waits for one more line with a text. */
    async loggedAfter(text: string, action: () => Promise<void>): Promise<void> {
        const before = this.linesWith(this.named(text));
        await action();
        await this.logged(text, before + 1);
    }

    /** Waits until the connectors and all of their tasks are in the given state. */
    private async is(states: { source: string; checkpoint?: string }): Promise<void> {
        for (const [kind, state] of Object.entries(states)) {
            const name = this.mirror.connectors[kind as keyof typeof states];
            if (kind === "checkpoint" && !this.mirror.hasCheckpoints) {
                continue;
            }
            await this.lab.until(`the task of ${name} is ${state}`, async () => {
                const status = await this.worker.status(name);
                const tasks = status?.tasks ?? [];
                return (
                    status?.connector.state === "RUNNING" &&
                    tasks.length > 0 &&
                    tasks.every((task) => task.state === state)
                );
            });
        }
    }

    /** The records of a topic at the target; undefined if the topic does not exist. */
    async records(topic: string): Promise<number | undefined> {
        const { client } = this.lab.sites.target;
        return (await client.topics()).includes(topic)
            ? (await client.logEndOffsets(topic)).reduce((sum, end) => sum + end, 0)
            : undefined;
    }

    /** Waits until every record of a topic is at the target. */
    async arrived(topic: string): Promise<void> {
        const ends = await this.lab.sites.source.client.logEndOffsets(topic);
        const count = ends.reduce((sum, end) => sum + end, 0);
        await this.lab.until(`${count} records of ${topic} are at the target`, async () => {
            return (await this.records(topic)) === count;
        });
    }

    /** The offset of a group in the first partition of a topic at the target. */
    async groupOffset(group: string, topic: string): Promise<number | undefined> {
        const { client } = this.lab.sites.target;
        return (await client.groupOffsets(group, topic))[0];
    }

    /** Waits until a group's offset at the target equals that at the source. */
    async groupArrived(group: string, topic: string): Promise<void> {
        const [wanted] = await this.lab.sites.source.client.groupOffsets(group, topic);
        await this.lab.until(`${group} is at ${wanted} of ${topic} at the target`, async () => {
            const offset = (await this.records(topic)) && (await this.groupOffset(group, topic));
            return wanted !== undefined && offset === wanted;
        });
    }

    private named(text: string): string {
        const { mirror } = this;
        const names: LogNames = {
            topic: mirror.topic,
            group: mirror.group,
            "offset-syncs": mirror.offsetSyncs,
            checkpoints: mirror.checkpoints,
            workers: connectStorage(mirror.settings.mirror).groupId,
            ...mirror.internalTopics,
            ...mirror.connectors,
        };
        return text.replace(/<([a-z-]+)>/g, (_all, name: keyof LogNames) => names[name]);
    }

    /** Lines with a text so far; each line is read once. */
    private linesWith(text: string): number {
        const name = new RegExp(`\\b${this.mirror.name}-`);
        const lines = this.worker.logLines();
        const soFar = this.counted.get(text) ?? { lines: 0, count: 0 };
        for (; soFar.lines < lines.length; soFar.lines += 1) {
            const line = lines[soFar.lines]!;
            // The lines of a stack trace follow the line that names the thread.
            const head = /^\d\d:/.test(line) ? line : (lines[soFar.lines - 1] ?? "");
            soFar.count += line.includes(text) && (this.alone || name.test(head)) ? 1 : 0;
        }
        this.counted.set(text, soFar);
        return soFar.count;
    }
}
