import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { ClientCredentials, KafkaConnection } from "../../kafka/connection";
import { CommandError } from "./commandError";

export type Side = "source" | "target";

/** What a person said of one cluster; the key is the option's name after the side. */
type SideOptions = Partial<Record<(typeof SIDE_OPTIONS)[number]["name"], string>>;

const SIDE_OPTIONS = [
    { name: "bootstrap", value: "<servers>", text: "host:port of the $, comma-separated" },
    { name: "ca", value: "<file>", text: "the CA of the $, PEM; no TLS without" },
    { name: "user", value: "<name>", text: "user at the $, by SCRAM-SHA-512" },
    { name: "password-file", value: "<file>", text: "file with this user's password alone" },
    { name: "certificate", value: "<file>", text: "client certificate for the $, PEM" },
    { name: "key", value: "<file>", text: "key of this certificate, PEM" },
] as const;

/** Options that say how long to wait. */
export interface TimeoutOption {
    /** Seconds. */
    readonly timeout: number;
}

const DEFAULT_TIMEOUT_SECONDS = 30;

/** `KAFKA_DR_SOURCE_PASSWORD_FILE` for `--source-password-file`. */
export function environmentName(side: Side, name: string): string {
    return `KAFKA_DR_${side}_${name}`.toUpperCase().replaceAll("-", "_");
}

/** Adds the options that say how to reach the clusters, and how long to wait for them. */
export function addConnectionOptions(command: Command, sides: readonly Side[]): Command {
    for (const side of sides) {
        for (const { name, value, text } of SIDE_OPTIONS) {
            const flags = `--${side}-${name} ${value}`;
            command.addOption(
                new Option(
                    flags,
                    `${text.replace("$", side)} [env: ${environmentName(side, name)}]`,
                ),
            );
        }
    }
    return command.addOption(
        new Option("--timeout <seconds>", "how long to wait for an answer of a cluster")
            .argParser(wholeNumber(1))
            .default(DEFAULT_TIMEOUT_SECONDS),
    );
}

/** Whether the options or the environment name the brokers of a cluster. */
export function namesBrokers(
    options: Readonly<Record<string, unknown>>,
    env: Readonly<Record<string, string | undefined>>,
): boolean {
    return (["source", "target"] as const).some(
        (side) =>
            options[`${side}Bootstrap`] !== undefined ||
            env[environmentName(side, "bootstrap")] !== undefined,
    );
}

/**
 * How to reach a cluster, from the options of a command and the environment; reads the files.
 * @throws {CommandError} `badInput` when something is absent or cannot be read
 */
export function connectionOf(
    side: Side,
    options: Readonly<Record<string, unknown>>,
    env: Readonly<Record<string, string | undefined>>,
): KafkaConnection {
    const given: SideOptions = Object.fromEntries(
        SIDE_OPTIONS.map(({ name }): [string, unknown] => [
            name,
            options[camelCase(`${side}-${name}`)] ?? env[environmentName(side, name)],
        ]).filter(
            (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "",
        ),
    );
    const bootstrapServers = given.bootstrap;
    if (bootstrapServers === undefined) {
        throw new CommandError(
            "badInput",
            `the ${side}'s bootstrap servers are not given`,
            `Say --${side}-bootstrap host:port, or set ${environmentName(side, "bootstrap")}.`,
        );
    }
    for (const server of bootstrapServers.split(",")) {
        if (!/^[^\s:,]+:\d{1,5}$/.test(server)) {
            throw new CommandError(
                "badInput",
                `--${side}-bootstrap has "${server}", which is not host:port`,
                "Several servers are separated by commas, without blanks.",
            );
        }
    }
    const caCertificates = given.ca && readText(side, "ca", given.ca);
    const credentials = credentialsOf(side, given);
    if (credentials !== undefined && "certificate" in credentials && !caCertificates) {
        throw new CommandError(
            "badInput",
            `--${side}-certificate needs TLS, and --${side}-ca is not given`,
            `Say --${side}-ca with the CA certificate of the cluster.`,
        );
    }
    return {
        bootstrapServers,
        ...(caCertificates && { caCertificates }),
        ...(credentials && { credentials }),
    };
}

function credentialsOf(side: Side, given: SideOptions): ClientCredentials | undefined {
    const together = (one: keyof SideOptions, other: keyof SideOptions) => {
        if ((given[one] === undefined) !== (given[other] === undefined)) {
            throw new CommandError(
                "badInput",
                `--${side}-${one} and --${side}-${other} belong together`,
                "Give both of them, or none.",
            );
        }
        return given[one] !== undefined;
    };
    const hasUser = together("user", "password-file");
    const hasCertificate = together("certificate", "key");
    if (hasUser && hasCertificate) {
        throw new CommandError(
            "badInput",
            `--${side}-user and --${side}-certificate are both given`,
            "A listener asks for one of them.",
        );
    }
    if (hasUser) {
        const password = readText(side, "password-file", given["password-file"] ?? "");
        return { username: given.user ?? "", password: password.replace(/\r?\n$/, "") };
    }
    return hasCertificate
        ? {
              certificate: readText(side, "certificate", given.certificate ?? ""),
              key: readText(side, "key", given.key ?? ""),
          }
        : undefined;
}

function readText(side: Side, name: string, file: string): string {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        const { code = "unknown" } = error as { code?: string };
        throw new CommandError(
            "badInput",
            `the file "${file}" of --${side}-${name} cannot be read (${code})`,
            "Check its path and who may read it.",
        );
    }
}

/** Parses an option's value. @throws InvalidArgumentError, which commander reports */
export function wholeNumber(least: number): (text: string) => number {
    return (text) => {
        const value = Number(text);
        if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
            throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
        }
        return value;
    };
}

/** The same for a number that may have a fraction. @throws InvalidArgumentError */
export function decimal(least: number): (text: string) => number {
    return (text) => {
        const value = Number(text);
        if (!/^\d+(\.\d+)?$/.test(text) || value < least) {
            throw new InvalidArgumentError(`It must be a number of at least ${least}.`);
        }
        return value;
    };
}

function camelCase(name: string): string {
    return name.replace(/-([a-z])/g, (_dash, letter: string) => letter.toUpperCase());
}
