import { X509Certificate } from "node:crypto";
import type { ClientCredentials } from "../../kafka/connection";
import { DEFAULT_START_TIMEOUT_MS, type LabContext } from "../context";
import type { LabKafkaCluster } from "../kafka/kafkaCluster";
import { readyCondition } from "../kafka/kafkaStatus";
import type { KafkaUserObject, KafkaUserStatus, SecretLookup, SecretObject } from "../objects";
import { secretText } from "../objects";
import { waitUntil } from "../process/wait";
import { aclChanges, kafkaAcls, type Acl } from "./acls";
import {
    certificateSecret,
    generatePassword,
    kafkaUsername,
    passwordSecret,
    requestedPassword,
    tlsUsername,
    userRefusal,
} from "./userModel";
import {
    canLogIn,
    changeAcls,
    deletePassword,
    describeAcls,
    hasPassword,
    setPassword,
} from "./userRequests";

/**
 * Stands for Strimzi's User Operator of one cluster: manages the passwords, certificates and ACLs of
 * its KafkaUsers. A change is complete when every broker, and for ACLs every controller, applies it.
 * Calls run one after the other.
 */
export class LabUserOperator {
    private readonly secretsByName = new Map<string, SecretObject>();
    private queue: Promise<unknown> = Promise.resolve();

    /** @param secrets finds the Secrets to which the objects refer */
    constructor(
        private readonly lab: LabContext,
        private readonly cluster: LabKafkaCluster,
        private readonly secrets: SecretLookup,
    ) {}

    /** The Secret of a user, which has the user's name; undefined for a user without credentials. */
    secret(name: string): SecretObject | undefined {
        return this.secretsByName.get(name);
    }

    /**
     * The credentials of a user.
     * @throws when the user has no Secret, for example with authentication `tls-external`
     */
    credentials(name: string): ClientCredentials {
        const secret = this.secret(name);
        const value = (key: string) => secret && secretText(secret, key);
        const [password, certificate, key] = ["password", "user.crt", "user.key"].map(value);
        if (password !== undefined) {
            return { username: name, password };
        }
        if (certificate === undefined || key === undefined) {
            throw new Error(`no KafkaUser ${name} of ${this.cluster.name} has a Secret`);
        }
        return { certificate, key };
    }

    /**
     * Creates a user or changes it to match the object. Reads Secrets again.
     * @throws with Strimzi's reason where Strimzi would report NotReady
     */
    async apply(user: KafkaUserObject): Promise<KafkaUserStatus> {
        return this.inTurn(async () => {
            try {
                return await this.applyOnce(user);
            } catch (error) {
                const reason = error instanceof Error ? error.message : String(error);
                const { name, namespace } = user.metadata;
                throw new Error(`KafkaUser ${namespace}/${name}: ${reason}`, { cause: error });
            }
        });
    }

    /** Deletes a user with its Secret, its password and its ACLs. */
    async delete(name: string): Promise<void> {
        return this.inTurn(async () => {
            await this.applyPassword(name, undefined);
            await this.applyAcls(name, []);
            await this.applyAcls(tlsUsername(name), []);
            this.secretsByName.delete(name);
        });
    }

    private async inTurn<T>(action: () => Promise<T>): Promise<T> {
        const turn = this.queue.then(action);
        this.queue = turn.catch(() => undefined);
        return turn;
    }

    private async applyOnce(user: KafkaUserObject): Promise<KafkaUserStatus> {
        const { name } = user.metadata;
        const { entityOperator, kafka } = this.cluster.kafka.spec;
        if (entityOperator?.userOperator === undefined) {
            throw new Error(
                `no User Operator watches it: Kafka ${this.cluster.name} has no entityOperator.userOperator`,
            );
        }
        const refusal = userRefusal(user, kafka.authorization !== undefined);
        if (refusal !== undefined) {
            throw new Error(refusal);
        }
        const acls = kafkaAcls(kafkaUsername(user), user.spec.authorization?.acls ?? []);
        const secret = await this.makeSecret(user);
        await this.applyPassword(name, secret && secretText(secret, "password"));
        // Under both names: the other one may have ACLs from before the authentication changed.
        for (const username of [name, tlsUsername(name)]) {
            await this.applyAcls(username, username === kafkaUsername(user) ? acls : []);
        }
        if (secret === undefined) {
            this.secretsByName.delete(name);
        } else {
            this.secretsByName.set(name, secret);
        }
        return {
            conditions: [readyCondition(new Date())],
            observedGeneration: user.metadata.generation ?? 1,
            username: kafkaUsername(user),
            ...(secret && { secret: name }),
        };
    }

    /** The Secret of a user; a generated password and a valid certificate stay the same. */
    private async makeSecret(user: KafkaUserObject): Promise<SecretObject | undefined> {
        const { name } = user.metadata;
        const { authentication } = user.spec;
        const present = this.secret(name);
        const value = (key: string) => (present && secretText(present, key)) ?? "";
        switch (authentication?.type) {
            case "scram-sha-512": {
                const kept = value("password") || generatePassword();
                return passwordSecret(user, requestedPassword(user, this.secrets) ?? kept);
            }
            case "tls": {
                const ca = this.cluster.clientsCa;
                const kept = { certificate: value("user.crt"), key: value("user.key") };
                const issued = isCurrent(kept.certificate)
                    ? kept
                    : await ca.issue(name, authentication.validityDays);
                return certificateSecret(user, ca.certificate, issued);
            }
            default:
                return undefined;
        }
    }

    private async applyPassword(username: string, password: string | undefined): Promise<void> {
        const node = this.cluster.adminConnection();
        const before = this.secret(username);
        const old = before && secretText(before, "password");
        if (password !== undefined) {
            await setPassword(node, username, password);
        } else if (await hasPassword(node, username)) {
            await deletePassword(node, username);
        } else {
            return;
        }
        const { connections, kafka } = this.cluster;
        const listeners = kafka.spec.kafka.listeners.filter(
            ({ authentication }) => authentication?.type === "scram-sha-512",
        );
        const tried = password ?? old;
        for (const broker of connections.brokers) {
            await this.until(`${broker.name} knows the password of ${username}`, async () => {
                const known = await hasPassword(connections.replication(broker), username);
                return known === (password !== undefined);
            });
            // Kafka reports only that a password exists: a login shows whether it is this one.
            for (const { name } of tried === undefined ? [] : listeners.slice(0, 1)) {
                const credentials = { username, password: tried ?? "" };
                const listener = connections.listener(name, credentials, broker);
                await this.until(`${username} logs in at ${broker.name}`, async () => {
                    return (await canLogIn(listener)) === (password !== undefined);
                });
            }
        }
    }

    private async applyAcls(username: string, desired: readonly Acl[]): Promise<void> {
        if (this.cluster.kafka.spec.kafka.authorization === undefined) {
            return;
        }
        const principal = `User:${username}`;
        const node = this.cluster.adminConnection();
        const changes = aclChanges(await describeAcls(node, principal), desired);
        if (changes.create.length + changes.remove.length === 0) {
            return;
        }
        await changeAcls(node, changes);
        for (const [name, authorizer] of this.cluster.connections.authorizers) {
            await this.until(`${name} applies the ACLs of ${username}`, async () => {
                const left = aclChanges(await describeAcls(authorizer, principal), desired);
                return left.create.length + left.remove.length === 0;
            });
        }
    }

    private async until(what: string, condition: () => Promise<boolean>): Promise<void> {
        await waitUntil(what, condition, {
            timeoutMs: this.lab.startTimeoutMs ?? DEFAULT_START_TIMEOUT_MS,
            signal: this.lab.supervisor.signal,
        });
    }
}

function isCurrent(certificate: string): boolean {
    return certificate !== "" && new Date(new X509Certificate(certificate).validTo) > new Date();
}
