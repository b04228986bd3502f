import type { Command } from "commander";
import { addConnectionOptions } from "../connections";

/** How to reach brokers and Kafka Connect, as options of a command. */
export interface ReachOptions {
    readonly stack: string;
    readonly image?: string;
    readonly connectUrl?: string;
    readonly reverseConnectUrl?: string;
    /** Seconds. */
    readonly timeout: number;
}

/** Adds the options for reaching the clusters and Kafka Connect. */
export function addReachOptions(command: Command): Command {
    return addConnectionOptions(
        command
            .option("--image <image>", "image for the Job, instead of kafka-dr:images.commands")
            .option("--connect-url <url>", "Kafka Connect of the mirror, for clients that reach it")
            .option("--reverse-connect-url <url>", "the same for the mirror back to the source"),
        ["source", "target"],
    );
}
