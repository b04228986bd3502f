import type { PhasePosition } from "../../../../config/phase";
import type { Deployment, FailoverOptions, Switchover } from "../../../../cli/failover/deployment";
import type { MirroredOffset, MirrorOperations } from "../../../../cli/shared/mirror/types";
import type { VerifyReport } from "../../../../cli/verify/report";

const REPORT: VerifyReport = {
    isOk: true,
    failures: [],
    from: { site: "source", clusterId: "a", bootstrapServers: "a:1" },
    to: { site: "target", clusterId: "b", bootstrapServers: "b:1" },
    snapshotAt: "2026-01-01T00:00:00.000Z",
    seconds: 1,
    recordsRead: 20,
    topics: [],
    groups: [],
    notes: [],
};

const CONNECTOR = { name: "a->b.MirrorSourceConnector", tasks: [] };

/** A pair of which a test says what it answers; all is well by default. Every call is written down. */
export class FakePair {
    readonly calls: string[] = [];
    readonly kept = new Map<string, unknown>();
    readonly positions: PhasePosition[];
    /** What Kafka Connect has after the operator took the start positions. */
    taken: readonly MirroredOffset[] | undefined;
    answers: Partial<MirrorOperations> = {};
    managesUsers = true;
    confirmed = false;

    constructor(
        position: PhasePosition,
        private readonly options: Partial<FailoverOptions> = {},
    ) {
        this.positions = [position];
    }

    get position(): PhasePosition {
        return this.positions.at(-1)!;
    }

    get context(): Switchover {
        return {
            deployment: this.deployment(),
            mirror: (direction, epoch) => this.mirror(`${direction} ${epoch}`),
            options: {
                maxLag: 100,
                drainSeconds: 5,
                quietSeconds: 0,
                force: false,
                sourceIsNew: false,
                producersStopped: false,
                ...this.options,
            },
            signal: new AbortController().signal,
            progress: () => undefined,
            confirm: () => Promise.resolve(this.confirmed),
            keep: (name, value) => this.kept.set(name, value),
        };
    }

    private deployment(): Deployment {
        return {
            managesUsers: this.managesUsers,
            groupSyncSeconds: 0,
            offsetLagMax: 100,
            position: () => Promise.resolve(this.position),
            change: (to) => {
                this.calls.push(`change ${to.phase} ${to.epoch}`);
                this.positions.push(to);
                return Promise.resolve();
            },
            writeStartPositions: async (epoch, offsets, isComplete) => {
                this.calls.push(`write positions ${epoch}`);
                this.taken ??= offsets;
                if (!(await isComplete())) {
                    throw new Error("not taken");
                }
            },
            commandTo: ({ phase }) => `to ${phase}`,
        };
    }

    private mirror(name: string): MirrorOperations {
        const isStopped = () =>
            this.calls.includes(`${name}: stop`) ||
            this.position.phase === "failed-over" ||
            this.position.phase === "resuming";
        const healthy: MirrorOperations = {
            unreachable: () => Promise.resolve(undefined),
            connectors: () =>
                Promise.resolve([{ ...CONNECTOR, state: isStopped() ? "STOPPED" : "RUNNING" }]),
            stop: () => Promise.resolve([{ ...CONNECTOR, state: "STOPPED" }]),
            progress: () =>
                Promise.resolve([
                    {
                        topic: "orders",
                        partition: 0,
                        firstOffset: 0,
                        endOffset: 10,
                        mirroredOffset: 9,
                        pending: 0,
                        overtaken: 0,
                    },
                ]),
            mirroredOffsets: () =>
                Promise.resolve(this.taken ?? [{ topic: "orders", partition: 0, offset: 9 }]),
            ends: () => Promise.resolve([{ topic: "orders", endOffsets: [10] }]),
            groups: () => Promise.resolve([]),
            verify: () => Promise.resolve(REPORT),
            leftovers: () => Promise.resolve([]),
            loss: () => Promise.resolve([]),
            checkpointSeconds: () => Promise.resolve(1),
            clusterIds: () => Promise.resolve({ from: "a", to: "b" }),
        };
        const all = { ...healthy, ...this.answers };
        const { calls } = this;
        return new Proxy(all, {
            get:
                (operations, key: keyof MirrorOperations) =>
                (...args: never[]) => {
                    calls.push(`${name}: ${key}`);
                    return (operations[key] as (...args: never[]) => unknown)(...args);
                },
        });
    }
}

export function failing(where: string): VerifyReport {
    return {
        ...REPORT,
        isOk: false,
        failures: [{ kind: "missing", where, records: 2, message: "2 records of the source" }],
    };
}
