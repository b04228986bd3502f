import assert from "node:assert/strict";
import { caCopySecretName, clusterCaSecretName } from "../../strimzi/builders/names";
import type { Change } from "../support/rawSettings";
import { describeOnApiServers } from "./apiServers/sharedApiServers";
import {
    deploy,
    Kubectl,
    type Namespaces,
    namespacesFor,
    namespacesOf,
    stackOnApiServers,
} from "./support/stacks";
import { newState } from "./support/stackBackend";
import { handshake } from "./support/tls";

const SECRET = "kubernetes:core/v1:Secret";
const MIRROR_MAKER = "kubernetes:kafka.strimzi.io/v1:KafkaMirrorMaker2";
const SOURCE = "my-cluster";

describeOnApiServers("the copy of the source's CA", (apiServers) => {
    async function copyIn(kubectl: Kubectl, namespaces: Namespaces) {
        const id = `${namespaces.target}/${caCopySecretName(SOURCE)}`;
        const secret = await kubectl.get(SECRET, id);
        const data = Object.entries(secret.data as Record<string, string>);
        return {
            secret,
            certificates: Object.fromEntries(
                data.map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
            ),
        };
    }

    it("follows renewal and replacement in place, and verifies the brokers at every step", async () => {
        const namespaces = await namespacesFor(apiServers(), "rotation");
        const file = stackOnApiServers("prod", apiServers(), namespaces);
        const state = newState();
        const operator = apiServers().operators.source;
        const target = new Kubectl(apiServers().target);
        const generationOfMirrorMaker = async () =>
            (await target.get(MIRROR_MAKER, `${namespaces.target}/my-mm2-cluster`)).metadata
                .generation ?? 0;

        await deploy(file, state);
        const ca = operator.clusterCa(namespaces.source, SOURCE);
        let before = await copyIn(target, namespaces);
        assert.deepEqual(before.certificates, ca.certificates);
        assert.equal(
            await handshake(await ca.issue("broker"), Object.values(before.certificates)),
            "trusted",
        );

        /** Publishes the current CA, deploys again, and reads the copy. */
        async function next(keys: readonly string[]) {
            const stale = Object.values(before.certificates);
            const generation = await generationOfMirrorMaker();
            await operator.publishCa(namespaces.source, SOURCE);
            await deploy(file, state);
            const copy = await copyIn(target, namespaces);
            assert.deepEqual(copy.certificates, ca.certificates);
            assert.deepEqual(Object.keys(copy.certificates).length, keys.length);
            for (const key of keys) {
                assert(Object.keys(copy.certificates).some((name) => name.startsWith(key)));
            }
            assert.equal(copy.secret.metadata.uid, before.secret.metadata.uid, "replaced");
            assert.equal(await generationOfMirrorMaker(), generation + 1, "MM2 is not rolled");
            before = copy;
            return { stale, fresh: Object.values(copy.certificates) };
        }

        await ca.renew();
        const renewed = await next(["ca.crt"]);
        assert.equal(await handshake(await ca.issue("broker"), renewed.fresh), "trusted");
        assert.equal(
            await handshake(await ca.issue("broker"), renewed.stale),
            "trusted",
            "the key is the same",
        );

        await ca.replaceKey();
        const replaced = await next(["ca.crt", "ca-"]);
        assert.equal(await handshake(await ca.issue("broker", "old"), replaced.fresh), "trusted");
        assert.equal(await handshake(await ca.issue("broker"), replaced.fresh), "trusted");
        assert.notEqual(await handshake(await ca.issue("broker"), replaced.stale), "trusted");
        const onlyNew = [ca.certificates["ca.crt"]!];
        assert.notEqual(await handshake(await ca.issue("broker", "old"), onlyNew), "trusted");

        ca.removeOld();
        const cleaned = await next(["ca.crt"]);
        assert.equal(await handshake(await ca.issue("broker"), cleaned.fresh), "trusted");
    });

    for (const stack of ["dev", "prod"] as const) {
        it(`contains only the certificates of the operator's Secret, in ${stack}`, async () => {
            const test = `copy-${stack}`;
            const namespaces =
                stack === "dev" ? namespacesOf(test) : await namespacesFor(apiServers(), test);
            await deploy(stackOnApiServers(stack, apiServers(), namespaces), newState());
            const target = new Kubectl(stack === "dev" ? apiServers().source : apiServers().target);
            const { secret } = await copyIn(target, namespaces);
            const original = await new Kubectl(apiServers().source).get(
                SECRET,
                `${namespaces.source}/${clusterCaSecretName(SOURCE)}`,
            );
            assert.deepEqual(Object.keys(secret.data as object), ["ca.crt"]);
            assert.equal(secret.metadata.labels, undefined);
            assert.equal(secret.metadata.ownerReferences, undefined);
            assert(Object.keys(original.data as object).includes("ca.p12"));
            assert.equal(original.metadata.labels?.["strimzi.io/cluster"], SOURCE);
            assert.equal(
                Object.keys(secret.metadata.annotations ?? {}).filter((name) =>
                    name.startsWith("strimzi.io/"),
                ).length,
                0,
            );
        });
    }

    it("leaves the target's own CA alone when both clusters have the same name", async () => {
        const namespaces = await namespacesFor(apiServers(), "same-name");
        const sameName: Change[] = [
            ["target/name", SOURCE],
            ["source/alias", "one"],
            ["target/alias", "two"],
        ];
        await deploy(stackOnApiServers("prod", apiServers(), namespaces, sameName), newState());
        const { source, target } = apiServers().operators;
        const kubectl = new Kubectl(apiServers().target);
        const own = await kubectl.get(
            SECRET,
            `${namespaces.target}/${clusterCaSecretName(SOURCE)}`,
        );
        const { certificates } = await copyIn(kubectl, namespaces);
        assert.equal(
            Buffer.from((own.data as Record<string, string>)["ca.crt"]!, "base64").toString(),
            target.clusterCa(namespaces.target, SOURCE).certificates["ca.crt"],
        );
        assert.deepEqual(certificates, source.clusterCa(namespaces.source, SOURCE).certificates);
        assert.notEqual(
            await handshake(
                await target.clusterCa(namespaces.target, SOURCE).issue("broker"),
                Object.values(certificates),
            ),
            "trusted",
        );
    });

    it("does not change when the original has lost its certificate", async () => {
        const namespaces = await namespacesFor(apiServers(), "no-certificate");
        const file = stackOnApiServers("prod", apiServers(), namespaces);
        const state = newState();
        await deploy(file, state);
        const id = `${namespaces.source}/${clusterCaSecretName(SOURCE)}`;
        await new Kubectl(apiServers().source).patch(SECRET, id, { data: { "ca.crt": null } });
        await assert.rejects(deploy(file, state), new RegExp(`${id} has no "ca.crt"`));
        const { certificates } = await copyIn(new Kubectl(apiServers().target), namespaces);
        assert.deepEqual(
            certificates,
            apiServers().operators.source.clusterCa(namespaces.source, SOURCE).certificates,
        );
    });
});
