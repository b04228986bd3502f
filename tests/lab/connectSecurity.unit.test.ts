import assert from "node:assert/strict";
import {
    authenticationSecrets,
    securityProperties,
    unsupportedAuthentication,
} from "../../lab/connect/clientSecurity";
import { connectorConfigs } from "../../lab/connect/connectorConfigs";
import { workerProperties } from "../../lab/connect/workerProperties";
import type { KafkaMirrorMaker2Object, MirrorClusterSpec } from "../../lab/objects";
import { mirrorMakerObject } from "./support/objects";

const environment = {
    services: new Map([
        ["src-kafka-bootstrap.kafka.svc:9093", "127.0.0.1:1001"],
        ["tgt-kafka-bootstrap.kafka.svc:9093", "127.0.0.1:2001"],
    ]),
    secretsFolder: "/s",
};
const LOGIN = "org.apache.kafka.common.security";
const passwordSecret = { secretName: "mm", password: "password" };
const certificateAndKey = { secretName: "mm", certificate: "user.crt", key: "user.key" };

type Authentication = MirrorClusterSpec["authentication"];

function withAuthentication(
    target: Authentication,
    source: Authentication,
): KafkaMirrorMaker2Object {
    const mm2 = mirrorMakerObject();
    return {
        ...mm2,
        spec: {
            ...mm2.spec,
            target: { ...mm2.spec.target, ...(target && { authentication: target }) },
            mirrors: mm2.spec.mirrors.map((mirror) => ({
                ...mirror,
                source: { ...mirror.source, ...(source && { authentication: source }) },
            })),
        },
    };
}

const keyStore = {
    "ssl.keystore.certificate.chain": "${strimzisecrets:/s/kafka/mm:user.crt}",
    "ssl.keystore.key": "${strimzisecrets:/s/kafka/mm:user.key}",
    "ssl.keystore.type": "PEM",
    "security.protocol": "SSL",
};
const login = (module: string, mechanism: string, protocol: string) => ({
    "sasl.mechanism": mechanism,
    "sasl.jaas.config":
        `${LOGIN}.${module} required username="u" ` +
        'password="${strimzisecrets:/s/kafka/mm:password}";',
    "security.protocol": protocol,
});
const scram = login("scram.ScramLoginModule", "SCRAM-SHA-512", "SASL_SSL");

/** The entries below a prefix that are about security, without those of the trust store. */
function security(config: Readonly<Record<string, string>>, prefix: string) {
    return Object.fromEntries(
        Object.entries(config)
            .filter(([key]) => /^(ssl|sasl|security)\./.test(key.slice(prefix.length)))
            .filter(([key]) => key.startsWith(prefix) && !key.includes("truststore"))
            .map(([key, value]) => [key.slice(prefix.length), value]),
    );
}

describe("the security of a MirrorMaker 2's clients", () => {
    for (const { authentication, tls = true, expected } of [
        {
            authentication: { type: "scram-sha-512", username: "u", passwordSecret },
            expected: scram,
        },
        {
            authentication: { type: "scram-sha-256", username: "u", passwordSecret },
            expected: login("scram.ScramLoginModule", "SCRAM-SHA-256", "SASL_SSL"),
        },
        {
            authentication: { type: "plain", username: "u", passwordSecret },
            expected: login("plain.PlainLoginModule", "PLAIN", "SASL_SSL"),
        },
        {
            authentication: { type: "scram-sha-512", username: "u", passwordSecret },
            tls: false,
            expected: login("scram.ScramLoginModule", "SCRAM-SHA-512", "SASL_PLAINTEXT"),
        },
        { authentication: { type: "tls", certificateAndKey }, expected: keyStore },
    ] as const) {
        it(`with ${authentication.type}, ${tls ? "" : "no "}tls, are references`, () => {
            const mm2 = withAuthentication(authentication, undefined);
            const target = { ...mm2.spec.target, ...(tls ? {} : { tls: undefined }) };
            const properties = securityProperties(mm2, target, "/s");
            assert.deepEqual(security(properties, ""), expected);
            assert.equal("ssl.truststore.certificates" in properties, tls);
        });
    }

    it("go to the worker, its clients and the right side of the connectors", () => {
        const mm2 = withAuthentication(
            { type: "tls", certificateAndKey },
            { type: "scram-sha-512", username: "u", passwordSecret },
        );
        const worker = workerProperties(mm2, environment, 8083);
        for (const prefix of ["", "producer.", "consumer.", "admin."]) {
            assert.deepEqual(security(worker, prefix), keyStore, prefix);
        }
        const connectors = connectorConfigs(mm2, environment);
        assert.equal(connectors.length, 2);
        for (const { config } of connectors) {
            assert.deepEqual(security(config, "target.cluster."), keyStore);
            assert.deepEqual(security(config, "source.cluster."), scram);
        }
    });

    it("have exactly the values that the references name", () => {
        const values = { password: "p", "user.crt": "c", "user.key": "k", "sasl.jaas.config": "j" };
        const data = Object.fromEntries(
            Object.entries(values).map(([key, text]) => [
                key,
                Buffer.from(text).toString("base64"),
            ]),
        );
        const secrets = (_namespace: string, name: string) =>
            name === "mm" ? { metadata: { name, namespace: "kafka" }, data } : undefined;
        const both = withAuthentication(
            { type: "tls", certificateAndKey },
            { type: "scram-sha-512", username: "u", passwordSecret },
        );
        assert.deepEqual(authenticationSecrets(both, secrets), {
            mm: { password: "p", "user.crt": "c", "user.key": "k" },
        });
        assert.deepEqual(authenticationSecrets(mirrorMakerObject(), secrets), {});
        const missing = (change: { secretName: string; password: string }) => () =>
            authenticationSecrets(
                withAuthentication(undefined, {
                    type: "scram-sha-512",
                    username: "u",
                    passwordSecret: change,
                }),
                secrets,
            );
        assert.throws(
            missing({ secretName: "gone", password: "password" }),
            /authentication of cluster src: the Secret kafka\/gone does not exist/,
        );
        assert.throws(
            missing({ secretName: "mm", password: "pass" }),
            /authentication of cluster src: Secret kafka\/mm has no key pass$/,
        );
    });

    it("are refused where Strimzi refuses them or the lab does not support them", () => {
        assert.deepEqual(
            unsupportedAuthentication(
                withAuthentication({ type: "tls" }, { type: "plain", username: "u" }),
            ),
            [
                "cluster tgt: authentication tls without certificateAndKey",
                "cluster src: authentication plain without username or passwordSecret",
            ],
        );
        assert.deepEqual(
            unsupportedAuthentication(withAuthentication({ type: "custom" }, undefined)),
            ["cluster tgt: authentication custom (use tls, scram-sha-512, scram-sha-256 or plain)"],
        );
    });
});
