import { type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Why a run failed. Its message is that of the cause. */
export class EngineError extends Error {
    /** The resource that failed, if it was one. */
    readonly urn: string | undefined;

    constructor(cause: unknown, urn: string | undefined) {
        super(messageOf(cause), { cause });
        this.name = "EngineError";
        this.urn = urn;
    }
}

/** The answer to every request after a failure; not a failure of its own. */
export class MonitorStopped extends Error {
    constructor() {
        super("the resource monitor has stopped because of an earlier failure");
        this.name = "MonitorStopped";
    }
}

/** Anything can be thrown; this is what a person can read of it. */
export function messageOf(reason: unknown): string {
    return reason instanceof Error ? reason.message : String(reason);
}

/** What a program said with `pulumi.log`, or the SDK on its behalf. */
export interface LogMessage {
    readonly severity: "info" | "warning" | "error";
    readonly message: string;
    /** The resource that it is about. */
    readonly urn?: string;
}

/** The part of Pulumi's engine service that takes a program's messages. */
export class LogCollector {
    readonly messages: LogMessage[] = [];

    constructor(private readonly onLog: (message: LogMessage) => void = () => undefined) {}

    /** Keeps a message. Debug messages, of which the SDK writes several per resource, are dropped. */
    add(request: LogRequest): void {
        const severity = severities.get(request.getSeverity());
        if (severity === undefined) {
            return;
        }
        const urn = request.getUrn();
        const message = { severity, message: request.getMessage(), ...(urn !== "" && { urn }) };
        this.messages.push(message);
        this.onLog(message);
    }
}

const severities = new Map<LogSeverity, LogMessage["severity"]>([
    [LogSeverity.INFO, "info"],
    [LogSeverity.WARNING, "warning"],
    [LogSeverity.ERROR, "error"],
]);
