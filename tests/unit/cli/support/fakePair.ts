import { type PhasePosition, phases } from "../../../../config/phase";
import type { Direction } from "../../../../config/reversed";
import { failback, type FailbackOptions } from "../../../../cli/failover/failback";
import { plannedFailover } from "../../../../cli/failover/plannedFailover";
import type { Deployment, RunContext, Step } from "../../../../cli/failover/step";
import { unplannedFailover } from "../../../../cli/failover/unplannedFailover";
import type { MirroredOffset } from "../../../../strimzi/builders/startPositions";
import type { MirrorOperations } from "../../../../cli/shared/mirror/mirrorOperations";
import type { OpenMirror } from "../../../../cli/shared/mirror/openMirror";
import type { VerifyReport } from "../../../../cli/verify/report";
import { lookOf, partitionProgress, progress } from "./looks";

const REPORT: VerifyReport = {
    isOk: true,
    failures: [],
    unknown: [],
    from: { site: "source", clusterId: "a", bootstrapServers: "a:1" },
    to: { site: "target", clusterId: "b", bootstrapServers: "b:1" },
    snapshotAt: "2026-01-01T00:00:00.000Z",
    seconds: 1,
    recordsRead: 20,
    topics: [],
    groups: [],
    unexpectedMirrorings: [],
    groupsLeftOut: [],
    notes: [],
};

const CONNECTOR = { name: "a->b.MirrorSourceConnector", tasks: [] };

/** All options of all commands; each command takes its own. */
interface FakeOptions extends FailbackOptions {
    readonly force: boolean;
}

/** A pair whose responses a test sets; healthy by default. It records every call. */
export class FakePair {
    readonly calls: string[] = [];
    readonly recorded = new Map<string, unknown>();
    readonly positions: PhasePosition[];
    /** The offsets of Kafka Connect after the operator has applied the start positions. */
    taken: readonly MirroredOffset[] | undefined;
    answers: Partial<MirrorOperations> = {};
    managesUsers = true;
    confirmed = false;
    private readonly options: FakeOptions;

    constructor(position: PhasePosition, options: Partial<FakeOptions> = {}) {
        this.positions = [position];
        this.options = {
            maxLag: 100,
            drainSeconds: 5,
            quietSeconds: 0,
            producersStopped: false,
            sourceIsNew: false,
            untilCaughtUp: false,
            force: false,
            ...options,
        };
    }

    get position(): PhasePosition {
        return this.positions.at(-1)!;
    }

    get context(): RunContext {
        return {
            signal: new AbortController().signal,
            progress: () => undefined,
            confirm: () => Promise.resolve(this.confirmed),
            record: (name, value) => void this.recorded.set(name, value),
        };
    }

    plannedFailover(): Step[] {
        const mirror = this.openMirror("forward", this.position.epoch);
        return plannedFailover(this.deployment(), mirror, this.options, this.position);
    }

    unplannedFailover(): Step[] {
        const mirror = this.openMirror("forward", this.position.epoch);
        return unplannedFailover(this.deployment(), mirror, this.options, this.position);
    }

    failback(): Step[] {
        return failback(this.deployment(), this.openMirror, this.options, this.position);
    }

    private deployment(): Deployment {
        return {
            managesUsers: this.managesUsers,
            groupSyncSeconds: 0,
            offsetLagMax: 100,
            position: () => Promise.resolve(this.position),
            change: (next) => {
                this.calls.push(`change ${next.phase} ${next.epoch}`);
                this.positions.push(next);
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

    private readonly openMirror: OpenMirror = (direction, epoch) => this.mirror(direction, epoch);

    private mirror(direction: Direction, epoch: number): MirrorOperations {
        const name = `${direction} ${epoch}`;
        const isStopped = () =>
            this.calls.includes(`${name}: stop`) ||
            this.position.phase === "failed-over" ||
            this.position.phase === "resuming";
        const healthy: MirrorOperations = {
            unreachable: () => Promise.resolve(undefined),
            connectors: () =>
                Promise.resolve([{ ...CONNECTOR, state: isStopped() ? "STOPPED" : "RUNNING" }]),
            stop: () => Promise.resolve([{ ...CONNECTOR, state: "STOPPED" }]),
            progress: () => Promise.resolve(progress([partitionProgress({ endOffset: 10 })])),
            mirroredOffsets: () =>
                Promise.resolve(this.taken ?? [{ topic: "orders", partition: 0, offset: 9 }]),
            ends: (end) => Promise.resolve(lookOf({ orders: [10] }, end === "from" ? "a" : "b")),
            groups: () => Promise.resolve({ groups: [], leftOut: [] }),
            warnings: () =>
                Promise.resolve({ unexpectedMirrorings: [], limits: [], refused: [], unknown: [] }),
            verify: () => Promise.resolve(REPORT),
            existingData: () => Promise.resolve([]),
            loss: () => Promise.resolve({ partitions: [], unknown: [] }),
            observe: () => Promise.reject(new Error("no failover observes")),
            checkpointSeconds: () => Promise.resolve(1),
            unreadable: () => Promise.resolve([]),
            transactions: () => Promise.resolve({ partitions: [], unknown: [] }),
            abortTransaction: () => Promise.resolve(),
            clusterIds: () => Promise.resolve({ from: "a", to: "b" }),
        };
        const all = { ...healthy, ...this.answers };
        const { calls } = this;
        return new Proxy(all, {
            get:
                (operations, key: keyof MirrorOperations) =>
                (...args: never[]) => {
                    calls.push(`${name}: ${key}`);
                    // A Job takes addresses and CAs from the deployed mirror.
                    if (
                        direction === "reverse" &&
                        phases[this.position.phase].reverse === "absent"
                    ) {
                        return Promise.reject(
                            new Error(`no mirror back exists in the phase ${this.position.phase}`),
                        );
                    }
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
