import { isIP } from "node:net";
import { z } from "zod";
import { heapInBytes, quantityInBytes } from "./quantity";

/** Kafka versions that Strimzi 1.2.0 runs (kafka-versions.yaml of that release). */
export const KAFKA_VERSIONS = ["4.2.0", "4.2.1", "4.3.0", "4.3.1"] as const;

const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;

/** A string field with a predicate; `rule` and `allowed` are for the error. */
function text(rule: string, allowed: string, isValid: (value: string) => boolean) {
    return z.string().refine(isValid, { error: `must be ${allowed}`, params: { rule } });
}

/** RFC 1123 label of at most `maxLength` characters. */
export function dnsLabel(maxLength: number) {
    return text(
        "kubernetes-name",
        `a Kubernetes name: lower-case letters, digits and "-", not at the ends, at most ${maxLength} characters`,
        (value) => value.length <= maxLength && DNS_LABEL.test(value),
    );
}

/**
 * Name of a Kafka, KafkaNodePool or KafkaMirrorMaker2. Strimzi appends suffixes, up to
 * `-kafka-bootstrap` and a pool's name with the node id, and a Service's name ends at 63.
 */
export const strimziName = () => dnsLabel(40);

/**
 * Name of the KafkaMirrorMaker2 of a pair. The one in the other direction is `<name>-reverse`, and
 * Strimzi makes the Service `<name>-mirrormaker2-api`.
 */
export const mirrorName = () => dnsLabel(63 - "-reverse-mirrormaker2-api".length);

export const namespaceName = () => dnsLabel(63);

/** Pattern of the KafkaMirrorMaker2 CRD of Strimzi 1.2.0. */
export const clusterAlias = () =>
    text("alias", 'an alias: 1 to 100 letters, digits, ".", "_" or "-"', (value) =>
        /^[a-zA-Z0-9._-]{1,100}$/.test(value),
    );

const LABEL_NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/** Key of a Kubernetes label: a name, with or without a domain before it. */
export const labelKey = () =>
    text("label", 'a label\'s key such as "app" or "kubernetes.io/metadata.name"', (value) => {
        const [name = "", domain, ...rest] = value.split("/").reverse();
        const isDomain = domain?.split(".").every((part) => DNS_LABEL.test(part)) ?? true;
        return rest.length === 0 && LABEL_NAME.test(name) && isDomain;
    });

export const labelValue = () =>
    text(
        "label",
        'a label\'s value: at most 63 letters, digits, "-", "_" or "."',
        (value) => value === "" || LABEL_NAME.test(value),
    );

/** Any JSON value without control characters, which could end a line of a configuration. */
export const printableJson = () =>
    z.json().refine(isPrintable, {
        error: "must hold printable text only, each on one line",
        params: { rule: "single-line" },
    });

function isPrintable(value: unknown): boolean {
    return typeof value === "string"
        ? !CONTROL_CHARACTER.test(value)
        : typeof value !== "object" ||
              value === null ||
              Object.entries(value).flat().every(isPrintable);
}

/** A topic name as Kafka's `Topic.validate` accepts it. */
export const topicName = () =>
    text(
        "topic-name",
        'a Kafka topic name: 1 to 249 letters, digits, ".", "_" or "-", and not "." or ".."',
        (value) => /^[a-zA-Z0-9._-]{1,249}$/.test(value) && value !== "." && value !== "..",
    );

export const quantity = () =>
    text("quantity", 'a Kubernetes quantity such as "512Mi", "2Gi" or "100Gi"', (value) => {
        const bytes = quantityInBytes(value);
        return bytes !== undefined && bytes > 0;
    });

/** CPUs; YAML makes a number of `2`, which Kubernetes takes as well. */
export function cpuQuantity() {
    const written = text(
        "quantity",
        'a number of CPUs such as "2", "0.5" or "500m"',
        (value) => /^(\d+(\.\d+)?|\d+m)$/.test(value) && Number.parseFloat(value) > 0,
    );
    return z.union([written, z.number().positive().transform(String)]);
}

export const heapSize = () =>
    text("heap-size", 'a Java heap size such as "512m" or "2g"', (value) => {
        const bytes = heapInBytes(value);
        return bytes !== undefined && bytes >= 2 ** 20;
    });

/** `host:port[,host:port...]`, as Kafka's `bootstrap.servers` takes it. */
export const bootstrapServers = () =>
    text(
        "bootstrap-servers",
        'a list of brokers such as "kafka-1.example.com:9094,kafka-2.example.com:9094"',
        (value) =>
            value
                .split(",")
                .every((server) => /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):\d{1,5}$/.test(server)),
    );

/** Printable text on one line, which a properties file or a shell cannot split. */
export const singleLine = () =>
    text(
        "single-line",
        "printable text on one line",
        (value) => value.trim() !== "" && !CONTROL_CHARACTER.test(value),
    );

const CONFIG_KEY = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Kafka configuration, by plain Kafka names. */
export type KafkaConfig = Readonly<Record<string, string | number | boolean>>;

/** A map of Kafka configuration: plain Kafka names to string, number or boolean. */
export function kafkaConfig() {
    return z.record(
        z.string().refine((key) => CONFIG_KEY.test(key), {
            error: 'must be a Kafka configuration name such as "batch.size"',
            params: { rule: "config-name" },
        }),
        z.union([singleLine(), z.number(), z.boolean()]),
    );
}

/** Kafka's scripts put the value on a command line without quotes, so it must not need any. */
const JVM_FLAG_VALUE = /^[A-Za-z0-9.,:*_/=+-]+$/;

/** A map of `-XX` flags of the JVM: true and false become `+` and `-`, anything else `=value`. */
export function jvmFlags() {
    return z.record(
        z.string().refine((key) => /^[A-Za-z][A-Za-z0-9]*$/.test(key), {
            error: 'must be the name of a JVM flag without "-XX:" and sign, such as "UseParallelGC"',
            params: { rule: "jvm-flag" },
        }),
        z.union([
            z.boolean(),
            z.number(),
            text(
                "jvm-flag",
                'the value of a JVM flag: letters, digits and ".,:*_/=+-", without blanks',
                (value) => JVM_FLAG_VALUE.test(value),
            ),
        ]),
    );
}

/** An integer of at least `min`; the error message has the unit. */
export function integer(min: number, unit = "") {
    const error = `must be a whole number of at least ${min}${unit === "" ? "" : ` ${unit}`}`;
    return z.int({ error }).min(min, { error });
}

const cpu = () => cpuQuantity().describe('CPUs, for example `"2"` or `500m`.');
const memory = () => quantity().describe("Memory, for example `2Gi`.");

/** Requests and limits of a container, as the settings hold them. */
export interface ContainerResources {
    readonly requests: { readonly cpu: string; readonly memory: string };
    /** Optional, because a CPU limit throttles a broker even on an idle node. */
    readonly limits: { readonly cpu?: string | undefined; readonly memory: string };
}

/**
 * Complete resources of a container: a pod without requests is evicted first, and one without a
 * memory limit can exhaust its node.
 */
export const containerResources = () =>
    z.strictObject({
        requests: z
            .strictObject({ cpu: cpu(), memory: memory() })
            .describe("What the scheduler reserves."),
        limits: z
            .strictObject({ cpu: cpu().optional(), memory: memory() })
            .describe("What the container may not exceed; without `cpu` it may use idle CPUs."),
    });

/** The same with defaults. */
export const resources = (defaults: ContainerResources) => containerResources().default(defaults);

/**
 * `registry/repository/name@sha256:<digest>`: the only form of an image name that always refers to
 * the same image. All three parts are required, because Strimzi's Helm chart has a default for
 * each.
 */
export const imageByDigest = () =>
    text(
        "image-digest",
        "an image pinned by its digest, such as quay.io/strimzi/kafka@sha256:<64 hexadecimal digits>",
        (value) => IMAGE.test(value),
    );

const IMAGE =
    /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9][a-z0-9._-]*){2,}(:[A-Za-z0-9._-]+)?@sha256:[0-9a-f]{64}$/;

/** An IPv4 or IPv6 range in CIDR notation. */
export const cidr = () =>
    text("cidr", 'an address range such as "10.0.0.0/8" or "2001:db8::/32"', isCidr);

function isCidr(value: string): boolean {
    const [address = "", prefix = "", ...rest] = value.split("/");
    const version = isIP(address);
    return (
        rest.length === 0 &&
        version !== 0 &&
        /^\d{1,3}$/.test(prefix) &&
        Number(prefix) <= (version === 4 ? 32 : 128)
    );
}
