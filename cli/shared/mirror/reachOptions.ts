import type { Command } from "commander";
import { addConnectionOptions } from "../connections";

/** The options with which a person tells a command how to reach brokers and Kafka Connect. */
export interface ReachOptions {
    readonly stack: string;
    readonly image?: string;
    readonly connectUrl?: string;
    readonly reverseConnectUrl?: string;
    /** Seconds. */
    readonly timeout: number;
}

/** Adds the options that tell how to reach the clusters and Kafka Connect. */
export function addReachOptions(command: Command): Command {
    return addConnectionOptions(
        command
            .option("--image <image>", "image for the Job, instead of kafka-dr:images.commands")
            .option("--connect-url <url>", "Kafka Connect of the mirror, for clients that reach it")
            .option("--reverse-connect-url <url>", "the same of the mirror back to the source"),
        ["source", "target"],
    );
}
