import { type ApiClient, ApiError } from "../../../cli/shared/kubernetes/apiClient";
import type { KubernetesObject } from "../../support/kubernetes";
import { PASSWORD_KEY } from "../../../strimzi/builders/kafkaUser";
import { USER_CERTIFICATE_KEYS } from "../../../strimzi/builders/userCertificate";
import type { CertificateAuthority } from "./certificateAuthority";
import type { Refusal, StoredUser } from "./objects";

interface StoredSecret extends KubernetesObject {
    readonly data?: Readonly<Record<string, string>>;
}

/** The Secret with a name; undefined if it does not exist. */
export async function secretOf(
    client: ApiClient,
    namespace: string,
    name: string,
): Promise<StoredSecret | undefined> {
    try {
        return await client.request<StoredSecret>({
            path: `/api/v1/namespaces/${namespace}/secrets/${name}`,
        });
    } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) {
            throw error;
        }
        return undefined;
    }
}

/** Why the User Operator rejects the password of a KafkaUser, with the operator's message. */
export async function missingPassword(
    { metadata: { namespace }, spec }: StoredUser,
    client: ApiClient,
): Promise<Refusal | undefined> {
    const wanted = desiredPassword(spec);
    if (wanted === undefined) {
        return undefined;
    }
    const secret = await secretOf(client, namespace, wanted.name);
    const reason = "InvalidResourceException";
    if (secret === undefined) {
        return { reason, message: `Secret ${wanted.name} in namespace ${namespace} not found` };
    }
    const password = secret.data?.[wanted.key];
    if (password === undefined) {
        return {
            reason,
            message: `Secret ${wanted.name} does not contain the key ${wanted.key} with requested user password.`,
        };
    }
    return password === ""
        ? { reason, message: "The requested user password is empty." }
        : undefined;
}

/**
 * The Secret that the User Operator creates for a KafkaUser, with the user's name: a password and the
 * JAAS configuration of a client, or a client certificate. Undefined for a user without either.
 */
export async function userSecret(
    user: StoredUser,
    clientsCa: CertificateAuthority,
    client: ApiClient,
): Promise<KubernetesObject | undefined> {
    const { name, namespace } = user.metadata;
    switch (user.spec.authentication?.type) {
        case "scram-sha-512": {
            const wanted = desiredPassword(user.spec);
            if (wanted === undefined) {
                throw new Error(`KafkaUser ${name}: generated passwords are not supported`);
            }
            const secret = await secretOf(client, namespace, wanted.name);
            const password = Buffer.from(secret?.data?.[wanted.key] ?? "", "base64").toString();
            return secretFor(user, {
                [PASSWORD_KEY]: password,
                "sasl.jaas.config": `org.apache.kafka.common.security.scram.ScramLoginModule required username="${name}" password="${password}";`,
            });
        }
        case "tls": {
            const { key, certificate } = await clientsCa.issueForClient(name);
            return secretFor(user, {
                "ca.crt": clientsCa.certificates["ca.crt"] ?? "",
                [USER_CERTIFICATE_KEYS.certificate]: certificate,
                [USER_CERTIFICATE_KEYS.key]: key,
            });
        }
        default:
            return undefined;
    }
}

/** Kafka's principal without `User:`. */
export function usernameOf({ metadata: { name }, spec }: StoredUser): string {
    return spec.authentication?.type === "tls" ? `CN=${name}` : name;
}

/** The Secret and its key; the schema of the CRD requires neither. */
function desiredPassword({ authentication }: StoredUser["spec"]) {
    const wanted = authentication?.password?.valueFrom.secretKeyRef;
    return wanted === undefined ? undefined : { name: wanted.name ?? "", key: wanted.key ?? "" };
}

function secretFor(user: StoredUser, content: Readonly<Record<string, string>>): KubernetesObject {
    const { name, namespace, uid, labels } = user.metadata;
    return {
        apiVersion: "v1",
        kind: "Secret",
        metadata: {
            name,
            namespace,
            labels: {
                ...labels,
                "app.kubernetes.io/instance": name,
                "app.kubernetes.io/managed-by": "strimzi-user-operator",
                "app.kubernetes.io/name": "strimzi-user-operator",
                "app.kubernetes.io/part-of": name,
                "strimzi.io/kind": "KafkaUser",
            },
            ownerReferences: [
                {
                    apiVersion: "kafka.strimzi.io/v1",
                    kind: "KafkaUser",
                    name,
                    uid,
                    blockOwnerDeletion: true,
                    controller: false,
                },
            ],
        },
        type: "Opaque",
        data: Object.fromEntries(
            Object.entries(content).map(([key, value]) => [
                key,
                Buffer.from(value).toString("base64"),
            ]),
        ),
    };
}
