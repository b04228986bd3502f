import { readFileSync, statSync } from "node:fs";

/** A request that the API server recorded after its answer. */
export interface AuditedRequest {
    readonly user: string;
    /** `get`, `list`, `create`, `update`, `patch`, `delete`. */
    readonly verb: string;
    /** Path and query. */
    readonly uri: string;
    /** Name of the object; empty for a list. */
    readonly name: string;
    /** HTTP status of the answer. */
    readonly status: number;
    /** Time of the answer: RFC 3339 with microseconds, which sorts as text. */
    readonly answered: string;
    /** Whether it can change stored objects: no read, no dry run. */
    readonly writes: boolean;
}

interface AuditEvent {
    readonly verb: string;
    readonly requestURI: string;
    readonly user: { readonly username: string };
    readonly stageTimestamp: string;
    readonly objectRef?: { readonly name?: string };
    readonly responseStatus?: { readonly code?: number };
}

const READING = new Set(["get", "list", "watch"]);

/**
 * The audit log of an API server: who sent which request. The server writes each line before the answer
 * ends.
 */
export class AuditLog {
    constructor(private readonly file: string) {}

    /** Marks the end of the log now, for {@link since}. */
    get position(): number {
        return statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
    }

    /** The requests of a user since a position. */
    since(position: number, user: string): AuditedRequest[] {
        return readFileSync(this.file)
            .subarray(position)
            .toString("utf8")
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => JSON.parse(line) as AuditEvent)
            .filter((event) => event.user.username === user)
            .map((event) => ({
                user,
                verb: event.verb,
                uri: event.requestURI,
                name: event.objectRef?.name ?? "",
                status: event.responseStatus?.code ?? 0,
                answered: event.stageTimestamp,
                writes: !READING.has(event.verb) && !event.requestURI.includes("dryRun=All"),
            }));
    }
}
