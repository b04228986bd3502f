/** The state of a connector or task in the REST API of Kafka Connect. */
export type ConnectState =
    "RUNNING" | "PAUSED" | "STOPPED" | "FAILED" | "UNASSIGNED" | "RESTARTING" | "DESTROYED";

export interface TaskStatus {
    readonly id: number;
    readonly state: ConnectState;
    readonly worker_id: string;
    readonly trace?: string;
}

/** `GET /connectors/<name>/status`. */
export interface ConnectorStatus {
    readonly name: string;
    readonly type: string;
    readonly connector: {
        readonly state: ConnectState;
        readonly worker_id: string;
        readonly trace?: string;
    };
    readonly tasks: readonly TaskStatus[];
}

/** An error response of Kafka Connect. */
export class ConnectRestError extends Error {
    override readonly name = "ConnectRestError";
    constructor(
        request: string,
        /** HTTP status code. */
        readonly status: number,
        text: string,
    ) {
        super(`${request}: ${status} ${text}`);
    }
}

/** The offsets of a source connector (KIP-875), in the connector's own terms. */
export interface ConnectorOffsets {
    readonly offsets: readonly {
        /** For MirrorSourceConnector: `cluster` (the source's alias), `topic` and `partition`. */
        readonly partition: Readonly<Record<string, unknown>>;
        /** For MirrorSourceConnector: `offset`, that of the last mirrored record. */
        readonly offset: Readonly<Record<string, unknown>> | null;
    }[];
}

const REQUEST_TIMEOUT_MS = 10_000;
/** Kafka Connect reads its offsets topic to the end, and fences the producers of old tasks. */
const OFFSETS_TIMEOUT_MS = 60_000;

/** Calls the REST API of one Connect worker. */
export class ConnectRest {
    /** @param url e.g. `http://127.0.0.1:8083` */
    constructor(readonly url: string) {}

    async isHealthy(): Promise<boolean> {
        await this.request("GET", "/health");
        return true;
    }

    async connectors(): Promise<string[]> {
        return (await this.request("GET", "/connectors")) as string[];
    }

    /** Undefined when there is no such connector. */
    async config(connector: string): Promise<Record<string, string> | undefined> {
        return (await this.optional(connector, "/config")) as Record<string, string> | undefined;
    }

    /** Undefined when there is no such connector, or it has no status yet. */
    async status(connector: string): Promise<ConnectorStatus | undefined> {
        return (await this.optional(connector, "/status")) as ConnectorStatus | undefined;
    }

    /** The configuration of each task, by its id. */
    async taskConfigs(name: string): Promise<Map<number, Readonly<Record<string, string>>>> {
        const tasks = (await this.request("GET", `${path(name)}/tasks`)) as readonly {
            readonly id: { readonly task: number };
            readonly config: Readonly<Record<string, string>>;
        }[];
        return new Map(tasks.map(({ id, config }) => [id.task, config]));
    }

    async create(
        name: string,
        config: Readonly<Record<string, string>>,
        state: string,
    ): Promise<void> {
        const body = { name, config, initial_state: state.toUpperCase() };
        await this.request("POST", "/connectors", body);
    }

    async update(name: string, config: Readonly<Record<string, string>>): Promise<void> {
        await this.request("PUT", `${path(name)}/config`, config);
    }

    async changeState(name: string, action: "pause" | "resume" | "stop"): Promise<void> {
        await this.request("PUT", `${path(name)}/${action}`);
    }

    /** Restarts the connector and those of its tasks that have failed. */
    async restartFailed(name: string): Promise<void> {
        await this.request("POST", `${path(name)}/restart?includeTasks=true&onlyFailed=true`);
    }

    async offsets(name: string): Promise<ConnectorOffsets> {
        const answer = await this.request("GET", `${path(name)}/offsets`);
        return answer as ConnectorOffsets;
    }

    /** The connector must be stopped. Partitions that are not listed keep their offsets. */
    async alterOffsets(name: string, offsets: unknown): Promise<void> {
        await this.request("PATCH", `${path(name)}/offsets`, offsets, OFFSETS_TIMEOUT_MS);
    }

    /** The connector must be stopped. Deletes all offsets, so that it starts from the beginning. */
    async resetOffsets(name: string): Promise<void> {
        await this.request("DELETE", `${path(name)}/offsets`, undefined, OFFSETS_TIMEOUT_MS);
    }

    async delete(name: string): Promise<void> {
        await this.request("DELETE", path(name));
    }

    private async optional(connector: string, rest: string): Promise<unknown> {
        try {
            return await this.request("GET", `${path(connector)}${rest}`);
        } catch (error) {
            if (error instanceof ConnectRestError && error.status === 404) {
                return undefined;
            }
            throw error;
        }
    }

    private async request(
        method: string,
        route: string,
        body?: unknown,
        timeoutMs = REQUEST_TIMEOUT_MS,
    ): Promise<unknown> {
        const response = await fetch(`${this.url}${route}`, {
            method,
            // A connection to a worker that restarted on the same port since would be broken.
            headers: { "content-type": "application/json", connection: "close" },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
            signal: AbortSignal.timeout(timeoutMs),
        });
        const text = await response.text();
        if (!response.ok) {
            throw new ConnectRestError(`${method} ${route}`, response.status, text);
        }
        return text === "" ? undefined : (JSON.parse(text) as unknown);
    }
}

function path(connector: string): string {
    return `/connectors/${encodeURIComponent(connector)}`;
}
