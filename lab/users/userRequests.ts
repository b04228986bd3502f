import { pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import {
    AclOperations,
    AclPermissionTypes,
    alterUserScramCredentialsV0,
    createAclsV3,
    deleteAclsV3,
    describeAclsV3,
    describeUserScramCredentialsV0,
    ResourcePatternTypes,
    ResourceTypes,
    ScramMechanisms,
    type Connection,
} from "@platformatic/kafka";
import { type KafkaConnection, withConnection } from "../../kafka/connection";
import type { Acl } from "./acls";

/*
 * Requests about users to one particular node, because a client that chooses its broker cannot show
 * whether every node has received a change.
 */

const CLIENT_ID = "lab-user-operator";
const TIMEOUT_MS = 10_000;
/** The iterations with which Strimzi's User Operator stores a password; Kafka's minimum. */
const SCRAM_ITERATIONS = 4096;
const SHA512_BYTES = 64;
const SALT_BYTES = 24;
const RESOURCE_NOT_FOUND = 91;
const MECHANISM = ScramMechanisms.SCRAM_SHA_512;

async function send<T>(node: KafkaConnection, use: (raw: Connection) => Promise<T>): Promise<T> {
    return withConnection(node, CLIENT_ID, TIMEOUT_MS, use);
}

/** The entries of a principal that a broker or a controller applies. */
export async function describeAcls(node: KafkaConnection, principal: string): Promise<Acl[]> {
    const { resources } = await send(node, async (raw) =>
        describeAclsV3.api.async(raw, {
            resourceType: ResourceTypes.ANY,
            resourceName: null,
            resourcePatternType: ResourcePatternTypes.ANY,
            principal,
            host: null,
            operation: AclOperations.ANY,
            permissionType: AclPermissionTypes.ANY,
        }),
    );
    return resources.flatMap(({ acls, ...resource }) =>
        acls.map((entry) => ({ ...resource, ...entry })),
    );
}

/** Creates and deletes entries. @throws with Kafka's message when it refuses one */
export async function changeAcls(
    node: KafkaConnection,
    { create, remove }: { readonly create: Acl[]; readonly remove: Acl[] },
): Promise<void> {
    await send(node, async (raw) => {
        if (remove.length > 0) {
            await deleteAclsV3.api.async(raw, remove);
        }
        if (create.length > 0) {
            await createAclsV3.api.async(raw, create);
        }
    });
}

/** Whether a broker has any SCRAM-SHA-512 password of a user. */
export async function hasPassword(node: KafkaConnection, username: string): Promise<boolean> {
    return send(node, async (raw) => {
        try {
            const { results } = await describeUserScramCredentialsV0.api.async(raw, [
                { name: username },
            ]);
            return results.some(({ credentialInfos }) =>
                credentialInfos.some(({ mechanism }) => mechanism === MECHANISM),
            );
        } catch (error) {
            if (isNotFound(error)) {
                return false;
            }
            throw error;
        }
    });
}

/** The salted password that Kafka stores for SCRAM-SHA-512 (RFC 5802: SaltedPassword). */
export async function saltedPassword(password: string, salt: Buffer): Promise<Buffer> {
    return promisify(pbkdf2)(password, salt, SCRAM_ITERATIONS, SHA512_BYTES, "sha512");
}

/** Sets the SCRAM-SHA-512 password of a user. */
export async function setPassword(
    node: KafkaConnection,
    username: string,
    password: string,
): Promise<void> {
    const salt = randomBytes(SALT_BYTES);
    const upsertion = {
        name: username,
        mechanism: MECHANISM,
        iterations: SCRAM_ITERATIONS,
        salt,
        saltedPassword: await saltedPassword(password, salt),
    };
    await send(node, async (raw) => alterUserScramCredentialsV0.api.async(raw, [], [upsertion]));
}

/** Deletes the SCRAM-SHA-512 password of a user. */
export async function deletePassword(node: KafkaConnection, username: string): Promise<void> {
    const deletion = { name: username, mechanism: MECHANISM };
    await send(node, async (raw) => alterUserScramCredentialsV0.api.async(raw, [deletion], []));
}

/** Whether a listener accepts the credentials of the connection. @throws on other errors */
export async function canLogIn(listener: KafkaConnection): Promise<boolean> {
    try {
        return await send(listener, () => Promise.resolve(true));
    } catch (error) {
        if (causes(error).some(isAuthenticationError)) {
            return false;
        }
        throw error;
    }
}

function isAuthenticationError(error: unknown): boolean {
    return (error as { readonly code?: unknown }).code === "PLT_KFK_AUTHENTICATION";
}

function isNotFound(error: unknown): boolean {
    return causes(error).some(
        (cause) => (cause as { readonly apiCode?: unknown }).apiCode === RESOURCE_NOT_FOUND,
    );
}

/** An error, its causes and the members of an AggregateError. */
function causes(error: unknown): unknown[] {
    if (!(error instanceof Error)) {
        return [];
    }
    const parts: unknown[] = error instanceof AggregateError ? error.errors : [];
    return [error, ...[error.cause, ...parts].flatMap(causes)];
}
