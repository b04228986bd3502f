import assert from "node:assert/strict";
import { caCopySecretName } from "../../strimzi/builders/names";
import type { Change } from "../support/rawSettings";
import { describeOnApiServers } from "./apiServers/sharedApiServers";
import { CertificateAuthority } from "./operator/certificateAuthority";
import { newState } from "./support/stackBackend";
import {
    auditPositions,
    contextOf,
    deploy,
    Kubectl,
    kubernetesObjects,
    type Namespaces,
    namespacesFor,
    stackOnApiServers,
} from "./support/stacks";

const SECRET = "kubernetes:core/v1:Secret";
const MIRROR_MAKER = "kubernetes:kafka.strimzi.io/v1:KafkaMirrorMaker2";
const BOOTSTRAP_SERVERS = "legacy.example.com:9093";

/** An existing source, with the CA of the settings. */
function existing({ source: namespace }: Namespaces, ca: Readonly<Record<string, string>>): Change {
    const place = { name: "legacy", namespace, context: "source" };
    return ["source", { managed: false, ...place, bootstrapServers: BOOTSTRAP_SERVERS, ...ca }];
}

describeOnApiServers("a source that this stack does not manage", (apiServers) => {
    /** Deploys, and returns the outputs and the requests to the source's API server. */
    async function deployFrom(namespaces: Namespaces, ca: Readonly<Record<string, string>>) {
        const kubeconfig: Change = ["source/kubeconfig", apiServers().kubeconfig];
        const changes: Change[] = [existing(namespaces, ca), kubeconfig, ["users", []]];
        const before = auditPositions(apiServers()).source;
        const result = await deploy(
            stackOnApiServers("prod", apiServers(), namespaces, changes),
            newState(),
        );
        assert.equal((result.outputs.connectorStates as unknown[]).length, 2);
        assert.equal(result.outputs.activeBootstrapServers, BOOTSTRAP_SERVERS);
        const objects = kubernetesObjects(result);
        assert(objects.length > 0);
        assert(objects.every((object) => contextOf(result, object) === "target"));
        return apiServers().source.audit.since(before, "deployer");
    }

    /** The certificates that MM2 trusts at the source. */
    async function trustedOf({ target }: Namespaces): Promise<string[]> {
        const kubectl = new Kubectl(apiServers().target);
        const { spec } = await kubectl.get(MIRROR_MAKER, `${target}/my-mm2-cluster`);
        const { mirrors } = spec as {
            mirrors: { source: { tls: { trustedCertificates: { secretName: string }[] } } }[];
        };
        const { trustedCertificates } = mirrors[0]!.source.tls;
        assert.deepEqual(trustedCertificates, [
            { secretName: caCopySecretName("legacy"), pattern: "*.crt" },
        ]);
        const { data } = await kubectl.get(SECRET, `${target}/${caCopySecretName("legacy")}`);
        return Object.values(data as Record<string, string>)
            .map((value) => Buffer.from(value, "base64").toString().trim())
            .sort();
    }

    it("only has its CA read from its Secret", async () => {
        const namespaces = await namespacesFor(apiServers(), "existing-secret");
        const ca = await CertificateAuthority.create("legacy-ca");
        const certificate = ca.certificates["ca.crt"]!;
        await new Kubectl(apiServers().source).create(SECRET, {
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name: "legacy-ca", namespace: namespaces.source },
            data: { "ca.crt": Buffer.from(certificate).toString("base64") },
        });
        const requests = await deployFrom(namespaces, { caSecretName: "legacy-ca" });

        const objects = requests.filter(({ uri }) => uri.includes("/namespaces/"));
        assert.deepEqual(
            objects.map(({ verb, uri }) => `${verb} ${uri}`),
            [`get /api/v1/namespaces/${namespaces.source}/secrets/legacy-ca`],
        );
        assert(requests.every(({ writes }) => !writes));
        assert.deepEqual(await trustedOf(namespaces), [certificate.trim()]);
    });

    it("gets no request when the settings contain its CA as PEM", async () => {
        const namespaces = await namespacesFor(apiServers(), "existing-pem");
        const ca = await CertificateAuthority.create("legacy-ca");
        await ca.replaceKey();
        const certificates = Object.values(ca.certificates);
        const requests = await deployFrom(namespaces, { caCertificates: certificates.join("") });

        assert.deepEqual(requests, []);
        assert.deepEqual(
            await trustedOf(namespaces),
            certificates.map((certificate) => certificate.trim()).sort(),
        );
    });
});
