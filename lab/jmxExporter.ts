import { writeFile } from "node:fs/promises";
import path from "node:path";
import { ensureArtifacts } from "./artifacts/artifacts";
import lock from "./artifacts/jmx-exporter.lock.json";
import { freePorts, LOOPBACK } from "./process/ports";
import type { ConfigMapLookup, MetricsConfig } from "./objects";

/** The Prometheus JMX exporter of one JVM. */
export interface JmxExporter {
    /** Path of the exporter's jar, a Java agent. */
    readonly jar: string;
    /** Port on the loopback interface; metrics are at the path `/metrics`. */
    readonly port: number;
    /** Configuration of the exporter, YAML. */
    readonly rules: string;
}

/**
 * The rules that a `metricsConfig` names; undefined without one.
 * @throws when the ConfigMap or the key is missing, or the type is not `jmxPrometheusExporter`
 */
export function exporterRules(
    owner: { readonly name: string; readonly namespace?: string },
    metricsConfig: MetricsConfig | undefined,
    configMaps: ConfigMapLookup = () => undefined,
): string | undefined {
    if (metricsConfig === undefined) {
        return undefined;
    }
    if (metricsConfig.type !== "jmxPrometheusExporter") {
        throw new Error(
            `${owner.name}: the lab does not support metricsConfig ${metricsConfig.type}; use jmxPrometheusExporter`,
        );
    }
    const { name = "", key = "" } = metricsConfig.valueFrom?.configMapKeyRef ?? {};
    const namespace = owner.namespace ?? "";
    const rules = configMaps(namespace, name)?.data?.[key];
    if (rules === undefined) {
        throw new Error(
            `metricsConfig of ${owner.name}: no ConfigMap ${namespace}/${name} with the key ${key} exists`,
        );
    }
    return rules;
}

/** Exporters with the same rules for `count` JVMs, each on a free port. */
export async function jmxExporters(rules: string, count: number): Promise<JmxExporter[]> {
    const jar = await jmxExporterJar();
    return (await freePorts(count)).map((port) => ({ jar, port, rules }));
}

/** Path of the exporter's jar, from the cache or Maven Central. */
export async function jmxExporterJar(): Promise<string> {
    const [jar] = await ensureArtifacts(lock);
    if (jar === undefined) {
        throw new Error("lab/artifacts/jmx-exporter.lock.json names no artifact");
    }
    return jar;
}

/** The URL that Prometheus scrapes. */
export function metricsUrl({ port }: JmxExporter): string {
    return `http://${LOOPBACK}:${port}/metrics`;
}

/** Writes the rules into a JVM's folder and returns the option that loads the exporter. */
export async function prepareExporter(exporter: JmxExporter, folder: string): Promise<string> {
    const file = path.join(folder, "metrics-config.yml");
    await writeFile(file, exporter.rules);
    return `-javaagent:${exporter.jar}=${LOOPBACK}:${exporter.port}:${file}`;
}
