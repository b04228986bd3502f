/**
 * The checks of `make up` before Pulumi starts: does each context exist and answer, is it the pinned
 * Kubernetes cluster, does it serve Strimzi's kinds, does an operator watch the namespaces, is the
 * copy of the CA fresh. Each problem is a line with the next step.
 *
 * tsx cli/preflight/main.ts <stack>; exit code 0 when nothing stops a deployment, else 1.
 */
import { phases } from "../../config/phase";
import {
    sameKubernetesCluster,
    sameNamespace,
    type Settings,
    type SiteName,
} from "../../config/settingsSchema";
import { caCopySecretName, clusterCaSecretName } from "../../strimzi/builders/names";
import { settingsOf } from "../shared/settings";
import { error, type Finding } from "./finding";
import { judgeCa, judgePair, judgeSite, type SeenSite } from "./judge";
import { kubeConfigOf, observeCa, observeCluster, UnreachableError } from "./kubernetes";

/** Looks at both Kubernetes clusters of a stack and says what stands in the way. */
export async function preflight(settings: Settings): Promise<Finding[]> {
    const looked = await Promise.all(sitesInUse(settings).map((side) => look(side, settings)));
    const refused = looked.flatMap((result) => ("finding" in result ? [result.finding] : []));
    // Two sites behind one context fail for one reason.
    const unreachable = sameKubernetesCluster(settings.source, settings.target)
        ? refused.slice(0, 1)
        : refused;
    const seen = looked.flatMap((result) => ("seen" in result ? [result.seen] : []));
    const source = seen.find(({ side }) => side === "source");
    const target = seen.find(({ side }) => side === "target");
    return withoutRepetition([
        ...unreachable,
        ...seen.flatMap((site) => judgeSite(site, settings.operator)),
        ...(source !== undefined && target !== undefined
            ? [...judgePair(source, target), ...(await ca(settings))]
            : []),
    ]);
}

/** A source that counts as lost may be gone, and an update asks nothing of it. */
function sitesInUse({ phase }: Settings): readonly SiteName[] {
    return phases[phase].usesSource ? ["source", "target"] : ["target"];
}

/** Two sites in one Kubernetes cluster find the same of its operator. */
function withoutRepetition(findings: readonly Finding[]): Finding[] {
    return [...new Map(findings.map((finding) => [finding.message, finding])).values()];
}

async function look(
    side: "source" | "target",
    settings: Settings,
): Promise<{ seen: SeenSite } | { finding: Finding }> {
    const site = settings[side];
    try {
        const seen = await observeCluster(side, site, kubeConfigOf(side, site));
        return { seen: { side, site, seen } };
    } catch (cause) {
        if (cause instanceof UnreachableError) {
            return { finding: error(cause.message, cause.nextStep) };
        }
        throw cause;
    }
}

async function ca({ source, target, caCopy }: Settings): Promise<Finding[]> {
    if (!source.managed || sameNamespace(source, target) || caCopy.method !== "pulumi") {
        return [];
    }
    const observed = await observeCa(
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
    return observed === undefined ? [] : judgeCa(observed, new Date());
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
