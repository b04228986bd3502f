import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { ensureArtifacts } from "../../lab/artifacts/artifacts";
import lock from "../../lab/artifacts/crd-generator.lock.json";
import type { CustomResourceDefinition, OpenApiSchema } from "./openApi";
import { KINDS, MODEL_CLASSES } from "./kinds";
import type { Kind } from "./kinds";

/** The oldest Java that Strimzi's generator runs on. */
export const GENERATOR_JAVA = 21;

/**
 * Runs Strimzi's own generator for the custom resource definitions.
 *
 * @param java a Java command of at least `GENERATOR_JAVA`.
 */
export async function generateCrds(java: string): Promise<Map<Kind, CustomResourceDefinition>> {
    const jars = await ensureArtifacts(lock);
    const folder = await mkdtemp(path.join(tmpdir(), "kafka-dr-crds-"));
    try {
        const file = (kind: Kind) => path.join(folder, `${kind}.yaml`);
        await promisify(execFile)(java, [
            ...["-Xmx256m", "-cp", jars.join(path.delimiter)],
            "io.strimzi.crdgenerator.CrdGenerator",
            ...["--target-kube", "1.16+", "--crd-api-version", "v1"],
            ...["--api-versions", "v1", "--storage-version", "v1", "--yaml"],
            ...KINDS.map((kind) => `${MODEL_CLASSES[kind]}=${file(kind)}`),
        ]);
        const crds = new Map<Kind, CustomResourceDefinition>();
        for (const kind of KINDS) {
            crds.set(kind, parse(await readFile(file(kind), "utf8")) as CustomResourceDefinition);
        }
        return crds;
    } finally {
        await rm(folder, { recursive: true });
    }
}

/** The definition without the descriptions, which are two thirds of it. */
export function withoutDescriptions(crd: CustomResourceDefinition): CustomResourceDefinition {
    return {
        ...crd,
        spec: {
            ...crd.spec,
            versions: crd.spec.versions.map((version) => ({
                ...version,
                additionalPrinterColumns: version.additionalPrinterColumns.map((column) => ({
                    ...column,
                    description: undefined,
                })),
                schema: {
                    openAPIV3Schema: schemaWithoutDescriptions(version.schema.openAPIV3Schema),
                },
            })),
        },
    };
}

function schemaWithoutDescriptions(schema: OpenApiSchema): OpenApiSchema {
    const result = { ...schema };
    delete result.description;
    if (schema.properties) {
        // By property, because a property may itself be called "description".
        result.properties = Object.fromEntries(
            Object.entries(schema.properties).map(([name, property]) => [
                name,
                schemaWithoutDescriptions(property),
            ]),
        );
    }
    if (schema.items) result.items = schemaWithoutDescriptions(schema.items);
    if (schema.additionalProperties) {
        result.additionalProperties = schemaWithoutDescriptions(schema.additionalProperties);
    }
    return result;
}
