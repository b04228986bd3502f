import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Producer } from "@platformatic/kafka";
import type { SiteName } from "../../config/settingsSchema";
import { type ClientCredentials, clientOptions } from "../../kafka/connection";
import { clientListener } from "../../lab/stack/runStack";
import type { ObjectMeta } from "../../strimzi/generated/types/ObjectMeta";
import { deniedRequests } from "./rights/deniedRequests";
import { type Revision, recordRevision } from "./rights/nextRevision";
import { RightsLab, rightsLabSettings, type RightsSite, STACK_TOPICS } from "./rights/rightsLab";
import { sequenceOf } from "./rights/sequence";
import { refusal } from "./support/securedClusters";

const [TOPIC] = STACK_TOPICS;
const BATCH_RECORDS = 200;
/** Enough to see that the mirror continues. */
const MANY = 2000;
const BATCH_INTERVAL_MS = 50;
/** A password at the source, a certificate at the target. */
const SETTINGS = {
    "target.listeners": [
        { name: "tls", port: 9093, type: "internal", tls: true, authentication: "tls" },
    ],
};

/** Writes numbers in order, from 0 until it is stopped. */
class NumberWriter {
    private count = 0;
    private stopping = false;
    private readonly done: Promise<void>;

    constructor(private readonly producer: Producer) {
        this.done = this.run();
    }

    get written(): number {
        return this.count;
    }

    /** Returns the count of written numbers. */
    async stop(): Promise<number> {
        this.stopping = true;
        await this.done;
        await this.producer.close();
        return this.count;
    }

    private async run(): Promise<void> {
        while (!this.stopping) {
            const messages = Array.from({ length: BATCH_RECORDS }, (_unused, index) => ({
                topic: TOPIC,
                partition: 0,
                value: Buffer.from(String(this.count + index)),
            }));
            await this.producer.send({ messages, acks: -1 });
            this.count += BATCH_RECORDS;
            await new Promise((resolve) => setTimeout(resolve, BATCH_INTERVAL_MS));
        }
    }
}

describe("new credentials of MirrorMaker 2", function () {
    let lab: RightsLab;
    let first: Revision;
    let second: Revision;
    const settings = rightsLabSettings(SETTINGS);
    let old: Record<SiteName, ClientCredentials>;
    const mirrorMaker = () => lab.stack.mirrorMaker;
    const sideOf = ({ namespace }: ObjectMeta): SiteName =>
        namespace === lab.sites.source.cluster.namespace ? "source" : "target";
    const userOf = (side: SiteName, { users }: Revision): ClientCredentials => {
        const { metadata } = users.find((user) => sideOf(user.metadata) === side)!;
        return lab.sites[side].users.credentials(metadata.name);
    };
    const applyRevision = async ({ passwords, users }: Revision): Promise<void> => {
        for (const password of passwords) {
            lab.stack.stack.applySecret(password);
        }
        for (const user of users) {
            await lab.sites[sideOf(user.metadata)].users.apply(user);
        }
    };

    const deniedTo = (userPart: string) =>
        deniedRequests(lab).filter(({ user }) => user.includes(userPart));

    before(async () => {
        lab = await RightsLab.start(SETTINGS);
        first = await recordRevision(lab, settings, 1);
        second = await recordRevision(lab, settings, 2);
    });
    after(async () => {
        await lab.stop();
    });

    it("change its users and nothing else", () => {
        const names = ({ users }: Revision) => users.map(({ metadata }) => metadata.name).sort();
        assert.deepEqual(names(first), ["my-mm2-cluster-source-1", "my-mm2-cluster-target-1"]);
        assert.deepEqual(names(second), ["my-mm2-cluster-source-2", "my-mm2-cluster-target-2"]);
        const text = JSON.stringify(first.mirrorMaker);
        const renamed = text.replaceAll(/my-mm2-cluster-(source|target)-1/g, "my-mm2-cluster-$1-2");
        assert.deepEqual(second.mirrorMaker, JSON.parse(renamed));
        assert.notDeepEqual(second.mirrorMaker, first.mirrorMaker);
    });

    it("lose no record, keep the order, and repeat only records whose offsets were not committed", async () => {
        const { source, target } = lab.sites;
        const producer = new Producer(clientOptions(source.cluster.adminConnection(), "numbers"));
        const writer = new NumberWriter(producer);
        const mirrored = async (): Promise<number> =>
            (await target.client.topics()).includes(TOPIC)
                ? (await target.client.logEndOffsets(TOPIC))[0]!
                : 0;
        const untilMirrored = async (count: number): Promise<void> =>
            lab.until(`${count} numbers are mirrored`, async () => (await mirrored()) >= count);
        await untilMirrored(MANY);
        const [before] = mirrorMaker().workers;
        const logged = readFileSync(before!.process.logFile, "utf8").length;

        await applyRevision(second);
        await mirrorMaker().apply(second.mirrorMaker);
        await mirrorMaker().waitUntilReplicating();
        old = { source: userOf("source", first), target: userOf("target", first) };
        assert.deepEqual(deniedTo("my-mm2-cluster-"), [], "MM2 was denied something");
        for (const { metadata } of first.users) {
            await lab.sites[sideOf(metadata)].users.delete(metadata.name);
        }
        const [after] = mirrorMaker().workers;
        assert.notEqual(after!.process.pid, before!.process.pid, "the worker was not rolled");
        await untilMirrored((await mirrored()) + MANY);

        const count = await writer.stop();
        const numbers = async () => (await target.client.values(TOPIC)).map(Number);
        await lab.until("the last number is mirrored", async () => {
            return (await mirrored()) >= count && (await numbers()).at(-1) === count - 1;
        });
        const { lost, repeated, jumps } = sequenceOf(await numbers(), count);
        assert.equal(lost, 0);
        // A worker that shuts down cleanly commits the offsets of the records that it sent, if it has
        // the time. The new one begins there, as its log shows: each number is its own offset.
        const log = readFileSync(after!.process.logFile, "utf8").slice(logged);
        const [, begin] = new RegExp(`Seeking to offset (\\d+) for partition ${TOPIC}-0`).exec(
            log,
        )!;
        const [jump] = jumps;
        assert.ok(jumps.length <= 1, JSON.stringify(jumps));
        if (jump !== undefined) {
            assert.equal(jump.to, Number(begin));
            assert.equal(repeated, jump.from - jump.to + 1);
        }
    });

    it("leave the old credentials unused", async () => {
        // Connect stops old tasks in the background; until then their requests may be refused.
        for (const user of ["my-mm2-cluster-source-2", "my-mm2-cluster-target-2"]) {
            assert.deepEqual(deniedTo(user), [], "MM2 was denied something");
        }
        const { source, target } = lab.sites;
        const connection = (site: RightsSite, credentials: ClientCredentials) =>
            site.cluster.connection(clientListener(site.cluster), credentials);
        const found = await refusal(connection(source, old.source), TOPIC);
        assert.match(found ?? "", /SASL_AUTHENTICATION_FAILED/);
        // The certificate is valid until it expires: it authenticates, but no longer authorizes.
        const right = await refusal(connection(target, old.target), TOPIC);
        assert.match(right ?? "", /TOPIC_AUTHORIZATION_FAILED/);
    });
});
