import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { parseSettings } from "../../../config/parseSettings";
import type { Settings, SiteName } from "../../../config/settingsSchema";
import { authenticationSecrets } from "../../../lab/connect/clientSecurity";
import { connectorConfigs, type ConnectorDefinition } from "../../../lab/connect/connectorConfigs";
import { trustStoreName, trustStores } from "../../../lab/connect/trustStores";
import type { KafkaMirrorMaker2Object, KafkaUserObject } from "../../../lab/objects";
import { writeSecretFiles } from "../../../lab/secretFiles";
import { kafkaUser } from "../../../strimzi/builders/kafkaUser";
import { kafkaMirrorMaker2, type MirrorConnection } from "../../../strimzi/builders/mirrorMaker2";
import { aclsOf, mirrorRights, type Right } from "../../../strimzi/builders/mirrorRights";
import type { MissingRight } from "../../support/missingRights";
import {
    checkpointsTopic,
    clusterCaSecretName,
    connectorNames,
    connectStorage,
    internalBootstrapServers,
    offsetSyncsTopic,
} from "../../../strimzi/builders/names";
import { rightSubject } from "../../../strimzi/builders/rightSubject";
import { type Change, changed, rawStack } from "../../support/rawSettings";
import { quickMirror, RETENTION_MS, type RightsLab } from "./rightsLab";

const SITES = ["source", "target"] as const;

/** A separate mirror between the lab's clusters: settings, topics, a group, and two users. */
export interface MirrorCase {
    /** Alias of the source, unique to the case. */
    readonly name: string;
    readonly settings: Settings;
    /** Mirrored with all rights, to show what still works. */
    readonly other: string;
    /** The mirrored topic that lacks the right, if the right is on a topic. */
    readonly topic: string;
    /** The group that lacks the right, if the right is on a group. */
    readonly group: string;
    /** Synced with all rights. */
    readonly otherGroup: string;
    readonly hasCheckpoints: boolean;
    readonly offsetSyncs: string;
    readonly checkpoints: string;
    readonly connectors: Readonly<{ source: string; checkpoint: string }>;
    readonly users: Readonly<Record<SiteName, string>>;
    readonly mm2: KafkaMirrorMaker2Object;
    /** Connect's internal topics by their content. */
    readonly internalTopics: Readonly<Record<"config" | "offset" | "status", string>>;
    /** The removed right. */
    readonly missing?: Right;
}

export interface CaseOptions {
    readonly name: string;
    /** Name of the MirrorMaker 2, the prefix of its group and internal topics. */
    readonly mirror: string;
    readonly without?: MissingRight;
    readonly changes?: readonly Change[];
    /** Initial records of each topic. */
    readonly records?: number;
    /** Whether the checkpoint connector runs; it does by default. */
    readonly hasCheckpoints?: boolean;
}

export const RECORDS = 20;

/** The settings that require a right. */
function conditionOf({ neededWith }: MissingRight): Change[] {
    return Object.entries(neededWith).map(([name, values]: [string, readonly unknown[]]) => [
        `mirror/${name}`,
        values[0],
    ]);
}

function settingsOf({ name, mirror, without, changes = [] }: CaseOptions): Settings {
    const quick = Object.entries(quickMirror).map(([key, value]): Change => [
        `mirror/${key}`,
        value,
    ]);
    const raw = changed(
        rawStack("lab"),
        ...quick,
        ["source/alias", name],
        ["target/alias", `${name}-tgt`],
        ["mirror/name", mirror],
        ["mirror/topicsPattern", `${name}-other,${name}-topic`],
        ["mirror/groupsPattern", `${name}-group,${name}-others`],
        ...(without ? conditionOf(without) : []),
        ...changes,
    );
    return parseSettings(raw, "Pulumi.lab.yaml").settings;
}

/** Whether a right is the one that a case lacks. */
function isMissing(settings: Settings, name: string, right: Right, missing: MissingRight): boolean {
    return (
        right.operation === missing.operation &&
        rightSubject(settings, right) === missing.on &&
        (missing.on !== "mirrored topic" || right.resource?.name === `${name}-topic`) &&
        (missing.on !== "synced group" || right.resource?.name === `${name}-group`)
    );
}

/** The right that a case lacks: one of those that `mirrorRights` returns for the settings. */
function missingRight(settings: Settings, { name, without }: CaseOptions): Right | undefined {
    if (without === undefined) {
        return undefined;
    }
    const found = mirrorRights(settings)[without.site].filter((right) =>
        isMissing(settings, name, right, without),
    );
    assert.equal(found.length, 1, `${without.operation} on the ${without.on} is one right`);
    return found[0];
}

/** A user with a password. */
function scramUser(
    settings: Settings,
    side: SiteName,
    name: string,
    rights: readonly Right[],
): KafkaUserObject {
    const site = settings[side];
    assert(site.managed);
    const { spec, ...object } = kafkaUser({
        name,
        namespace: site.namespace,
        cluster: site.name,
        acls: aclsOf(rights),
    });
    return { ...object, spec: { ...spec, authentication: { type: "scram-sha-512" } } };
}

function connection(settings: Settings, side: SiteName, user: string): MirrorConnection {
    const site = settings[side];
    assert(site.managed);
    return {
        bootstrapServers: internalBootstrapServers(
            site.name,
            site.namespace,
            site.listeners[0]!.port,
        ),
        tls: true,
        caSecretName: clusterCaSecretName(site.name),
        authentication: {
            type: "scram-sha-512",
            username: user,
            passwordSecret: { secretName: user, password: "password" },
        },
    };
}

/** Creates topics with records, a group with offsets at their ends, users, and their Secrets. */
export async function makeCase(lab: RightsLab, options: CaseOptions): Promise<MirrorCase> {
    const { records = RECORDS } = options;
    const settings = settingsOf(options);
    const made = await describeCase(lab, settings, options);
    const { client } = lab.sites.source;
    for (const topic of [made.other, made.topic]) {
        await client.createTopic(topic, {
            partitions: 1,
            config: { "retention.ms": RETENTION_MS },
        });
        await lab.until(`the brokers know ${topic}`, async () => {
            return (await client.partitionCount(topic)) === 1;
        });
    }
    await produce(lab, made, records, 0);
    lab.mirrors.push(made);
    return made;
}

async function describeCase(
    lab: RightsLab,
    settings: Settings,
    options: CaseOptions,
): Promise<MirrorCase> {
    const { name, hasCheckpoints = true } = options;
    const users = { source: `${name}-source`, target: `${name}-target` };
    const missing = missingRight(settings, options);
    const rights = mirrorRights(settings);
    await Promise.all(
        SITES.map((side) =>
            lab.applyUser(
                side,
                scramUser(
                    settings,
                    side,
                    users[side],
                    rights[side].filter(
                        (right) =>
                            options.without?.site !== side || !isDeepStrictEqual(right, missing),
                    ),
                ),
            ),
        ),
    );
    const mm2 = kafkaMirrorMaker2(settings, {
        source: connection(settings, "source", users.source),
        target: connection(settings, "target", users.target),
    }) as KafkaMirrorMaker2Object;
    const { namespace } = mm2.metadata;
    const storage = connectStorage(settings.mirror);
    const secrets = {
        ...authenticationSecrets(mm2, lab.secrets),
        [trustStoreName(mm2)]: trustStores(mm2, lab.secrets),
    };
    for (const [secret, values] of Object.entries(secrets)) {
        await writeSecretFiles(lab.environment.secretsFolder, namespace, secret, values);
    }
    return {
        name,
        settings,
        other: `${name}-other`,
        topic: `${name}-topic`,
        group: `${name}-group`,
        otherGroup: `${name}-others`,
        hasCheckpoints,
        offsetSyncs: offsetSyncsTopic(settings),
        checkpoints: checkpointsTopic(settings),
        connectors: connectorNames(settings),
        users,
        mm2,
        internalTopics: {
            config: storage.configStorageTopic,
            offset: storage.offsetStorageTopic,
            status: storage.statusStorageTopic,
        },
        ...(missing && { missing }),
    };
}

/** Appends records to both topics, and commits their ends for the group, one end for the other. */
export async function produce(
    lab: RightsLab,
    { other, topic, group, otherGroup }: MirrorCase,
    count: number,
    firstIndex: number,
): Promise<void> {
    const { client } = lab.sites.source;
    for (const name of [other, topic]) {
        await client.produceRecords({ topic: name, count, firstIndex });
    }
    for (const [reader, name] of [
        [group, other],
        [group, topic],
        [otherGroup, other],
    ] as const) {
        const ends = await client.logEndOffsets(name);
        // Brokers refuse the request until they have found the coordinator of a new group.
        await lab.until(`${reader} has offsets in ${name}`, async () => {
            await client.commitGroupOffsets(reader, name, ends);
            return true;
        });
    }
}

/**
 * The connectors of a case, for a worker that may be that of another: the clients for which Connect
 * takes the worker's user get that of the case.
 */
export function connectorsOf(
    lab: RightsLab,
    { mm2, connectors, hasCheckpoints }: MirrorCase,
): ConnectorDefinition[] {
    const wanted = connectorConfigs(mm2, lab.environment).filter(
        ({ name }) => hasCheckpoints || name !== connectors.checkpoint,
    );
    return wanted.map((definition) => {
        const jaas = definition.config["target.cluster.sasl.jaas.config"]!;
        const overrides = ["producer", "consumer", "admin"].map((client) => [
            `${client}.override.sasl.jaas.config`,
            jaas,
        ]);
        const added = Object.fromEntries(overrides) as Record<string, string>;
        return { ...definition, config: { ...definition.config, ...added } };
    });
}
