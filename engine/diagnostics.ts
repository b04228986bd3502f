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

/** The response to every request after a failure; not a failure itself. */
export class MonitorStopped extends Error {
    constructor() {
        super("the resource monitor has stopped because of an earlier failure");
        this.name = "MonitorStopped";
    }
}

/** The first failure of a run; later ones are consequences of it. */
export class FirstFailure {
    /** Resolves with the failure; stays pending without one. */
    readonly reported: Promise<EngineError>;
    private readonly aborter = new AbortController();
    private error: EngineError | undefined;
    private resolve: (error: EngineError) => void = () => undefined;

    constructor() {
        this.reported = new Promise((resolve) => {
            this.resolve = resolve;
        });
    }

    /** Aborts with the failure. */
    get signal(): AbortSignal {
        return this.aborter.signal;
    }

    /** Records a failure, unless there is one already. Returns the first. */
    report(reason: unknown, urn?: string): EngineError {
        if (this.error === undefined) {
            this.error = new EngineError(reason, urn);
            this.resolve(this.error);
            this.aborter.abort(this.error);
        }
        return this.error;
    }

    /** @throws MonitorStopped after a failure */
    throwIfReported(): void {
        if (this.error !== undefined) {
            throw new MonitorStopped();
        }
    }
}

/** The message of anything that was thrown. */
export function messageOf(reason: unknown): string {
    return reason instanceof Error ? reason.message : String(reason);
}

/** A message that the program or the SDK logged with `pulumi.log`. */
export interface LogMessage {
    readonly severity: "info" | "warning" | "error";
    readonly message: string;
    /** The resource that it concerns. */
    readonly urn?: string;
}

/** Collects a program's log messages, as Pulumi's engine service does. */
export class LogCollector {
    readonly messages: LogMessage[] = [];

    constructor(private readonly onLog: (message: LogMessage) => void = () => undefined) {}

    /** Adds a message. Drops debug messages, of which the SDK writes several per resource. */
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
