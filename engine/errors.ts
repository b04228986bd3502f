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
