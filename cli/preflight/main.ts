/**
 * The checks of `make up` before Pulumi starts: each context exists and its API server answers, it is
 * the pinned Kubernetes cluster, it serves Strimzi's kinds, an operator watches the namespaces, and the
 * copy of the CA is up to date. Prints a line for each problem, with the next step.
 *
 * tsx cli/preflight/main.ts <stack>; exit code 0 when nothing prevents a deployment, otherwise 1.
 */
import { phases } from "../../config/phase";
import {
    sameKubernetesCluster,
    sameNamespace,
    type Settings,
    type SiteName,
} from "../../config/settingsSchema";
import { caCopySecretName, clusterCaSecretName } from "../../strimzi/builders/names";
import { CommandError } from "../shared/commandError";
import { kubeConfigOf } from "../shared/kubernetes/kubeConfig";
import { settingsOf } from "../shared/settings";
import {
    evaluateCa,
    evaluatePair,
    evaluateSite,
    type Finding,
    type InspectedSite,
} from "./findings";
import { inspectCa, inspectCluster } from "./inspect";

/** Inspects both Kubernetes clusters of a stack and returns what prevents a deployment. */
export async function preflight(settings: Settings): Promise<Finding[]> {
    const results = await Promise.all(
        sitesInUse(settings).map((side) => inspectSite(side, settings)),
    );
    const failed = results.flatMap((result) => ("finding" in result ? [result.finding] : []));
    // Two sites with one context fail for the same reason.
    const unreachable = sameKubernetesCluster(settings.source, settings.target)
        ? failed.slice(0, 1)
        : failed;
    const sites = results.flatMap((result) => ("inspected" in result ? [result.inspected] : []));
    const source = sites.find(({ side }) => side === "source");
    const target = sites.find(({ side }) => side === "target");
    return withoutRepetition([
        ...unreachable,
        ...sites.flatMap((site) => evaluateSite(site, settings.operator)),
        ...(source !== undefined && target !== undefined
            ? [...evaluatePair(source, target), ...(await ca(settings))]
            : []),
    ]);
}

/** A source that counts as lost may be gone, and an update does not use it. */
function sitesInUse({ phase }: Settings): readonly SiteName[] {
    return phases[phase].usesSource ? ["source", "target"] : ["target"];
}

/** Two sites in one Kubernetes cluster yield the same findings about its operator. */
function withoutRepetition(findings: readonly Finding[]): Finding[] {
    return [...new Map(findings.map((finding) => [finding.message, finding])).values()];
}

async function inspectSite(
    side: "source" | "target",
    settings: Settings,
): Promise<{ inspected: InspectedSite } | { finding: Finding }> {
    const site = settings[side];
    try {
        const cluster = await inspectCluster(side, site, kubeConfigOf(side, site));
        return { inspected: { side, site, cluster } };
    } catch (cause) {
        if (cause instanceof CommandError) {
            const { message, remedy } = cause;
            return { finding: { severity: "error", message, nextStep: remedy } };
        }
        throw cause;
    }
}

async function ca({ source, target, caCopy }: Settings): Promise<Finding[]> {
    if (!source.managed || sameNamespace(source, target) || caCopy.method !== "pulumi") {
        return [];
    }
    const inspected = await inspectCa(
        {
            config: kubeConfigOf("source", source),
            namespace: source.namespace,
            name: clusterCaSecretName(source.name),
        },
        {
            config: kubeConfigOf("target", target),
            namespace: target.namespace,
            name: caCopySecretName(source.name),
        },
    );
    return inspected === undefined ? [] : evaluateCa(inspected, new Date());
}

async function main(): Promise<void> {
    const stack = process.argv[2] ?? "";
    const findings = await preflight(settingsOf(stack));
    for (const { severity, message, nextStep } of findings) {
        console.error(`${severity}: ${message} ${nextStep}`);
    }
    process.exitCode = findings.some(({ severity }) => severity === "error") ? 1 : 0;
}

if (require.main === module) {
    main().catch((cause: unknown) => {
        console.error(`error: ${cause instanceof Error ? cause.message : String(cause)}`);
        process.exitCode = 1;
    });
}
