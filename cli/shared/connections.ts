import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { ClientCredentials, KafkaConnection } from "../../kafka/connection";
import { CommandError } from "./commandError";

export type Side = "source" | "target";

/** Given options of one cluster; the key is the option's name without the side. */
type SideOptions = Partial<Record<(typeof SIDE_OPTIONS)[number]["name"], string>>;

const SIDE_OPTIONS = [
    { name: "bootstrap", value: "<servers>", text: "host:port of the $, comma-separated" },
    { name: "ca", value: "<file>", text: "CA of the $, PEM; without it, no TLS" },
    { name: "user", value: "<name>", text: "SCRAM-SHA-512 user at the $" },
    {
        name: "password-file",
        value: "<file>",
        text: "file that contains only the password of this user",
    },
    { name: "certificate", value: "<file>", text: "client certificate for the $, PEM" },
    { name: "key", value: "<file>", text: "private key of this certificate, PEM" },
] as const;

/** Option of every command that connects to a cluster. */
export interface TimeoutOption {
    /** Seconds. */
    readonly timeout: number;
}

const DEFAULT_TIMEOUT_SECONDS = 30;

/** `KAFKA_DR_SOURCE_PASSWORD_FILE` for `--source-password-file`. */
export function environmentName(side: Side, name: string): string {
    return `KAFKA_DR_${side}_${name}`.toUpperCase().replaceAll("-", "_");
}

/** Adds the options for the connections to the clusters, and for the timeout. */
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
        new Option("--timeout <seconds>", "how long to wait for an answer from a cluster")
            .argParser(wholeNumber(1))
            .default(DEFAULT_TIMEOUT_SECONDS),
    );
}

/** Whether the options or the environment name the brokers of either cluster. */
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
 * The connection to a cluster from the options of a command and the environment; reads the files.
 * @throws {CommandError} `badInput` when a required value is absent or a file cannot be read
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
            "WrongOption",
            `the bootstrap servers of the ${side} are missing`,
            `Give --${side}-bootstrap host:port, or set ${environmentName(side, "bootstrap")}.`,
        );
    }
    for (const server of bootstrapServers.split(",")) {
        if (!/^[^\s:,]+:\d{1,5}$/.test(server)) {
            throw new CommandError(
                "WrongOption",
                `--${side}-bootstrap has "${server}", which is not host:port`,
                "Separate several servers by commas, without spaces.",
            );
        }
    }
    const caCertificates = given.ca && readText(side, "ca", given.ca);
    const credentials = credentialsOf(side, given);
    if (credentials !== undefined && "certificate" in credentials && !caCertificates) {
        throw new CommandError(
            "WrongOption",
            `--${side}-certificate requires TLS, and --${side}-ca is missing`,
            `Give --${side}-ca with the CA certificate of the cluster.`,
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
                "WrongOption",
                `--${side}-${one} and --${side}-${other} require each other`,
                "Give both or neither.",
            );
        }
        return given[one] !== undefined;
    };
    const hasUser = together("user", "password-file");
    const hasCertificate = together("certificate", "key");
    if (hasUser && hasCertificate) {
        throw new CommandError(
            "WrongOption",
            `--${side}-user and --${side}-certificate are both given`,
            "A listener uses one of the two; give one of them.",
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
            "UnreadableFile",
            `the file "${file}" of --${side}-${name} cannot be read (${code})`,
            "Check its path and permissions.",
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

/** Parses an option's value that may have a fraction. @throws InvalidArgumentError, which commander reports */
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
