import { type CaKind, caSecrets } from "./caSecrets";
import { CertificateAuthority } from "./certificateAuthority";
import {
    PLURALS,
    type Refusal,
    type StoredByKind,
    type StoredKafka,
    type StoredUser,
    type StrimziKind,
} from "./objects";
import { missingFor } from "./preconditions";
import { Controller, unlessOutdated } from "./controller";
import { notReadyStatus, type Outcome, statusOf } from "./statuses";
import { userSecret } from "./userSecrets";
import { writeSecret } from "./writeSecret";

const GROUP = "/apis/kafka.strimzi.io/v1";
/** In the order of reconciliation. */
const KINDS: readonly StrimziKind[] = [
    "KafkaNodePool",
    "Kafka",
    "KafkaTopic",
    "KafkaUser",
    "KafkaMirrorMaker2",
];

type StoredObjects = { readonly [Kind in StrimziKind]: readonly StoredByKind[Kind][] };

interface Script {
    readonly kind: StrimziKind;
    readonly namespace: string;
    readonly outcome: Outcome;
}

/** The CAs of one Kafka cluster. */
interface OperatedCluster {
    readonly kafka: StoredKafka;
    readonly "cluster-ca": CertificateAuthority;
    readonly "clients-ca": CertificateAuthority;
}

/**
 * A stand-in for Strimzi's operator in one Kubernetes cluster: it creates the CA Secrets of every Kafka
 * and the Secret of every KafkaUser, and sets the status of every Strimzi object once per generation:
 * the scripted one, or Ready. It runs no pods.
 */
export class ScriptedOperator extends Controller {
    private readonly clusters = new Map<string, OperatedCluster>();
    /** The last outcome of an object, by its uid. */
    private readonly done = new Map<string, string>();
    /** Paths of the Secrets of users, by the user's uid. */
    private readonly userSecrets = new Map<string, string>();
    private readonly firstSeen = new Map<string, number>();
    private scripts: readonly Script[] = [];

    /** Sets the outcome of a kind of object in a namespace from now on; the latest call wins. */
    script(kind: StrimziKind, namespace: string, outcome: Outcome): void {
        this.scripts = [{ kind, namespace, outcome }, ...this.scripts];
    }

    /** The cluster CA of a reconciled Kafka. After a change call {@link publishCa}. */
    clusterCa(namespace: string, cluster: string): CertificateAuthority {
        return this.operated(namespace, cluster)["cluster-ca"];
    }

    /** Writes the Secrets of the current cluster CA. */
    async publishCa(namespace: string, cluster: string): Promise<void> {
        const operated = this.operated(namespace, cluster);
        await this.writeSecrets(operated.kafka, "cluster-ca", operated["cluster-ca"]);
    }

    protected async reconcileAll(): Promise<void> {
        const lists = await Promise.all(KINDS.map((kind) => this.list(kind)));
        const stored = Object.fromEntries(
            KINDS.map((kind, index) => [kind, lists[index] ?? []]),
        ) as unknown as StoredObjects;
        await this.deleteSecretsOfGoneUsers(stored.KafkaUser);
        for (const kind of KINDS) {
            for (const object of stored[kind]) {
                await this.reconcile(kind, object, stored).catch(unlessOutdated);
            }
        }
    }

    private async reconcile(
        kind: StrimziKind,
        object: StoredByKind[StrimziKind],
        stored: StoredObjects,
    ): Promise<void> {
        const { uid, generation, namespace } = object.metadata;
        const outcome = this.outcome(kind, namespace);
        if (outcome.type === "ignored") {
            return;
        }
        const refusal =
            this.refusal(`${uid} ${generation}`, outcome) ??
            (await missingFor(kind, object, this.client, stored));
        const doing = JSON.stringify([generation, outcome, refusal]);
        if (this.done.get(uid) === doing) {
            return;
        }
        if (kind === "KafkaUser" && refusal === undefined) {
            await this.writeUserSecret(object as StoredUser);
        }
        const ca = kind === "Kafka" ? await this.operate(object as StoredKafka) : undefined;
        const certificate = ca?.["cluster-ca"].certificates["ca.crt"] ?? "";
        const status =
            refusal === undefined
                ? statusOf(kind, object, outcome, certificate)
                : notReadyStatus(generation, refusal.reason, refusal.message);
        await this.client.request({
            method: "PUT",
            path: `${pathOf(kind, object)}/status`,
            body: { ...object, status },
        });
        this.done.set(uid, doing);
    }

    private refusal(version: string, outcome: Outcome): Refusal | undefined {
        if (outcome.type === "notReady") {
            return outcome;
        }
        const now = performance.now();
        const since = this.firstSeen.get(version) ?? now;
        this.firstSeen.set(version, since);
        const delay = outcome.type === "ready" ? (outcome.afterMs ?? 0) : 0;
        return now - since < delay
            ? { reason: "Creating", message: "the cluster is being deployed" }
            : undefined;
    }

    private outcome(kind: StrimziKind, namespace: string): Outcome {
        const script = this.scripts.find(
            (candidate) => candidate.kind === kind && candidate.namespace === namespace,
        );
        return script?.outcome ?? { type: "ready" };
    }

    /** Creates the CAs of a new Kafka. */
    private async operate(kafka: StoredKafka): Promise<OperatedCluster> {
        const key = `${kafka.metadata.namespace}/${kafka.metadata.name}`;
        const known = this.clusters.get(key);
        if (known?.kafka.metadata.uid === kafka.metadata.uid) {
            return known;
        }
        const operated: OperatedCluster = {
            kafka,
            "cluster-ca": await CertificateAuthority.create("cluster-ca"),
            "clients-ca": await CertificateAuthority.create("clients-ca"),
        };
        for (const kind of ["cluster-ca", "clients-ca"] as const) {
            await this.writeSecrets(kafka, kind, operated[kind]);
        }
        this.clusters.set(key, operated);
        return operated;
    }

    private async writeSecrets(
        kafka: StoredKafka,
        kind: CaKind,
        ca: CertificateAuthority,
    ): Promise<void> {
        for (const secret of await caSecrets(kafka, kind, ca)) {
            await writeSecret(this.client, secret);
        }
    }

    private async writeUserSecret(user: StoredUser): Promise<void> {
        const { namespace, name, uid, labels } = user.metadata;
        const cluster = this.operated(namespace, labels?.["strimzi.io/cluster"] ?? "");
        const secret = await userSecret(user, cluster["clients-ca"], this.client);
        if (secret !== undefined) {
            await writeSecret(this.client, secret);
            this.userSecrets.set(uid, `/api/v1/namespaces/${namespace}/secrets/${name}`);
        }
    }

    private async deleteSecretsOfGoneUsers(users: readonly StoredUser[]): Promise<void> {
        const there = new Set(users.map(({ metadata }) => metadata.uid));
        for (const [uid, path] of this.userSecrets) {
            if (!there.has(uid)) {
                await this.client.request({ method: "DELETE", path }).catch(unlessOutdated);
                this.userSecrets.delete(uid);
            }
        }
    }

    private operated(namespace: string, cluster: string): OperatedCluster {
        const found = this.clusters.get(`${namespace}/${cluster}`);
        if (found === undefined) {
            throw new Error(`the operator has not seen a Kafka ${namespace}/${cluster}`);
        }
        return found;
    }

    private async list<Kind extends StrimziKind>(kind: Kind): Promise<StoredByKind[Kind][]> {
        const { items } = await this.client.request<{ items: StoredByKind[Kind][] }>({
            path: `${GROUP}/${PLURALS[kind]}`,
            // From the server's cache; a write of an outdated object is rejected.
            query: { resourceVersion: "0" },
        });
        return items;
    }
}

function pathOf(kind: StrimziKind, { metadata }: StoredByKind[StrimziKind]): string {
    return `${GROUP}/namespaces/${metadata.namespace}/${PLURALS[kind]}/${metadata.name}`;
}
